// Feeds saved inputs to a fuzz target without a fuzzing engine, so that every
// ordinary build links every target and replays its corpus as a test.

#ifndef MORTSAFE_FUZZERS_REPLAY_H_
#define MORTSAFE_FUZZERS_REPLAY_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace mortsafe {

// Calls `run_input` with the bytes of each file in `paths`, in order; a folder
// stands for every file below it, sorted by path. Returns how many inputs ran.
//
// A path that cannot be read, or a folder that holds no file, is an error: a
// mistyped path must not pass as a successful replay.
absl::StatusOr<int> ReplayInputs(
    absl::Span<const std::string> paths,
    absl::FunctionRef<void(absl::Span<const uint8_t>)> run_input);

}  // namespace mortsafe

#endif  // MORTSAFE_FUZZERS_REPLAY_H_

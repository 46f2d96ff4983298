// How far the exploration of one program has come, in a file: lines that people
// can read, and what is left, which they cannot. It is replaced as a whole, so
// that it is never half written.

#ifndef MORTSAFE_HARNESS_HUNT_EXPLORATION_CHECKPOINT_H_
#define MORTSAFE_HARNESS_HUNT_EXPLORATION_CHECKPOINT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/checkpoint.h"
#include "harness/program/schedule.h"

namespace mortsafe {

struct ExplorationCheckpoint {
  // What was seen so far that no client sees.
  struct Symptom {
    ViolationKind kind = ViolationKind::kBrokenInvariant;
    Schedule schedule;
    uint32_t steps = 0;
    uint64_t execution = 0;

    friend bool operator==(const Symptom&, const Symptom&) = default;
  };

  VerificationName exploration;  // Which one it is, and who performs it.
  double seconds = 0;
  uint64_t executions = 0;
  uint64_t blocked = 0;
  std::optional<Symptom> symptom;
  std::string frontier;  // SearchFrontier::Save(), a copy.

  friend bool operator==(const ExplorationCheckpoint&,
                         const ExplorationCheckpoint&) = default;
};

std::string ToText(const ExplorationCheckpoint& checkpoint);

// Errors name the line of `source`, and what was expected there.
absl::StatusOr<ExplorationCheckpoint> ParseExplorationCheckpoint(
    absl::string_view text, absl::string_view source);

// NotFoundError if there is no such file.
absl::StatusOr<ExplorationCheckpoint> ReadExplorationCheckpoint(
    const std::string& path);
absl::Status WriteExplorationCheckpoint(
    const std::string& path, const ExplorationCheckpoint& checkpoint);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_EXPLORATION_CHECKPOINT_H_

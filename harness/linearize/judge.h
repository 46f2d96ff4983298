// The verdict on a recorded history in a file: read and judged as a stream, in
// memory that does not grow with it; a violation is explained from two more
// passes.

#ifndef MORTSAFE_HARNESS_LINEARIZE_JUDGE_H_
#define MORTSAFE_HARNESS_LINEARIZE_JUDGE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/history/history.h"
#include "harness/history/history_reader.h"
#include "harness/linearize/map_search.h"
#include "harness/linearize/violation.h"

namespace mortsafe {

enum class Model : uint8_t {
  kMap,       // All ten operations.
  kRegister,  // Load, Store and CompareAndSwap, as Jepsen's etcd tests have.
};

struct JudgeOptions {
  HistoryFormat format = HistoryFormat::kDetect;
  Model model = Model::kMap;
  // Also counts what leaves the map (value_conservation.h).
  bool conservation = false;
  // How many threads may search, each other keys.
  size_t workers = 1;
};

struct Judgement {
  Verdict verdict = Verdict::kLinearizable;
  // How many operations were read.
  uint64_t operations = 0;
  // Of a violation: what is to be told of it, and the operations it speaks of,
  // by call time, with the lines they were called in.
  std::optional<Violation> violation;
  History evidence;
  std::vector<uint64_t> lines;
  // Why the rest of the file could not be read, if a violation was found
  // before.
  std::string rest;
  // What else is to be said, such as why nothing is known: one sentence.
  std::string note;
};

// Errors are one line that names the file, and the line in it, and says what
// was expected.
absl::StatusOr<Judgement> JudgeRecording(const std::string& path,
                                         const JudgeOptions& options);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_JUDGE_H_

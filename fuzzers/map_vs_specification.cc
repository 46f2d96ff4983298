// Long programs of one client on one map: every answer is compared with the
// sequential specification, the map's structure is looked at now and then, and
// at the end its inner state is compared with what its design says of it, where
// the design says so. There are no threads, and thus no schedule.
//
// The input chooses among the faithful maps that Mortsafe schedules, unless
// --map=NAME[:DEFECT] names any map there is. What is wrong is told on standard
// error with the operations up to there, and the target aborts.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "fuzzers/arguments.h"
#include "harness/program/operation.h"
#include "harness/stress/byte_trial.h"
#include "harness/stress/operation_bytes.h"
#include "harness/stress/sequential_trial.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

std::vector<SubjectChoice> Maps() {
  if (MapFlag().empty()) return MapsOfBytes();
  const absl::StatusOr<SubjectChoice> map = FindSubject(MapFlag());
  if (!map.ok()) {
    std::fprintf(stderr, "--map: %s\n",
                 std::string(map.status().message()).c_str());
    std::_Exit(2);
  }
  return {*map};
}

const SubjectChoice& ChooseMap(size_t number) {
  static const auto* const maps = new std::vector<SubjectChoice>(Maps());
  return ChosenMap(*maps, number);
}

[[noreturn]] void TellAndAbort(const SubjectChoice& map,
                               const SequentialTrial& trial,
                               const std::string& wrong) {
  std::fprintf(stderr, "%s: %s\nafter", map.Name().c_str(), wrong.c_str());
  for (const Operation& operation : trial.operations()) {
    std::fprintf(stderr, " %s;", ToText(operation).c_str());
  }
  std::fprintf(stderr, "\n");
  std::abort();
}

}  // namespace
}  // namespace mortsafe

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mortsafe::OperationBytes bytes(absl::MakeConstSpan(data, size));
  const mortsafe::SubjectChoice& map = mortsafe::ChooseMap(bytes.map());
  mortsafe::SequentialTrial trial(map);
  const auto wrong =
      mortsafe::PerformBytes(bytes, map.subject->operations, trial);
  if (wrong.has_value()) mortsafe::TellAndAbort(map, trial, *wrong);
  return 0;
}

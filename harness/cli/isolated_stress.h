// A stress test in a child process: a map that crashes, or that never answers,
// is a finding too.

#ifndef MORTSAFE_HARNESS_CLI_ISOLATED_STRESS_H_
#define MORTSAFE_HARNESS_CLI_ISOLATED_STRESS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/report/finding.h"
#include "harness/stress/client.h"
#include "harness/stress/stress.h"

namespace mortsafe {

struct IsolatedStress {
  // Of a child that crashed, what it last told.
  StressProgress progress;
  double verdict_seconds = 0;
  bool interrupted = false;
  std::optional<Decision> undecided;
  // Its kind, sentence, history, violation and crash report are filled in.
  std::optional<Finding> finding;
  uint64_t operations_to_find = 0;
  // As StressResult's; none of a child that crashed.
  std::vector<Timeline> timelines;
};

// As Stress(); options.on_progress and options.stop are of this process. A map
// of which no operation returns for `patience` is stuck.
IsolatedStress StressInChild(const StressOptions& options,
                             std::chrono::milliseconds patience);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_ISOLATED_STRESS_H_

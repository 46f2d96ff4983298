// Runs the sampled executions of a hunt, each by its number. What executions of
// one program have in common, up to the first choice of a strategy, is run once
// and put back for the others, where the map allows it: the result is the same.

#ifndef MORTSAFE_HARNESS_HUNT_SAMPLE_RUNNER_H_
#define MORTSAFE_HARNESS_HUNT_SAMPLE_RUNNER_H_

#include <atomic>
#include <cstdint>

#include "harness/history/history.h"
#include "harness/hunt/hunt.h"
#include "harness/hunt/portfolio.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/spec_memory.h"
#include "harness/model/switch_coverage.h"
#include "harness/program/input.h"

namespace mortsafe {

class SampleRunner {
 public:
  // `options` must outlive it, and so must `pulse`, which executions count up
  // if it is not null.
  explicit SampleRunner(const HuntOptions& options,
                        std::atomic<uint64_t>* pulse = nullptr)
      : runner_(options.subject), inputs_(options), pulse_(pulse) {}

  // Makes the input of execution `index`, valid until the next call.
  const Input& Prepare(uint64_t index, const StrategyWeights& weights);
  // Runs what was prepared last, and counts its switches in `coverage`. Fastest
  // where numbers follow each other.
  RunResult Run(SwitchCoverage* coverage);

  // Of the latest run.
  History history() const { return runner_.history(); }

 private:
  ProgramRunner runner_;
  InputGenerator inputs_;
  SpecMemory memory_;
  const Input* input_ = nullptr;
  std::atomic<uint64_t>* const pulse_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_SAMPLE_RUNNER_H_

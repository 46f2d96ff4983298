#include "harness/hunt/sample_runner.h"

#include <cstdint>

#include "harness/hunt/portfolio.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/schedule_strategy.h"
#include "harness/hunt/spec_memory.h"
#include "harness/model/strategy.h"
#include "harness/model/switch_coverage.h"
#include "harness/model/weak_memory.h"
#include "harness/program/input.h"

namespace mortsafe {

const Input& SampleRunner::Prepare(uint64_t index,
                                   const StrategyWeights& weights) {
  input_ = &inputs_.Generate(index, weights);
  return *input_;
}

RunResult SampleRunner::Run(SwitchCoverage* coverage) {
  const bool again = inputs_.repeats_program() && runner_.CanRunAgain();
  return WithStrategy(input_->schedule, [&](SchedulingStrategy& strategy) {
    if (again) return runner_.RunAgain(strategy, coverage);
    WeakMemory* const memory = memory_.For(input_->schedule);
    return runner_.Run(input_->program, strategy,
                       {.pulse = pulse_,
                        .coverage = coverage,
                        .memory = memory,
                        .keep_first_choice = memory == nullptr});
  });
}

}  // namespace mortsafe

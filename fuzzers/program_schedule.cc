// Runs the program of the input under the schedule of the input, and looks for
// histories that are not linearizable, deadlocks, livelocks, broken invariants,
// leaks and, under a sanitizer, races and memory errors.
//
// The map is read-dirty-epoch unless --map=NAME[:DEFECT] names another one:
//
//   program_schedule corpus/program_schedule --map=read-dirty:c3
//
// An input that shows a violation is told on standard error and aborts. See it
// again with `mortsafe replay INPUT --map NAME`.

#include <cstddef>
#include <cstdint>

#include "fuzzers/map_target.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/schedule_strategy.h"
#include "harness/program/input.h"

// The signature is libFuzzer's. NOLINTNEXTLINE(readability-non-const-parameter)
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  mortsafe::ReadMapFlag(*argc, *argv);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const mortsafe::Input input = mortsafe::DecodeBytes(data, size);
  const mortsafe::RunResult result = mortsafe::WithStrategy(
      input.schedule, [&](mortsafe::SchedulingStrategy& strategy) {
        return mortsafe::MapRunner().Run(input.program, strategy);
      });
  if (result.kind.has_value()) {
    mortsafe::TellAndAbort(result, input.program, "mortsafe replay INPUT");
  }
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size, unsigned seed) {
  return mortsafe::MutateInput(data, size, max_size, seed);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(
    const uint8_t* first, size_t first_size, const uint8_t* second,
    size_t second_size, uint8_t* out, size_t max_out_size, unsigned seed) {
  return mortsafe::CrossOverInputs(first, first_size, second, second_size, out,
                                   max_out_size, seed);
}

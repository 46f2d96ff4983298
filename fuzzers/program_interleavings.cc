// Runs the program of the input under every schedule with at most two
// pre-emptions, or the first 500 of them: the fuzzer looks for the program, and
// the schedule is not left to chance. Looks for what program_schedule looks
// for, and takes the same --map.
//
// The schedule of the input is not used, so that mutations of programs are what
// brings something new. An input that shows a violation is told on standard
// error and aborts.

#include <cstddef>
#include <cstdint>

#include "fuzzers/map_target.h"
#include "harness/explore/preemption_bound.h"
#include "harness/hunt/program_runner.h"
#include "harness/program/input.h"

namespace mortsafe {
namespace {

constexpr uint32_t kMaxPreemptions = 2;
constexpr int kMaxExecutions = 500;

size_t WithoutSchedule(uint8_t* data, size_t size, size_t max_size) {
  Input input = DecodeBytes(data, size);
  input.schedule = {};
  return EncodeInto(input, data, max_size, size);
}

}  // namespace
}  // namespace mortsafe

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const mortsafe::Input input = mortsafe::DecodeBytes(data, size);
  mortsafe::ProgramRunner& runner = mortsafe::RunnerFor(input);
  mortsafe::PreemptionBoundedSearch search(mortsafe::kMaxPreemptions);
  for (int i = 0; i < mortsafe::kMaxExecutions && search.Next(); ++i) {
    mortsafe::CountExecution();
    const mortsafe::RunResult result =
        runner.Run(input.program, search, {.check_design = i == 0});
    if (result.kind.has_value()) {
      mortsafe::TellAndAbort(result, input,
                             "mortsafe explore --program 'THE PROGRAM'");
    }
  }
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size, unsigned seed) {
  const size_t mutated = mortsafe::MutateInput(data, size, max_size, seed);
  return mortsafe::WithoutSchedule(data, mutated, max_size);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(
    const uint8_t* first, size_t first_size, const uint8_t* second,
    size_t second_size, uint8_t* out, size_t max_out_size, unsigned seed) {
  const size_t size = mortsafe::CrossOverInputs(
      first, first_size, second, second_size, out, max_out_size, seed);
  return mortsafe::WithoutSchedule(out, size, max_out_size);
}

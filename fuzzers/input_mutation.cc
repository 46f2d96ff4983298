// libFuzzer's hooks for targets whose inputs are a program and a schedule, both
// mutated. An object of each such target: from an archive the linker would
// never take it.

#include <cstddef>
#include <cstdint>

#include "fuzzers/map_target.h"

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

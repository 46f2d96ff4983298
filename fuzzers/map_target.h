// What the fuzz targets share that drive a map: which one, inputs, and the end.

#ifndef MORTSAFE_FUZZERS_MAP_TARGET_H_
#define MORTSAFE_FUZZERS_MAP_TARGET_H_

#include <cstddef>
#include <cstdint>

#include "harness/hunt/program_runner.h"
#include "harness/program/input.h"
#include "harness/program/program.h"

namespace mortsafe {

// Takes note of --map=NAME[:DEFECT] among libFuzzer's arguments.
void ReadMapFlag(int argc, char** argv);

// Runs programs on that map, read-dirty-epoch by default. Ends the process with
// status 2 and a line on standard error if there is no such map.
ProgramRunner& MapRunner();

// What LLVMFuzzerTestOneInput and its like are given, and what they give back:
// the number of bytes written, or `unchanged_size` if there is no room.
Input DecodeBytes(const uint8_t* data, size_t size);
size_t EncodeInto(const Input& input, uint8_t* data, size_t max_size,
                  size_t unchanged_size);

// Tells what went wrong, in which program, and `how_to_see`, and aborts.
[[noreturn]] void TellAndAbort(const RunResult& result, const Program& program,
                               const char* how_to_see);

// The targets' names for what they take from libFuzzer.
size_t MutateInput(uint8_t* data, size_t size, size_t max_size, unsigned seed);
size_t CrossOverInputs(const uint8_t* first, size_t first_size,
                       const uint8_t* second, size_t second_size, uint8_t* out,
                       size_t max_out_size, unsigned seed);

}  // namespace mortsafe

#endif  // MORTSAFE_FUZZERS_MAP_TARGET_H_

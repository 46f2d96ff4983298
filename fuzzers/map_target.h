// What the fuzz targets share that drive a map: which one, inputs, and the end.
//
// The map is the one that --map=NAME[:DEFECT] names (map_flag.h), else the one
// that the input names (harness/subject/map_code.h), else read-dirty-epoch.

#ifndef MORTSAFE_FUZZERS_MAP_TARGET_H_
#define MORTSAFE_FUZZERS_MAP_TARGET_H_

#include <cstddef>
#include <cstdint>

#include "harness/hunt/program_runner.h"
#include "harness/program/input.h"
#include "harness/program/program.h"

namespace mortsafe {

// Runs programs on the map of the input. Ends the process with status 2 and a
// line on standard error if --map names none.
ProgramRunner& RunnerFor(const Input& input);

// Runs the program of the input under each schedule that the input stands for,
// on its map; if anything goes wrong, tells so on standard error and aborts.
void RunProgramSchedule(const uint8_t* data, size_t size);

// How many executions there were is told at the end of the process: an engine
// counts inputs.
void CountExecution();

// What LLVMFuzzerTestOneInput and its like are given, and what they give back:
// the number of bytes written, or `unchanged_size` if there is no room.
Input DecodeBytes(const uint8_t* data, size_t size);
size_t EncodeInto(const Input& input, uint8_t* data, size_t max_size,
                  size_t unchanged_size);

// Tells what went wrong, in which program, and `how_to_see`, and aborts.
[[noreturn]] void TellAndAbort(const RunResult& result, const Input& input,
                               const char* how_to_see);

// The targets' names for what they take from libFuzzer.
size_t MutateInput(uint8_t* data, size_t size, size_t max_size, unsigned seed);
size_t CrossOverInputs(const uint8_t* first, size_t first_size,
                       const uint8_t* second, size_t second_size, uint8_t* out,
                       size_t max_out_size, unsigned seed);

}  // namespace mortsafe

#endif  // MORTSAFE_FUZZERS_MAP_TARGET_H_

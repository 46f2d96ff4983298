// Runs the program of the input under the schedule of the input, or under those
// that its seed stands for, on the map of the input, and looks for
// histories that are not linearizable, deadlocks, livelocks, broken invariants,
// leaks and, under a sanitizer, races and memory errors.
//
// An input that names no map is for read-dirty-epoch; --map=NAME[:DEFECT] is
// for all inputs:
//
//   program_schedule NEW_INPUTS corpus/program_schedule --map=read-dirty:c3
//
// An input that shows a violation is told on standard error and aborts. See it
// again with `mortsafe replay INPUT --map NAME`.

#include <cstddef>
#include <cstdint>

#include "fuzzers/map_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mortsafe::RunProgramSchedule(data, size);
  return 0;
}

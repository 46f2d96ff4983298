// The flag --map=NAME[:DEFECT] of fuzz targets: which map is tried. libFuzzer
// leaves flags with two hyphens to the target.

#ifndef MORTSAFE_FUZZERS_MAP_FLAG_H_
#define MORTSAFE_FUZZERS_MAP_FLAG_H_

#include <string>

namespace mortsafe {

// Takes note of the flag, if it is among the arguments; the last one counts.
void ReadMapFlag(int argc, char** argv);

// As if the flag had been given: for targets that try one map only.
void SetMapFlag(const char* name);

// What it says; empty if it was not given.
const std::string& MapFlag();

}  // namespace mortsafe

#endif  // MORTSAFE_FUZZERS_MAP_FLAG_H_

// The command line of a fuzz target: the flag --map=NAME[:DEFECT], which map is
// tried (libFuzzer leaves flags with two hyphens to the target), and flags of
// the engine that a target starts with unless others are given.

#ifndef MORTSAFE_FUZZERS_ARGUMENTS_H_
#define MORTSAFE_FUZZERS_ARGUMENTS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace mortsafe {

// The arguments with `flags`, which are separated by blanks, after the first,
// the program's name: whatever else is given comes later, and counts. What they
// point to is never freed.
std::vector<char*> WithFlags(absl::string_view flags,
                             const std::vector<char*>& arguments);

// Takes note of --map, if it is among the arguments and SetMapFlag() was not
// called; the last one counts.
void ReadMapFlag(const std::vector<char*>& arguments);

// For targets that try one map only, whatever is given; empty for any map
// again.
void SetMapFlag(const char* name);

// What it says; empty if it was not given.
const std::string& MapFlag();

}  // namespace mortsafe

#endif  // MORTSAFE_FUZZERS_ARGUMENTS_H_

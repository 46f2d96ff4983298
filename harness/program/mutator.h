// Structure-aware mutation of inputs, for fuzzers.

#ifndef MORTSAFE_HARNESS_PROGRAM_MUTATOR_H_
#define MORTSAFE_HARNESS_PROGRAM_MUTATOR_H_

#include "harness/base/random.h"
#include "harness/program/input.h"

namespace mortsafe {

// Changes `input` in one to three small ways, each a move that keeps it valid:
// insert, drop, swap, replace or retarget an operation, move one between
// threads, add or drop a thread; add, drop or move a pre-emption, flip a choice
// between staying and switching, draw a fresh seed, change the mode.
void Mutate(Random& random, Input& input);

// A child that takes each section of its program (the initial operations, each
// thread), its schedule and its map from one parent or the other.
Input CrossOver(const Input& first, const Input& second, Random& random);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_PROGRAM_MUTATOR_H_

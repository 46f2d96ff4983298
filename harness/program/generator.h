// Random programs within bounds.

#ifndef MORTSAFE_HARNESS_PROGRAM_GENERATOR_H_
#define MORTSAFE_HARNESS_PROGRAM_GENERATOR_H_

#include "harness/base/operation_kind.h"
#include "harness/base/random.h"
#include "harness/program/program.h"

namespace mortsafe {

// What generated programs may use. Sizes vary only below these bounds.
struct ProgramBounds {
  int threads = 3;
  int operations = 3;  // Per thread.
  int keys = 2;
  int initial = 3;
  OperationKindSet operations_offered = AllOperations();
  // Every thread has exactly `operations` operations and there are exactly
  // `threads` threads; only the initial operations vary in number.
  bool exact = false;
};

// Overwrites `program` with a random one, reusing its memory: the hunt calls
// this millions of times. Each program draws its own weights for the offered
// operations ("swarm testing", Groce et al., ISSTA 2012), so that programs rich
// in one operation occur. There are at least two threads where the bounds allow
// them. REQUIRES: the bounds are positive (initial may be 0) and within
// program.h's, and at least one operation is offered.
void GenerateProgram(const ProgramBounds& bounds, Random& random,
                     Program& program);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_PROGRAM_GENERATOR_H_

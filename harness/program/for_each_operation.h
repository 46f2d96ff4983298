// The order of a program's operations, in one place: initial operations first,
// then thread by thread. Values are numbered in this order.

#ifndef MORTSAFE_HARNESS_PROGRAM_FOR_EACH_OPERATION_H_
#define MORTSAFE_HARNESS_PROGRAM_FOR_EACH_OPERATION_H_

#include "harness/program/program.h"

namespace mortsafe {

// Calls `visit(operation)` for every operation in order. `AnyProgram` is
// Program or const Program.
template <typename AnyProgram, typename Visitor>
void ForEachOperation(AnyProgram& program, Visitor visit) {
  for (auto& operation : program.initial) visit(operation);
  for (auto& thread : program.threads) {
    for (auto& operation : thread) visit(operation);
  }
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_PROGRAM_FOR_EACH_OPERATION_H_

// The programs of a probe (progress_probe.h): one operation, and beside it
// other threads of operations, up to renaming of keys and values.

#ifndef MORTSAFE_HARNESS_HUNT_PROBE_PROGRAMS_H_
#define MORTSAFE_HARNESS_HUNT_PROBE_PROGRAMS_H_

#include "absl/functional/function_ref.h"
#include "harness/base/operation_kind.h"
#include "harness/program/enumerate.h"

namespace mortsafe {

struct ProbeBounds {
  OperationKind probed = OperationKind::kLoad;
  int others = 1;                            // Exactly so many other threads,
  int operations = 1;                        // with so many operations each,
  int keys = 1;                              // on at most so many keys,
  OperationKindSet kinds = AllOperations();  // of these kinds.
};

// Calls `visit` for each program within `bounds` until it returns false, always
// in the same order. Every store stores a value of its own, and compare
// operations compare with each value that can be there and one that cannot. An
// operation with a key is probed with key 0 alone: initial states, or the
// program, are to be renamed. Whether all were visited.
bool VisitProbePrograms(
    const ProbeBounds& bounds,
    absl::FunctionRef<bool(const EnumeratedProgram&)> visit);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_PROBE_PROGRAMS_H_

// Structure-aware delta debugging: the smallest program and schedule that still
// show a violation.
//
// The result is one-minimal: no operation can be dropped, made simpler, or
// moved out of its thread into the initial operations, and no switch or stale
// access of the schedule left out, without losing the violation (as far as
// `reproduce` searches).

#ifndef MORTSAFE_HARNESS_MINIMIZE_MINIMIZER_H_
#define MORTSAFE_HARNESS_MINIMIZE_MINIMIZER_H_

#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"
#include "harness/base/operation_kind.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"

namespace mortsafe {

struct Minimized {
  Program program;
  Schedule schedule;
  uint64_t attempts = 0;  // How often `reproduce` was called.
};

// Whether a program shows the violation under `hint` or, if `search` is set,
// under any other schedule that can be found; then, a schedule that shows it.
using Reproduce = absl::FunctionRef<std::optional<Schedule>(
    const Program& program, const Schedule& hint, bool search)>;

// Shrinks `program`, which shows the violation under `schedule`, by moves that
// use only operations of `offered`. Deterministic if `reproduce` is. The moves
// each make the program smaller by a fixed order, so it ends.
Minimized Minimize(const Program& program, const Schedule& schedule,
                   OperationKindSet offered, Reproduce reproduce);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MINIMIZE_MINIMIZER_H_

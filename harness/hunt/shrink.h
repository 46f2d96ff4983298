// Minimising what the hunt found, with child processes for every attempt.

#ifndef MORTSAFE_HARNESS_HUNT_SHRINK_H_
#define MORTSAFE_HARNESS_HUNT_SHRINK_H_

#include <atomic>

#include "absl/functional/function_ref.h"
#include "harness/hunt/observer.h"
#include "harness/minimize/minimizer.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "harness/subject/registry.h"

namespace mortsafe {

struct Shrunk {
  Minimized minimized;
  Observation observation;  // Of the minimised program under its schedule.
};

// The smallest program and schedule that show the same kind of violation. What
// does not repeat is left as it is. Once `stop`, if not null, is true it
// settles for what is smallest so far: for signal handlers. Calls `on_smaller`
// with each step on the way, which shows the violation, too.
Shrunk Shrink(
    const SubjectChoice& subject, const Program& program,
    const Observation& observation, const std::atomic<bool>* stop = nullptr,
    absl::FunctionRef<void(const Program&, const Schedule&)> on_smaller =
        [](const Program&, const Schedule&) {});

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_SHRINK_H_

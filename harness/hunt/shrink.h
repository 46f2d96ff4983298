// Minimising what the hunt found, with child processes for every attempt.

#ifndef MORTSAFE_HARNESS_HUNT_SHRINK_H_
#define MORTSAFE_HARNESS_HUNT_SHRINK_H_

#include <atomic>

#include "harness/hunt/observer.h"
#include "harness/minimize/minimizer.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"

namespace mortsafe {

struct Shrunk {
  Minimized minimized;
  Observation observation;  // Of the minimised program under its schedule.
};

// The smallest program and schedule that show the same kind of violation. What
// does not repeat is left as it is. Once `stop`, if not null, is true it
// settles for what is smallest so far: for signal handlers.
Shrunk Shrink(const SubjectChoice& subject, const Program& program,
              const Observation& observation,
              const std::atomic<bool>* stop = nullptr);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_SHRINK_H_

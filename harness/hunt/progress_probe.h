// How one operation fares when all other threads stop, wherever they are: a
// probe for wait-freedom.
//
// All interleavings of the operation with the others' are explored, and so
// every point is met at which the others may stop for good while the operation
// is at any of its own. What counts are its own steps, from its call to its
// return: accesses to shared atomics and locks. Others may fail its attempts as
// often as their operations allow, so the number is a bound of the operation
// itself only if it does not grow with theirs.
//
// It waits where it cannot go on, or goes round for ever, unless another thread
// goes on.

#ifndef MORTSAFE_HARNESS_HUNT_PROGRESS_PROBE_H_
#define MORTSAFE_HARNESS_HUNT_PROGRESS_PROBE_H_

#include <atomic>
#include <cstdint>
#include <optional>

#include "harness/base/violation_kind.h"
#include "harness/hunt/program_runner.h"
#include "harness/program/program.h"

namespace mortsafe {

// An operation that has taken so many steps and not returned, though no round
// of its was like another, is taken not to end.
inline constexpr uint32_t kMostProbedSteps = 1'000;

// A point at which an operation waits for a thread that may have stopped.
struct ProbedWait {
  enum class Kind : uint8_t {
    kLock,          // For a lock that `thread` has taken and not given up.
    kNotification,  // To be notified.
    kChange,        // For a change of what it reads: it spins.
    kNoEnd,         // It took kMostProbedSteps steps.
  };
  Kind kind = Kind::kLock;
  uint32_t own_steps = 0;  // Those it had taken.
  // Where the other had come to, if it had begun: the client, as programs
  // number threads, and its operation, from 0, after so many of that one's
  // steps.
  uint32_t client = 0;
  uint32_t operation = 0;
  uint32_t steps = 0;
};

struct ProbedProgram {
  // The most steps that the operation takes if it returns; the same of the
  // executions in which it takes no lock (to try one is none), if there are
  // any: what it never waits in.
  uint32_t most_steps = 0;
  std::optional<uint32_t> most_steps_without_lock;
  // That it may have to wait; the gravest kind, by its first example.
  std::optional<ProbedWait> wait;
  // All interleavings were explored. Not where it spins or does not end: one
  // that shows it is enough; nor where the others have no end.
  bool complete = false;
  uint64_t executions = 0;
  // Something else went wrong, so that the probe says nothing.
  std::optional<ViolationKind> failure;
};

struct ProbeProgramOptions {
  // Ends the probe soon once it is true, if not null; it is not complete then.
  const std::atomic<bool>* stop = nullptr;
  // Counts executions as they are performed, if not null.
  std::atomic<uint64_t>* executions = nullptr;
  // As in ExecutionOptions.
  std::atomic<uint64_t>* pulse = nullptr;
};

// Probes the operation of client 1. REQUIRES: client 1 has one operation; as
// ProgramRunner::Run(); ExhaustiveIsOffered().
ProbedProgram ProbeProgram(ProgramRunner& runner, const Program& program,
                           const ProbeProgramOptions& options = {});

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_PROGRESS_PROBE_H_

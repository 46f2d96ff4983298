// Whether operations of a map are wait-free, within bounds: each operation is
// probed (progress_probe.h) from every initial state beside every program of
// other threads, shared out among worker processes. The result depends on the
// bounds alone.

#ifndef MORTSAFE_HARNESS_HUNT_PROGRESS_H_
#define MORTSAFE_HARNESS_HUNT_PROGRESS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/base/operation_kind.h"
#include "harness/hunt/progress_probe.h"
#include "harness/hunt/verify.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"

namespace mortsafe {

struct ProgressOptions {
  SubjectChoice subject;
  int others = 1;      // So many other threads
  int operations = 1;  // with up to so many operations each
  int keys = 1;        // on up to so many keys.
  // Whether others leave to stronger operations what the subject says they
  // cover. All kinds are probed.
  bool use_covered = true;
  int workers = 1;
  // Ends the probe soon once it is true, if not null: for signal handlers.
  const std::atomic<bool>* stop = nullptr;
  // Called about ten times a second with the executions and seconds so far.
  std::function<void(uint64_t, double)> on_progress;
};

// What came of one kind of operation beside threads of `operations` each.
struct ProgressRow {
  OperationKind kind = OperationKind::kLoad;
  int operations = 0;
  uint64_t starts = 0;      // Programs with initial states,
  uint64_t with_waits = 0;  // in which it may have to wait,
  uint64_t incomplete = 0;  // in which the others have no end.
  // As in ProbedProgram.
  uint32_t most_steps = 0;
  std::optional<uint32_t> most_steps_without_lock = std::nullopt;
  bool bounded = true;  // It goes on for ever nowhere.
  // The first program with the gravest wait.
  std::optional<Program> example = std::nullopt;
  ProbedWait wait = {};
};

struct ProgressResult {
  std::vector<ProgressRow> rows;  // By kind, then by `operations`.
  uint64_t executions = 0;
  double seconds = 0;
  size_t states = 0;          // Initial states.
  bool states_known = false;  // They are all that there are.
  OperationKindSet kinds;     // What the others' programs were made of.
  // Every start was probed in every interleaving, or shown to be without bound.
  bool complete = false;
  bool interrupted = false;  // By ProgressOptions::stop.
  // A program on which the map fails: the probe ended there.
  std::optional<Program> failing;
};

// REQUIRES: ExhaustiveIsOffered(), and what `options` says is in range.
ProgressResult ProbeProgress(const ProgressOptions& options);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_PROGRESS_H_

// Runs inputs in child processes and tells what each shows, crashes included.
// Nothing of the map runs in the process that asks.

#ifndef MORTSAFE_HARNESS_HUNT_OBSERVER_H_
#define MORTSAFE_HARNESS_HUNT_OBSERVER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "harness/base/violation_kind.h"
#include "harness/history/history.h"
#include "harness/hunt/isolation.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/shared_evidence.h"
#include "harness/hunt/spec_memory.h"
#include "harness/model/execution.h"
#include "harness/program/input.h"
#include "harness/subject/registry.h"

namespace mortsafe {

// What an execution that went wrong showed.
struct Observation {
  size_t index = 0;  // Of the schedule under which it did.
  ViolationKind kind = ViolationKind::kCrash;
  Schedule schedule;   // Replays it.
  uint32_t steps = 0;  // How far it came.
  std::optional<Crash> crash;
  // Without a crash: what went wrong in words, and what clients saw.
  std::string sentence;
  History history;
  // Whether it can be shown again. If not, the map keeps state between
  // executions or is not deterministic.
  bool repeats = true;
};

// Runs `work`, which counts up the pulse that it is given, in a child. Whether
// that came to its end.
bool EndsWell(absl::FunctionRef<void(std::atomic<uint64_t>& pulse)> work);

// Runs `program` once more, in this process, as `observation` saw it.
RunResult RunAsObserved(ProgramRunner& runner, const Program& program,
                        const Observation& observation,
                        const RunOptions& options = {});

// A schedule that is given is tried twice under sequential consistency: as it
// is, and where that shows nothing, looking for data races and for use after
// free as an exhaustive search does; once only in builds that offer no such
// search.
class Observer {
 public:
  // `stop` ends a search soon once it is true, if not null: for signal
  // handlers.
  explicit Observer(SubjectChoice subject,
                    const std::atomic<bool>* stop = nullptr)
      : subject_(subject), stop_(stop) {}

  // The first of `schedules` under which `program` shows `wanted` (any
  // violation if that is nothing). Nothing if it was stopped.
  std::optional<Observation> FindFirst(const Program& program,
                                       absl::Span<const ScheduleSpec> schedules,
                                       std::optional<ViolationKind> wanted);

  // The schedule of the latest execution, whatever it showed.
  Schedule latest_schedule() const;

 private:
  static constexpr uint64_t kNone = UINT64_MAX;

  // What the child tells its parent.
  struct Report {
    std::atomic<uint64_t> pulse{0};
    uint64_t current = 0;  // The schedule it is at.
    uint64_t found = kNone;
    SharedEvidence evidence;
    ProgressLog progress;
  };

  RunResult RunOnce(ProgramRunner& runner, const Program& program,
                    const ScheduleSpec& spec,
                    std::optional<ViolationKind> wanted);
  void RunFrom(size_t start, const Program& program,
               absl::Span<const ScheduleSpec> schedules,
               std::optional<ViolationKind> wanted);
  Observation MakeObservation(size_t index, ViolationKind kind) const;

  bool IsStopped() const { return stop_ != nullptr && *stop_; }

  const SubjectChoice subject_;
  const std::atomic<bool>* const stop_;
  SpecMemory memory_;
  Shared<Report> report_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_OBSERVER_H_

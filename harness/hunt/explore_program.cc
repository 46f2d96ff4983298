#include "harness/hunt/explore_program.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "harness/base/violation_kind.h"
#include "harness/explore/exhaustive.h"
#include "harness/explore/preemption_bound.h"
#include "harness/explore/strategies.h"
#include "harness/hunt/known_histories.h"
#include "harness/hunt/program_runner.h"
#include "harness/model/execution.h"
#include "harness/model/sanitizers.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"

namespace mortsafe {
namespace {

Schedule ScheduleOf(const ProgressLog& progress) {
  return {.switches = {progress.switches.begin(),
                       progress.switches.begin() + progress.switch_count}};
}

// The search follows no fair schedule: what does not end under one of its own
// is a livelock only if it does not end when it is treated fairly.
bool IsLivelock(ProgramRunner& runner, const Program& program,
                const Schedule& schedule) {
  ReplayStrategy replay(schedule);
  return runner.Run(program, replay).kind == ViolationKind::kLivelock;
}

// Forgets what was counted and what symptoms were seen: they come again.
void BeginAnew(ExploredProgram& explored,
               const ExploreProgramOptions& options) {
  if (options.executions != nullptr) {
    options.executions->fetch_sub(explored.executions,
                                  std::memory_order_relaxed);
  }
  explored = {};
}

// Counts an execution and keeps what it showed. Whether clients saw anything
// wrong: then there is no point in going on.
bool Take(RunResult&& result, const ProgressLog& progress,
          const ExploreProgramOptions& options, ExploredProgram& explored) {
  ++explored.executions;
  if (options.executions != nullptr) {
    options.executions->fetch_add(1, std::memory_order_relaxed);
  }
  if (!result.kind.has_value()) [[likely]]
    return false;
  const bool symptom = IsSymptom(*result.kind);
  if (symptom && explored.finding.has_value()) return false;
  explored.finding = ExploredFinding{explored.executions, std::move(result),
                                     ScheduleOf(progress), progress.steps};
  return !symptom;
}

ExploredProgram ExploreWithinBound(ProgramRunner& runner,
                                   const Program& program,
                                   const ExploreProgramOptions& options,
                                   ProgressLog& progress) {
  ExploredProgram explored;
  PreemptionBoundedSearch search(*options.max_preemptions);
  while (explored.executions < options.max_executions) {
    if (!search.Next()) {
      explored.complete = !search.cut() && !explored.endless;
      break;
    }
    progress.steps = 0;
    progress.switch_count = 0;
    RunResult result = runner.Run(program, search, {.progress = &progress});
    // From there on a fair schedule took over.
    explored.endless |= progress.steps >= ExecutionOptions().fair_after_steps;
    if (Take(std::move(result), progress, options, explored)) break;
  }
  explored.cut = search.cut();
  return explored;
}

}  // namespace

absl::Status ExhaustiveIsOffered() {
  if (!kAddressSanitizer && !kThreadSanitizer) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "a build with a sanitizer explores nothing exhaustively, as addresses "
      "differ between its executions: use the release build");
}

bool IsSymptom(ViolationKind kind) {
  return kind == ViolationKind::kBrokenInvariant ||
         kind == ViolationKind::kLeak;
}

ExploredProgram ExploreProgram(ProgramRunner& runner, const Program& program,
                               const ExploreProgramOptions& options) {
  std::unique_ptr<ProgressLog> own_progress;
  ProgressLog* progress = options.progress;
  if (progress == nullptr) {
    own_progress = std::make_unique<ProgressLog>();
    progress = own_progress.get();
  }
  if (options.max_preemptions.has_value()) {
    return ExploreWithinBound(runner, program, options, *progress);
  }
  ExploredProgram explored;
  KnownHistories known_histories;
  ExhaustiveStrategy search(runner.CanKeepPlaces());
  while (explored.executions < options.max_executions) {
    if (!search.Next()) {
      explored.complete = true;
      break;
    }
    if (search.began_anew()) BeginAnew(explored, options);
    progress->steps = 0;
    progress->switch_count = 0;
    RunResult result =
        runner.Run(program, search,
                   {.progress = progress, .known_histories = &known_histories});
    if (search.gave_up()) {
      ++explored.blocked;
      continue;
    }
    if (result.kind == ViolationKind::kLivelock &&
        !IsLivelock(runner, program, ScheduleOf(*progress))) {
      explored.endless = true;
      result.kind.reset();
    }
    const bool found = Take(std::move(result), *progress, options, explored);
    if (found || explored.endless) break;
  }
  return explored;
}

}  // namespace mortsafe

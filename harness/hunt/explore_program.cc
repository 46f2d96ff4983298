#include "harness/hunt/explore_program.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "harness/base/violation_kind.h"
#include "harness/explore/exhaustive.h"
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
    ++explored.executions;
    if (options.executions != nullptr) {
      options.executions->fetch_add(1, std::memory_order_relaxed);
    }
    if (!result.kind.has_value()) [[likely]]
      continue;
    const ViolationKind kind = *result.kind;
    if (IsSymptom(kind) && explored.finding.has_value()) continue;
    ExploredFinding finding{explored.executions, std::move(result),
                            ScheduleOf(*progress), progress->steps};
    if (kind == ViolationKind::kLivelock &&
        !IsLivelock(runner, program, finding.schedule)) {
      explored.endless = true;
      return explored;
    }
    explored.finding = std::move(finding);
    if (!IsSymptom(kind)) return explored;
  }
  return explored;
}

}  // namespace mortsafe

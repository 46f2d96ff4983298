#include "harness/hunt/isolated_exploration.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/base/violation_kind.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/isolation.h"
#include "harness/hunt/observer.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/shared_evidence.h"
#include "harness/model/execution.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

// What the child tells its parent.
struct Report {
  std::atomic<bool> stop{false};  // It is its parent who tells that.
  std::atomic<uint64_t> executions{0};
  std::atomic<uint64_t> pulse{0};
  ProgressLog progress;
  // Once it is done:
  uint64_t blocked = 0;
  bool complete = false;
  bool endless = false;
  bool cut = false;
  SharedText<256> refusal;
  uint64_t found_at = 0;  // 0 if nothing was found.
  ViolationKind kind = ViolationKind::kCrash;
  ProgressLog found;  // What replays that.
};

void Explore(const SubjectChoice& subject, const Program& program,
             const IsolatedExplorationOptions& options, Report& report) {
  ProgramRunner runner(subject);
  const ExploredProgram explored =
      ExploreProgram(runner, program,
                     {.memory = options.memory,
                      .max_executions = options.max_executions,
                      .max_preemptions = options.max_preemptions,
                      .stop = &report.stop,
                      .progress = &report.progress,
                      .executions = &report.executions,
                      .pulse = &report.pulse});
  report.blocked = explored.blocked;
  report.complete = explored.complete;
  report.endless = explored.endless;
  report.cut = explored.cut;
  report.refusal.Set(explored.refusal);
  if (!explored.finding.has_value()) return;
  const ExploredFinding& finding = *explored.finding;
  report.kind = *finding.result.kind;
  report.found.Set(finding.schedule, finding.steps);
  report.found_at = finding.execution;
}

}  // namespace

IsolatedExploration ExploreInChild(const SubjectChoice& subject,
                                   const Program& program,
                                   const IsolatedExplorationOptions& options) {
  const Shared<Report> report;
  Child child([&] { Explore(subject, program, options, *report); });
  IsolatedExploration exploration;
  AwaitUnlessStuck(child, report->pulse, options.patience, nullptr, [&] {
    if (options.stop != nullptr && *options.stop) report->stop = true;
    if (options.on_progress) options.on_progress(report->executions);
  });
  exploration.interrupted = report->stop;
  exploration.executions = report->executions;
  const std::optional<Crash> crash = child.crash();
  if (crash.has_value()) {
    const ProgressLog& progress = report->progress;
    Observation observation;
    observation.kind = crash->kind;
    observation.crash = crash;
    observation.steps = progress.steps;
    observation.schedule = progress.schedule();
    exploration.observation = observation;
    exploration.executions_to_find = ++exploration.executions;
    return exploration;
  }
  exploration.blocked = report->blocked;
  exploration.complete = report->complete;
  exploration.endless = report->endless;
  exploration.cut = report->cut;
  exploration.refusal = report->refusal.Get();
  if (report->found_at == 0) return exploration;
  exploration.executions_to_find = report->found_at;
  Observation observation;
  observation.kind = report->kind;
  observation.steps = report->found.steps;
  observation.schedule = report->found.schedule();
  exploration.observation = observation;
  return exploration;
}

}  // namespace mortsafe

#include "harness/hunt/observer.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "harness/base/violation_kind.h"
#include "harness/explore/race_replay.h"
#include "harness/explore/strategies.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/isolation.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/schedule_strategy.h"
#include "harness/hunt/spec_memory.h"
#include "harness/program/input.h"
#include "harness/program/program.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

// A single execution takes microseconds; so long, only one that is stuck does.
constexpr std::chrono::seconds kPatience{5};

// What only an execution that looks at the order of all steps is sure to show.
bool IsFoundByOrder(ViolationKind kind) {
  return kind == ViolationKind::kDataRace ||
         kind == ViolationKind::kUseAfterFree;
}

}  // namespace

bool EndsWell(absl::FunctionRef<void(std::atomic<uint64_t>& pulse)> work) {
  const Shared<std::atomic<uint64_t>> pulse;
  Child child([&] { work(*pulse); });
  AwaitUnlessStuck(child, *pulse, kPatience);
  return !child.crash().has_value();
}

RunResult RunAsObserved(ProgramRunner& runner, const Program& program,
                        const Observation& observation,
                        const RunOptions& options) {
  const bool weak = observation.schedule.memory == MemoryModel::kC11;
  if (!weak && IsFoundByOrder(observation.kind) &&
      !observation.crash.has_value()) {
    RaceReplayStrategy strategy(observation.schedule);
    return runner.Run(program, strategy, options);
  }
  SpecMemory memory;
  RunOptions run_options = options;
  run_options.memory = memory.For(observation.schedule);
  ReplayStrategy strategy(observation.schedule);
  return runner.Run(program, strategy, run_options);
}

std::optional<Observation> Observer::FindFirst(
    const Program& program, absl::Span<const ScheduleSpec> schedules,
    std::optional<ViolationKind> wanted) {
  for (size_t start = 0; start < schedules.size() && !IsStopped();) {
    report_->found = kNone;
    Child child([&] { RunFrom(start, program, schedules, wanted); });
    if (!AwaitUnlessStuck(child, report_->pulse, kPatience, stop_)) {
      return std::nullopt;
    }
    const std::optional<Crash> crash = child.crash();
    if (!crash.has_value()) {
      if (report_->found == kNone) return std::nullopt;
      const SharedEvidence& evidence = report_->evidence;
      Observation observation = MakeObservation(report_->found, evidence.kind);
      observation.sentence = evidence.sentence.Get();
      observation.history = evidence.history.Get();
      return observation;
    }
    if (!wanted.has_value() || crash->kind == *wanted) {
      Observation observation = MakeObservation(report_->current, crash->kind);
      observation.crash = crash;
      return observation;
    }
    start = report_->current + 1;
  }
  return std::nullopt;
}

RunResult Observer::RunOnce(ProgramRunner& runner, const Program& program,
                            const ScheduleSpec& spec,
                            std::optional<ViolationKind> wanted) {
  const auto run = [&](SchedulingStrategy& strategy) {
    report_->progress.Clear();
    return runner.Run(program, strategy,
                      {.progress = &report_->progress,
                       .pulse = &report_->pulse,
                       .memory = memory_.For(spec)});
  };
  // A weak memory knows of races itself. Sanitizers' allocators give one
  // thread's freed block to another, which would be taken for a race.
  const bool looks_at_order = spec.mode == ScheduleMode::kSwitches &&
                              spec.schedule.memory != MemoryModel::kC11 &&
                              ExhaustiveIsOffered().ok();
  RaceReplayStrategy races(spec.schedule);
  // What races may well crash later on, where nobody looks at the order.
  if (looks_at_order && wanted.has_value() && IsFoundByOrder(*wanted)) {
    RunResult result = run(races);
    if (result.kind == wanted) return result;
  }
  RunResult result = WithStrategy(spec, run);
  if (result.kind.has_value() || !looks_at_order || wanted.has_value()) {
    return result;
  }
  return run(races);
}

void Observer::RunFrom(size_t start, const Program& program,
                       absl::Span<const ScheduleSpec> schedules,
                       std::optional<ViolationKind> wanted) {
  ProgramRunner runner(subject_);
  for (size_t i = start; i < schedules.size(); ++i) {
    report_->current = i;
    const RunResult result = RunOnce(runner, program, schedules[i], wanted);
    if (!result.kind.has_value()) continue;
    if (wanted.has_value() && result.kind != wanted) continue;
    report_->evidence.Set(*result.kind, result.sentence, runner.history());
    report_->found = i;
    return;
  }
}

Observation Observer::MakeObservation(size_t index, ViolationKind kind) const {
  Observation observation;
  observation.index = index;
  observation.kind = kind;
  observation.steps = report_->progress.steps;
  observation.schedule = latest_schedule();
  return observation;
}

Schedule Observer::latest_schedule() const {
  return report_->progress.schedule();
}

}  // namespace mortsafe

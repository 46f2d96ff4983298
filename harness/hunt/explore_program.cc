#include "harness/hunt/explore_program.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "harness/base/violation_kind.h"
#include "harness/explore/address_book.h"
#include "harness/explore/exhaustive.h"
#include "harness/explore/graph_search.h"
#include "harness/explore/preemption_bound.h"
#include "harness/explore/strategies.h"
#include "harness/hunt/known_histories.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/spec_memory.h"
#include "harness/model/execution.h"
#include "harness/model/sanitizers.h"
#include "harness/model/strategy.h"
#include "harness/model/weak_memory.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

// The search follows no fair schedule: what does not end under one of its own
// is a livelock only if it does not end when it is treated fairly.
bool IsLivelock(ProgramRunner& runner, const Program& program,
                const Schedule& schedule, std::atomic<uint64_t>* pulse) {
  ReplayStrategy replay(schedule);
  SpecMemory memory;
  return runner
             .Run(program, replay,
                  {.pulse = pulse, .memory = memory.For(schedule)})
             .kind == ViolationKind::kLivelock;
}

// Whether to leave the rest be.
bool IsEnough(const ExploredProgram& explored,
              const ExploreProgramOptions& options) {
  return explored.executions >= options.max_executions ||
         (options.stop != nullptr &&
          options.stop->load(std::memory_order_relaxed));
}

// Forgets what was counted and what symptoms were seen: they come again.
void BeginAnew(ExploredProgram& explored,
               const ExploreProgramOptions& options) {
  if (options.executions != nullptr) {
    options.executions->fetch_sub(explored.executions,
                                  std::memory_order_relaxed);
  }
  if (options.visitor != nullptr) options.visitor->BeginAnew();
  explored = {};
}

// Whether there is something that weighs no less than what `kind` is.
bool IsOutweighed(ViolationKind kind,
                  const std::optional<ExploredFinding>& finding) {
  return finding.has_value() &&
         (IsSymptom(kind) || !IsSymptom(*finding->result.kind));
}

// Counts an execution and keeps what it showed. Whether there is no point in
// going on, as clients saw something wrong.
bool Take(RunResult&& result, const ProgressLog& progress,
          const ExploreProgramOptions& options, ExploredProgram& explored) {
  ++explored.executions;
  if (options.executions != nullptr) {
    options.executions->fetch_add(1, std::memory_order_relaxed);
  }
  if (options.visitor != nullptr) options.visitor->Visit(result);
  if (!result.kind.has_value()) [[likely]]
    return false;
  if (IsOutweighed(*result.kind, explored.finding)) return false;
  const bool symptom = IsSymptom(*result.kind);
  explored.finding = ExploredFinding{explored.executions, std::move(result),
                                     progress.schedule(), progress.steps};
  return !symptom && options.visitor == nullptr;
}

ExploredProgram ExploreWithinBound(ProgramRunner& runner,
                                   const Program& program,
                                   const ExploreProgramOptions& options,
                                   ProgressLog& progress) {
  ExploredProgram explored;
  PreemptionBoundedSearch search(*options.max_preemptions);
  while (!IsEnough(explored, options)) {
    if (!search.Next()) {
      explored.complete = !search.cut() && !explored.endless;
      break;
    }
    progress.Clear();
    RunResult result = runner.Run(
        program, search, {.progress = &progress, .pulse = options.pulse});
    // From there on a fair schedule took over.
    explored.endless |= progress.steps >= ExecutionOptions().fair_after_steps;
    if (Take(std::move(result), progress, options, explored)) break;
  }
  explored.cut = search.cut();
  return explored;
}

SchedulingStrategy& StrategyOf(ExhaustiveStrategy& search) { return search; }
SchedulingStrategy& StrategyOf(GraphSearch& search) {
  return search.strategy();
}
WeakMemory* MemoryOf(ExhaustiveStrategy&) { return nullptr; }
WeakMemory* MemoryOf(GraphSearch& search) { return &search; }

// Runs the execution that `search` has prepared. Whether to go on.
template <class Search>
bool RunNext(ProgramRunner& runner, const Program& program, Search& search,
             const ExploreProgramOptions& options, ProgressLog& progress,
             KnownHistories& known_histories, ExploredProgram& explored) {
  progress.Clear();
  RunResult result = runner.Run(program, StrategyOf(search),
                                {.progress = &progress,
                                 .pulse = options.pulse,
                                 .memory = MemoryOf(search),
                                 .known_histories = &known_histories});
  if (search.gave_up()) {
    ++explored.blocked;
    return true;
  }
  if (!result.refusal.empty()) {
    explored.refusal = std::move(result.refusal);
    return false;
  }
  if (result.kind == ViolationKind::kLivelock &&
      !IsLivelock(runner, program, progress.schedule(), options.pulse)) {
    explored.endless = true;
    result.kind.reset();
  }
  const bool found = Take(std::move(result), progress, options, explored);
  return !found && !explored.endless;
}

// Every execution that `search` has.
template <class Search>
ExploredProgram ExploreAll(ProgramRunner& runner, const Program& program,
                           Search& search, const ExploreProgramOptions& options,
                           ProgressLog& progress) {
  ExploredProgram explored;
  KnownHistories known_histories;
  while (search.Next()) {
    if (search.began_anew()) BeginAnew(explored, options);
    if (IsEnough(explored, options) ||
        !RunNext(runner, program, search, options, progress, known_histories,
                 explored)) {
      return explored;
    }
  }
  explored.complete = true;
  return explored;
}

// Of each client, which is the thread of that number.
std::vector<uint32_t> OperationsByThread(const Program& program) {
  std::vector<uint32_t> operations = {0};  // The initial ones are its past.
  for (const auto& thread : program.threads) {
    operations.push_back(static_cast<uint32_t>(thread.size()));
  }
  return operations;
}

}  // namespace

absl::Status ExhaustiveIsOffered() {
  if (!kAddressSanitizer && !kThreadSanitizer) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "a build with a sanitizer explores nothing exhaustively, as addresses "
      "differ between its executions: use the release build");
}

absl::Status IsOffered(MemoryModel memory) {
  if (memory == MemoryModel::kSc || (!kAddressSanitizer && !kThreadSanitizer)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      "a build with a sanitizer has sequentially consistent memory only, as "
      "the "
      "sanitizer cannot follow stale loads: use the release build for --memory "
      "c11");
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
  if (options.memory == MemoryModel::kC11) {
    GraphSearch search(OperationsByThread(program), runner.CanKeepPlaces());
    return ExploreAll(runner, program, search, options, *progress);
  }
  ExhaustiveStrategy search(runner.CanKeepPlaces());
  return ExploreAll(runner, program, search, options, *progress);
}

template <class Search>
ExploredProgram PartExplorer::ExploreWith(Search& search,
                                          const std::string& part,
                                          const ExploreProgramOptions& options,
                                          std::string& rest) {
  const AddressBook addresses = runner_.addresses();
  ExploredProgram explored;
  rest.clear();
  if (IsEnough(explored, options)) return explored;
  search.Begin(part, addresses);
  while (search.Next() && !search.began_anew() &&
         RunNext(runner_, program_, search, options, *options.progress,
                 known_histories_, explored) &&
         !IsEnough(explored, options)) {
  }
  rest = search.Leave(addresses);
  explored.began_anew = search.began_anew();
  return explored;
}

ExploredProgram PartExplorer::Explore(const std::string& part,
                                      uint64_t max_executions,
                                      std::atomic<uint64_t>& executions,
                                      std::string& rest) {
  ExploreProgramOptions options = options_;
  options.max_executions = max_executions;
  options.executions = &executions;
  if (options.memory == MemoryModel::kC11) {
    GraphSearch search(OperationsByThread(program_), runner_.CanKeepPlaces());
    return ExploreWith(search, part, options, rest);
  }
  ExhaustiveStrategy search(runner_.CanKeepPlaces());
  return ExploreWith(search, part, options, rest);
}

}  // namespace mortsafe

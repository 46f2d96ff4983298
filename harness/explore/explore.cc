#include "mortsafe/explore.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <source_location>
#include <string>

#include "absl/strings/str_cat.h"
#include "harness/base/check.h"
#include "harness/base/random.h"
#include "harness/base/violation_kind.h"
#include "harness/explore/choice_log.h"
#include "harness/explore/exhaustive.h"
#include "harness/explore/graph_search.h"
#include "harness/explore/partial_order_sampling.h"
#include "harness/explore/preemption_bound.h"
#include "harness/explore/sampled_memory.h"
#include "harness/explore/selectively_uniform_walk.h"
#include "harness/explore/strategies.h"
#include "harness/explore/trace_text.h"
#include "harness/model/execution.h"
#include "harness/model/memory.h"
#include "harness/model/random_walk.h"
#include "harness/model/sanitizers.h"
#include "harness/model/strategy.h"
#include "harness/program/schedule.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
namespace {

constexpr uint64_t kDefaultSamples = 10'000;
constexpr char kUnsupported[] = "unsupported";

ExploreResult UnsupportedMemoryModel() {
  ExploreResult result;
  result.failure = {.kind = kUnsupported,
                    .message =
                        "nothing was run: this build does not offer the "
                        "memory model with these options",
                    .trace = ""};
  return result;
}

// How `failed`, the failure of an execution, is told once the execution has
// been run `again` and recorded.
ExploreFailure Told(const Failure& failed, const Outcome& again,
                    const Execution& execution) {
  ExploreFailure failure;
  failure.kind =
      failed.unsupported ? kUnsupported : std::string(Slug(failed.kind));
  failure.trace = TraceText(execution.trace());
  if (again.failure.has_value() && again.failure->kind == failed.kind) {
    failure.message = again.failure->message;  // It knows objects' names.
  } else {
    failure.message = absl::StrCat(
        failed.message,
        " (the execution went otherwise when it was run again for its trace: "
        "the body depends on more than the order of its threads' steps)");
  }
  if (failed.kind == ViolationKind::kLeak) {
    absl::StrAppend(&failure.message,
                    "; what is to outlive the body is allocated under "
                    "mortsafe::KeepAllocations");
  }
  return failure;
}

// Of the executions that count, at most `most`; those that are blocked do not.
ExploreResult Search(uint64_t most, const std::function<void()>& body) {
  ExploreResult result;
  const auto execution = std::make_unique<Execution>();
  ExhaustiveStrategy search;
  ChoiceLog log(search);
  while (search.Next()) {
    if (search.began_anew()) result.executions = result.blocked = 0;
    if (result.executions >= most) return result;
    log.Clear();
    const Outcome outcome = execution->Run({}, log, body);
    if (search.gave_up()) {
      ++result.blocked;
      continue;
    }
    ++result.executions;
    if (outcome.failure.has_value()) {
      LoggedChoices choices(log);
      const Outcome again = execution->Run({.record = true}, choices, body);
      result.failure = Told(*outcome.failure, again, *execution);
      return result;
    }
  }
  result.complete = true;
  return result;
}

ExploreResult SearchWithin(uint32_t max_preemptions, uint64_t most,
                           const std::function<void()>& body) {
  ExploreResult result;
  const auto execution = std::make_unique<Execution>();
  PreemptionBoundedSearch search(max_preemptions);
  bool all_tried = true;
  while (search.Next()) {
    if (result.executions >= most) {
      all_tried = false;
      break;
    }
    const Outcome outcome = execution->Run({}, search, body);
    ++result.executions;
    // After that a fair schedule took over.
    all_tried &= outcome.steps < ExecutionOptions().fair_after_steps;
    if (outcome.failure.has_value()) {
      const Schedule schedule = search.schedule();
      ReplayStrategy replay(schedule);
      const Outcome again = execution->Run({.record = true}, replay, body);
      result.failure = Told(*outcome.failure, again, *execution);
      all_tried = false;
      break;
    }
  }
  if (search.cut()) result.preemption_bound = max_preemptions;
  result.complete = all_tried && !search.cut();
  return result;
}

// The same where loads may be stale.
ExploreResult SearchGraphs(uint64_t most, const std::function<void()>& body) {
  ExploreResult result;
  const auto execution = std::make_unique<Execution>();
  GraphSearch search;
  while (search.Next()) {
    if (search.began_anew()) result.executions = result.blocked = 0;
    if (result.executions >= most) return result;
    const Outcome outcome =
        execution->Run({.memory = &search}, search.strategy(), body);
    if (search.gave_up()) {
      ++result.blocked;
      continue;
    }
    ++result.executions;
    if (outcome.failure.has_value()) {
      search.Repeat();
      const Outcome again = execution->Run({.record = true, .memory = &search},
                                           search.strategy(), body);
      result.failure = Told(*outcome.failure, again, *execution);
      return result;
    }
  }
  result.complete = true;
  return result;
}

// Each execution with a fresh strategy that draws its choices.
template <class Drawing>
ExploreResult SampleBy(const ExploreOptions& options,
                       const std::function<void()>& body) {
  ExploreResult result;
  const auto execution = std::make_unique<Execution>();
  const uint64_t count =
      options.max_executions != 0 ? options.max_executions : kDefaultSamples;
  const bool weak = options.memory == MemoryModel::kC11;
  SampledMemory memory;
  // Made once, as each execution copies them, which has to wait for what was
  // written just before.
  const ExecutionOptions unrecorded = {.memory = weak ? &memory : nullptr};
  ExecutionOptions recorded = unrecorded;
  recorded.record = true;
  const auto run = [&](uint64_t seed, const ExecutionOptions& how) {
    if (weak) memory.Begin(DeriveSeed(seed, 1));
    Drawing strategy(seed);
    return execution->Run(how, strategy, body);
  };
  while (result.executions < count) {
    const uint64_t seed = DeriveSeed(options.seed, result.executions);
    const Outcome outcome = run(seed, unrecorded);
    ++result.executions;
    if (outcome.failure.has_value()) {
      const Outcome again = run(seed, recorded);
      result.failure = Told(*outcome.failure, again, *execution);
      return result;
    }
  }
  return result;
}

ExploreResult Sample(const ExploreOptions& options,
                     const std::function<void()>& body) {
  switch (options.strategy) {
    case Strategy::kRandom:
      return SampleBy<RandomWalk>(options, body);
    case Strategy::kPct:
      return SampleBy<PctStrategy>(options, body);
    case Strategy::kPos:
      return SampleBy<PosStrategy>(options, body);
    case Strategy::kSurw:
      return SampleBy<SurwStrategy>(options, body);
    case Strategy::kExhaustive:
      break;
  }
  Check(false, "the exhaustive search draws no choices");
  return {};
}

}  // namespace

ExploreResult Explore(const ExploreOptions& options,
                      const std::function<void()>& body) {
  const bool weak = options.memory == MemoryModel::kC11;
  // The sanitizers' run times cannot follow stale loads.
  constexpr bool kSanitized = kAddressSanitizer || kThreadSanitizer;
  const bool bounded = options.strategy == Strategy::kExhaustive &&
                       options.max_preemptions.has_value();
  if ((weak && (kSanitized || bounded)) ||
      (!weak && options.memory != MemoryModel::kSc)) {
    return UnsupportedMemoryModel();
  }
  const uint64_t most = options.max_executions != 0
                            ? options.max_executions
                            : std::numeric_limits<uint64_t>::max();
  if (bounded) {
    return SearchWithin(*options.max_preemptions, most, body);
  }
  if (options.strategy == Strategy::kExhaustive) {
    return weak ? SearchGraphs(most, body) : Search(most, body);
  }
  return Sample(options, body);
}

// Its state is the guard that the model has for its own allocations.
KeepAllocations::KeepAllocations() {
  static_assert(sizeof(HarnessAllocations) == sizeof(state_));
  new (state_) HarnessAllocations;
}

KeepAllocations::~KeepAllocations() {
  std::destroy_at(std::launder(reinterpret_cast<HarnessAllocations*>(state_)));
}

void FailExploreCheck(const char* condition, std::source_location where) {
  // An execution that fails is abandoned where it is: nothing on its stack is
  // destroyed.
  static thread_local std::string message;
  const HarnessAllocations harness;
  message = absl::StrCat(where.file_name(), ":", where.line(), ": ", condition,
                         " does not hold");
  if (Scheduler* const scheduler = ActiveScheduler()) {
    absl::StrAppend(&message, " in thread ", scheduler->CurrentThread());
    static_cast<Execution*>(scheduler)->Fail(ViolationKind::kBrokenInvariant,
                                             message.c_str());
  }
  std::fprintf(stderr, "%s\n", message.c_str());
  std::abort();
}

}  // namespace mortsafe

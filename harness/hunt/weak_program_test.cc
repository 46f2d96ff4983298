// Maps under C11: every execution that the memory orders of their code allow,
// in every order in real time, none twice, and what is found replays.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/base/random.h"
#include "harness/base/violation_kind.h"
#include "harness/explore/execution_graph.h"
#include "harness/explore/forward_memory.h"
#include "harness/explore/graph_search.h"
#include "harness/history/history.h"
#include "harness/history/text.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/isolated_exploration.h"
#include "harness/hunt/observer.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/schedule_strategy.h"
#include "harness/hunt/shrink.h"
#include "harness/hunt/spec_memory.h"
#include "harness/hunt/test_maps.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"
#include "harness/program/generator.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;

constexpr std::memory_order kRelaxed = std::memory_order_relaxed;

// What the cells of the latest CellMap held when all threads were at rest.
std::array<Value, kMaxKeys> final_values;

// One atomic a key. An operation is one access, but for LoadOrStore, which
// loses stores.
template <std::memory_order kLoads, std::memory_order kStores>
class CellMap {
 public:
  std::optional<Value> Load(Key key) {
    return Present(cells_[key].load(kLoads));
  }
  void Store(Key key, Value value) { cells_[key].store(value, kStores); }
  void Delete(Key key) { cells_[key].store(0, kStores); }
  std::optional<Value> Swap(Key key, Value value) {
    return Present(cells_[key].exchange(value, kRelaxed));
  }
  bool CompareAndSwap(Key key, Value before, Value value) {
    return cells_[key].compare_exchange_strong(before, value, kRelaxed);
  }
  std::pair<Value, bool> LoadOrStore(Key key, Value value) {
    if (const auto loaded = Load(key)) return {*loaded, true};
    Store(key, value);
    return {value, false};
  }
  std::optional<std::string> CheckInvariants() {
    for (size_t key = 0; key < cells_.size(); ++key) {
      final_values[key] = cells_[key].load();
    }
    return std::nullopt;
  }

 private:
  std::array<atomic<Value>, kMaxKeys> cells_ = {};
};
using RelaxedMap = CellMap<kRelaxed, kRelaxed>;
using ReleasingMap =
    CellMap<std::memory_order_acquire, std::memory_order_release>;
using SeqCstMap = CellMap<std::memory_order_seq_cst, std::memory_order_seq_cst>;

// Announces a value that a client need not see yet.
class HastyMap {
 public:
  std::optional<Value> Load(Key) {
    if (ready_.load(kRelaxed) == 0) return std::nullopt;
    return value_.load(kRelaxed);
  }
  void Store(Key, Value value) {
    value_.store(value, kRelaxed);
    ready_.store(1, kRelaxed);
  }
  void Delete(Key) {}

 private:
  atomic<Value> value_{0};
  atomic<int> ready_{0};
};

// Store takes two locks in one order, Delete in the other.
class CrossingMap {
 public:
  std::optional<Value> Load(Key) { return std::nullopt; }
  void Store(Key, Value) {
    const std::lock_guard<mutex> first(first_);
    const std::lock_guard<mutex> second(second_);
  }
  void Delete(Key) {
    const std::lock_guard<mutex> second(second_);
    const std::lock_guard<mutex> first(first_);
  }

 private:
  mutex first_;
  mutex second_;
};

// Has a thread of its own.
class BusyMap : public LockedMap {
 public:
  BusyMap() : thread_([] {}) {}
  ~BusyMap() { thread_.join(); }

 private:
  thread thread_;
};

ExploredProgram ExploreWeakly(const SubjectChoice& subject,
                              absl::string_view program) {
  ProgramRunner runner(subject);
  return ExploreProgram(runner, MustParse(program),
                        {.memory = MemoryModel::kC11});
}

void ExpectExecutions(const SubjectChoice& subject, absl::string_view program,
                      uint64_t executions) {
  const ExploredProgram explored = ExploreWeakly(subject, program);
  EXPECT_TRUE(explored.complete);
  EXPECT_EQ(explored.executions, executions) << program;
  EXPECT_EQ(explored.blocked, 0u);
}

// A load beside a store. While they overlap it reads the old value or the new
// one; if one was over before the other began, it has no choice: 2 + 1 + 1.
TEST(WeakProgramTest, CountsALoadBesideAStore) {
  const char* const program = "thread 1: Store(0, 1) | thread 2: Load(0)";
  ExpectExecutions(ChoiceOf<RelaxedMap>(), program, 4);
  ExpectExecutions(ChoiceOf<ReleasingMap>(), program, 4);
  ExpectExecutions(ChoiceOf<SeqCstMap>(), program, 4);
}

// Two stores to one cell: while they overlap either may come first in
// modification order, else the earlier one does: 2 + 1 + 1.
TEST(WeakProgramTest, CountsTwoStores) {
  ExpectExecutions(ChoiceOf<RelaxedMap>(),
                   "thread 1: Store(0, 1) | thread 2: Store(0, 2)", 4);
}

// HastyMap: while they overlap, Load finds nothing announced, or it does and
// reads either value; it finds nothing if it was over before, and the new value
// if it began after: 3 + 1 + 1.
TEST(WeakProgramTest, CountsAMessageThatOvertakes) {
  ProgramRunner runner(ChoiceOf<HastyMap>());
  const Program program =
      MustParse("thread 1: Store(0, 1) | thread 2: Load(0)");
  GraphSearch search({0, 1, 1});
  std::multiset<std::string> results;
  while (search.Next()) {
    runner.Run(program, search.strategy(), {.memory = &search});
    const std::vector<HistoryOperation>& seen = runner.history().operations;
    absl::string_view order = "overlaps";
    if (Precedes(seen[0], seen[1])) order = "after";
    if (Precedes(seen[1], seen[0])) order = "before";
    results.insert(absl::StrCat(order, " ", ResultText(seen[1])));
  }
  EXPECT_EQ(results, (std::multiset<std::string>{"overlaps absent",
                                                 "overlaps 0", "overlaps 1",
                                                 "before absent", "after 1"}));
}

// Operations on cells of their own have nothing to choose but their order in
// real time, of which there are so many (real_time_orders_test).
TEST(WeakProgramTest, CountsOrdersInRealTime) {
  const SubjectChoice subject = ChoiceOf<RelaxedMap>();
  ExpectExecutions(subject, "thread 1: Store(0, 1) | thread 2: Load(1)", 3);
  ExpectExecutions(subject,
                   "thread 1: Load(0) | thread 2: Load(1) | thread 3: "
                   "Load(2)",
                   19);
  ExpectExecutions(subject,
                   "thread 1: Load(0) | thread 2: Load(1) | thread 3: "
                   "Load(2) | thread 4: Load(3)",
                   207);
  ExpectExecutions(subject,
                   "thread 1: Load(0); Load(0) | thread 2: Load(1); "
                   "Load(1)",
                   19);
}

// What clients can tell, and what was left in the cells. With at most two
// stores to each cell that says what every load read and how the stores are
// ordered, as all values differ.
std::string ClientView(const History& history) {
  std::string text = absl::StrJoin(final_values, " ");
  for (const HistoryOperation& operation : history.operations) {
    absl::StrAppend(&text, "\n", operation.client, " ", CallText(operation),
                    " ", ResultText(operation), " after");
    for (size_t i = 0; i < history.operations.size(); ++i) {
      if (Precedes(history.operations[i], operation)) {
        absl::StrAppend(&text, " ", i);
      }
    }
  }
  return text;
}

// All that a strategy and a memory choose in one execution, in every way.
class Choices {
 public:
  bool Next() {
    while (!chosen_.empty() && chosen_.back() + 1 == counts_.back()) {
      chosen_.pop_back();
      counts_.pop_back();
    }
    if (started_ && chosen_.empty()) return false;
    if (started_) ++chosen_.back();
    started_ = true;
    next_ = 0;
    void_ = false;
    return true;
  }
  // A number below `count`, which is not 0.
  uint32_t Choose(uint32_t count) {
    if (next_ == chosen_.size()) {
      chosen_.push_back(0);
      counts_.push_back(count);
    }
    return chosen_[next_++];
  }
  // What was chosen is not allowed: the execution does not count.
  void Void() { void_ = true; }
  bool is_void() const { return void_; }

 private:
  bool started_ = false;
  bool void_ = false;
  size_t next_ = 0;
  std::vector<uint32_t> chosen_;
  std::vector<uint32_t> counts_;
};

class EverySchedule final : public SchedulingStrategy {
 public:
  explicit EverySchedule(Choices& choices) : choices_(choices) {}
  uint32_t Choose(const ChoicePoint& point) override {
    const HarnessAllocations harness;
    const auto count = static_cast<uint32_t>(CountThreads(point.enabled));
    return ThreadAt(point.enabled, choices_.Choose(count));
  }

 private:
  Choices& choices_;
};

class EveryMemory final : public ForwardMemory {
 public:
  explicit EveryMemory(Choices& choices)
      : ForwardMemory(std::numeric_limits<uint32_t>::max()),
        choices_(choices) {}
  void Begin() { BeginExecution(); }

 private:
  uint32_t Choose(uint32_t, uint32_t lowest, uint32_t highest,
                  uint32_t attempt) override {
    if (attempt == 0) return lowest + choices_.Choose(highest - lowest + 1);
    choices_.Void();
    return highest;
  }

  Choices& choices_;
};

// By trying everything: each step of each thread in every order, each read from
// every place and each write in every place that RC11 allows.
std::set<std::string> AllViews(const SubjectChoice& subject,
                               const Program& program) {
  std::set<std::string> views;
  ProgramRunner runner(subject);
  Choices choices;
  EveryMemory memory(choices);
  while (choices.Next()) {
    memory.Begin();
    EverySchedule schedule(choices);
    runner.Run(program, schedule, {.memory = &memory});
    if (!choices.is_void()) views.insert(ClientView(runner.history()));
  }
  return views;
}

// Expects that none comes twice.
std::set<std::string> ExploredViews(const SubjectChoice& subject,
                                    const Program& program) {
  std::set<std::string> views;
  ProgramRunner runner(subject);
  std::vector<uint32_t> operations = {0};
  for (const auto& thread : program.threads) {
    operations.push_back(static_cast<uint32_t>(thread.size()));
  }
  GraphSearch search(operations);
  while (search.Next()) {
    runner.Run(program, search.strategy(), {.memory = &search});
    EXPECT_FALSE(search.gave_up());
    EXPECT_TRUE(views.insert(ClientView(runner.history())).second)
        << ToText(program) << ClientView(runner.history());
  }
  return views;
}

bool HasFewStores(const Program& program) {
  std::array<int, kMaxKeys> stores = {};
  for (const auto& thread : program.threads) {
    for (const Operation& operation : thread) {
      if (operation.kind != OperationKind::kStore &&
          operation.kind != OperationKind::kLoadOrStore) {
        continue;
      }
      if (++stores[operation.key] > 2) return false;
    }
  }
  return true;
}

void CompareViews(const SubjectChoice& subject, const ProgramBounds& bounds,
                  uint64_t programs) {
  // Those whose effect and result tell all.
  ProgramBounds offered = bounds;
  offered.operations_offered = {};
  offered.operations_offered.Add(OperationKind::kLoad);
  offered.operations_offered.Add(OperationKind::kStore);
  offered.operations_offered.Add(OperationKind::kLoadOrStore);
  offered.operations_offered.Add(OperationKind::kSwap);
  int compared = 0;
  for (uint64_t seed = 0; seed < programs; ++seed) {
    Program program;
    Random random(seed);
    GenerateProgram(offered, random, program);
    if (!HasFewStores(program)) continue;
    ++compared;
    ASSERT_EQ(ExploredViews(subject, program), AllViews(subject, program))
        << ToText(program);
  }
  EXPECT_GT(compared, 5);
}

constexpr ProgramBounds kTwoByTwo = {
    .threads = 2, .operations = 2, .keys = 2, .initial = 1, .exact = true};
constexpr ProgramBounds kThreeByOne = {
    .threads = 3, .operations = 1, .keys = 1, .initial = 1, .exact = true};

TEST(WeakProgramTest, RelaxedMapHasTheExecutionsOfAllChoices) {
  CompareViews(ChoiceOf<RelaxedMap>(), kTwoByTwo, 12);
  CompareViews(ChoiceOf<RelaxedMap>(), kThreeByOne, 12);
}

TEST(WeakProgramTest, ReleasingMapHasTheExecutionsOfAllChoices) {
  CompareViews(ChoiceOf<ReleasingMap>(), kTwoByTwo, 12);
  CompareViews(ChoiceOf<ReleasingMap>(), kThreeByOne, 12);
}

TEST(WeakProgramTest, SeqCstMapHasTheExecutionsOfAllChoices) {
  CompareViews(ChoiceOf<SeqCstMap>(), kTwoByTwo, 12);
  CompareViews(ChoiceOf<SeqCstMap>(), kThreeByOne, 12);
}

// Drawn executions show the same, sooner or later.
TEST(WeakProgramTest, DrawnExecutionsAreAmongAllAndShowAll) {
  for (const char* const text :
       {"thread 1: Store(0, 1); Load(1) | thread 2: Store(1, 2); Load(0)",
        "initial: Store(0, 1) | thread 1: Swap(0, 2) | thread 2: Store(0, 3) | "
        "thread 3: Load(0)"}) {
    const Program program = MustParse(text);
    ProgramRunner runner(ChoiceOf<RelaxedMap>());
    std::set<std::string> drawn;
    SpecMemory memory;
    ScheduleSpec spec;
    spec.mode = ScheduleMode::kRandom;
    spec.schedule.memory = MemoryModel::kC11;
    for (spec.seed = 0; spec.seed < 20'000; ++spec.seed) {
      WithStrategy(spec, [&](SchedulingStrategy& strategy) {
        return runner.Run(program, strategy, {.memory = memory.For(spec)});
      });
      drawn.insert(ClientView(runner.history()));
    }
    EXPECT_EQ(drawn, ExploredViews(ChoiceOf<RelaxedMap>(), program)) << text;
  }
}

Observation ObservationOf(const ExploredFinding& finding) {
  Observation observation;
  observation.kind = *finding.result.kind;
  observation.schedule = finding.schedule;
  observation.steps = finding.steps;
  return observation;
}

// Every execution of the search replays from the text of its schedule alone.
void ExpectReplays(const SubjectChoice& subject, absl::string_view text) {
  const Program program = MustParse(text);
  ProgramRunner runner(subject);
  ProgramRunner other(subject);
  std::vector<uint32_t> operations = {0};
  for (const auto& thread : program.threads) {
    operations.push_back(static_cast<uint32_t>(thread.size()));
  }
  GraphSearch search(operations);
  ProgressLog progress;
  uint64_t stale = 0;
  while (search.Next()) {
    progress.Clear();
    runner.Run(program, search.strategy(),
               {.progress = &progress, .memory = &search});
    Observation observation;
    observation.schedule =
        ParseSchedule(ToText(progress.schedule()), "test").value();
    stale += observation.schedule.stale.size();
    RunAsObserved(other, program, observation, {.record = true});
    ASSERT_EQ(ToJsonLines(other.history()), ToJsonLines(runner.history()))
        << ToText(observation.schedule);
    ASSERT_EQ(other.schedule(), observation.schedule);
  }
  EXPECT_GT(search.executions(), 10u);
  EXPECT_GT(stale, 0u);
}

TEST(WeakProgramTest, EveryExecutionReplaysFromItsText) {
  ExpectReplays(ChoiceOf<RelaxedMap>(),
                "initial: Store(0, 9) | thread 1: Store(0, 1); Swap(1, 4) | "
                "thread 2: Store(0, 2); Load(0); Load(1) | thread 3: "
                "CompareAndSwap(0, 9, 3)");
  ExpectReplays(ChoiceOf<HastyMap>(),
                "thread 1: Store(0, 1); Load(0) | thread 2: Load(0); "
                "Store(0, 2)");
  ExpectReplays(*FindSubject("read-dirty"),
                "initial: Store(0, 9) | thread 1: Store(0, 1); Load(0) | "
                "thread 2: Delete(0); Load(0)");
}

TEST(WeakProgramTest, OnlyWeakMemoryShowsAMessageThatOvertakes) {
  const SubjectChoice subject = ChoiceOf<HastyMap>();
  const Program program =
      MustParse("thread 1: Store(0, 1) | thread 2: Load(0)");
  ProgramRunner runner(subject);
  const ExploredProgram strong = ExploreProgram(runner, program);
  EXPECT_TRUE(strong.complete);
  EXPECT_FALSE(strong.finding.has_value());

  const ExploredProgram weak =
      ExploreProgram(runner, program, {.memory = MemoryModel::kC11});
  ASSERT_TRUE(weak.finding.has_value());
  EXPECT_FALSE(weak.complete);
  EXPECT_EQ(weak.finding->result.kind, ViolationKind::kValueFromNowhere);
  const std::string seen = ToJsonLines(runner.history());
  EXPECT_FALSE(weak.finding->schedule.stale.empty());

  const RunResult replayed =
      RunAsObserved(runner, program, ObservationOf(*weak.finding));
  EXPECT_EQ(replayed.sentence, weak.finding->result.sentence);
  EXPECT_EQ(ToJsonLines(runner.history()), seen);
}

// That is what makes it a fault: where thread 2's store had not returned when
// thread 1's was called, the load may well answer 1.
TEST(WeakProgramTest, FindsWhatOnlyRealTimeShows) {
  const Program program =
      MustParse("thread 1: Store(0, 2); Load(0) | thread 2: Store(0, 1)");
  ProgramRunner runner(ChoiceOf<TwoCellMap>());
  GraphSearch search({0, 2, 1});
  int faults = 0;
  while (search.Next()) {
    const RunResult result =
        runner.Run(program, search.strategy(), {.memory = &search});
    if (!result.kind.has_value()) continue;
    ++faults;
    EXPECT_EQ(result.kind, ViolationKind::kStaleValueAfterOverwrite);
    const std::vector<HistoryOperation> seen = runner.history().operations;
    EXPECT_TRUE(Precedes(seen[2], seen[0]));
  }
  EXPECT_EQ(faults, 1);
}

// A thread that must wait for an operation that is called later cannot go on in
// such an order, which is nobody's fault.
TEST(WeakProgramTest, WaitingForSomebodyElseComesToAnEnd) {
  const ExploredProgram explored =
      ExploreWeakly(ChoiceOf<SpinningMap<SeqCstMap>>(),
                    "thread 1: Load(0) | thread 2: Store(0, 1)");
  EXPECT_TRUE(explored.complete);
  EXPECT_FALSE(explored.finding.has_value());
  EXPECT_GT(explored.executions, 0u);
  EXPECT_GT(explored.blocked, 0u);
}

TEST(WeakProgramTest, WaitingForNobodyIsALivelock) {
  const ExploredProgram explored = ExploreWeakly(
      ChoiceOf<SpinningMap<SeqCstMap>>(),
      "thread 1: Load(0) | thread 2: Load(0) | thread 3: Store(1, 1)");
  ASSERT_TRUE(explored.finding.has_value());
  EXPECT_EQ(explored.finding->result.kind, ViolationKind::kLivelock);
}

TEST(WeakProgramTest, FindsADeadlockBesideAnOperationThatReturns) {
  const char* const text =
      "thread 1: Store(0, 1) | thread 2: Delete(0) | thread 3: Load(0)";
  ProgramRunner runner(ChoiceOf<CrossingMap>());
  const ExploredProgram explored = ExploreWeakly(ChoiceOf<CrossingMap>(), text);
  ASSERT_TRUE(explored.finding.has_value());
  EXPECT_EQ(explored.finding->result.kind, ViolationKind::kDeadlock);
  EXPECT_EQ(
      RunAsObserved(runner, MustParse(text), ObservationOf(*explored.finding))
          .kind,
      ViolationKind::kDeadlock);
}

TEST(WeakProgramTest, RelaxedPublicationRacesAndIsMadeSmall) {
  const SubjectChoice subject = *FindSubject("read-dirty:c5");
  const Program program = MustParse(
      "initial: Store(0, 1); Load(0) | thread 1: Store(0, 2); Load(1) | thread "
      "2: Load(0); Store(1, 3)");
  const IsolatedExploration explored =
      ExploreInChildren(subject, program, {.memory = MemoryModel::kC11});
  ASSERT_TRUE(explored.observation.has_value());
  EXPECT_EQ(explored.observation->kind, ViolationKind::kDataRace);
  EXPECT_EQ(explored.observation->schedule.memory, MemoryModel::kC11);
  const Shrunk shrunk = Shrink(subject, program, *explored.observation);
  EXPECT_EQ(shrunk.observation.kind, ViolationKind::kDataRace);
  EXPECT_EQ(shrunk.minimized.schedule.memory, MemoryModel::kC11);
  EXPECT_LT(OperationCount(shrunk.minimized.program), OperationCount(program));
}

TEST(WeakProgramTest, UseAfterFreeIsFound) {
  const ExploredProgram explored = ExploreWeakly(
      *FindSubject("read-dirty-epoch:c8-free"),
      "initial: Store(0, 1); Load(0) | thread 1: Load(0) | thread 2: "
      "Store(0, 2)");
  ASSERT_TRUE(explored.finding.has_value());
  EXPECT_EQ(explored.finding->result.kind, ViolationKind::kUseAfterFree);
}

TEST(WeakProgramTest, FaithfulMapsAreClean) {
  for (const char* const name : {"read-dirty", "read-dirty-epoch"}) {
    const ExploredProgram explored = ExploreWeakly(
        *FindSubject(name),
        "initial: Store(0, 1); Load(0) | thread 1: Store(0, 2); Load(0) | "
        "thread 2: Delete(0); LoadOrStore(0, 3)");
    EXPECT_TRUE(explored.complete);
    EXPECT_EQ(explored.blocked, 0u);
    EXPECT_FALSE(explored.finding.has_value())
        << explored.finding->result.sentence;
  }
}

TEST(WeakProgramTest, StaleAccessesThatDoNotMatterAreDropped) {
  const SubjectChoice subject = ChoiceOf<HastyMap>();
  const Program program =
      MustParse("thread 1: Store(0, 1); Load(0) | thread 2: Load(0); Load(0)");
  const IsolatedExploration explored =
      ExploreInChildren(subject, program, {.memory = MemoryModel::kC11});
  ASSERT_TRUE(explored.observation.has_value());
  const Shrunk shrunk = Shrink(subject, program, *explored.observation);
  EXPECT_EQ(ToOneLine(shrunk.minimized.program),
            "thread 1: Store(0, 1) | thread 2: Load(0)");
  EXPECT_EQ(shrunk.minimized.schedule.stale.size(), 1u);
}

TEST(WeakProgramTest, AMapWithThreadsOfItsOwnIsRefused) {
  const ExploredProgram explored = ExploreWeakly(
      ChoiceOf<BusyMap>(), "thread 1: Store(0, 1) | thread 2: Load(0)");
  EXPECT_FALSE(explored.complete);
  EXPECT_FALSE(explored.finding.has_value());
  EXPECT_THAT(explored.refusal, HasSubstr("threads of its own"));
}

TEST(WeakProgramTest, UnderSequentialConsistencyItIsNot) {
  ProgramRunner runner(ChoiceOf<BusyMap>());
  const ExploredProgram explored = ExploreProgram(
      runner, MustParse("thread 1: Store(0, 1) | thread 2: Load(0)"), {});
  EXPECT_TRUE(explored.complete);
  EXPECT_FALSE(explored.finding.has_value());
  EXPECT_EQ(explored.refusal, "");
}

}  // namespace
}  // namespace mortsafe

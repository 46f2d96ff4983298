// The search against itself: what it knows of the future, and how many steps
// are open, must not change a verdict. Histories are long and dense enough for
// layers to grow; checker_differential_test compares small ones with an oracle.

#include "harness/linearize/map_search.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/linearize/history_builder.h"
#include "harness/linearize/step_list.h"
#include "harness/linearize/workload.h"

namespace mortsafe {
namespace {

History Generate(const WorkloadOptions& options) {
  History history;
  Workload workload(options);
  while (std::optional<HistoryOperation> operation = workload.Next()) {
    history.operations.push_back(*std::move(operation));
  }
  return history;
}

// Makes one Load see what another Load saw, if there are two.
void Confuse(Random& random, History& history) {
  std::vector<size_t> loads;
  for (size_t i = 0; i < history.operations.size(); ++i) {
    if (history.operations[i].kind == OperationKind::kLoad) loads.push_back(i);
  }
  if (loads.size() < 2) return;
  const auto draw = [&] {
    return loads[static_cast<size_t>(random.Below(loads.size()))];
  };
  HistoryOperation& changed = history.operations[draw()];
  const HistoryOperation& other = history.operations[draw()];
  changed.result = other.result;
  changed.ok = other.ok;
}

Verdict JudgeWithoutFuture(const StepList& list) {
  MapSearch search;
  for (const Step& step : list.steps()) {
    if (search.Call(step) != Verdict::kLinearizable) break;
  }
  return search.ReturnsUntil(kNoHorizon);
}

// Judges histories of these bounds in both ways; each second one is confused.
// Returns how many are not linearizable.
int ExpectTheFutureToChangeNothing(WorkloadOptions options, int histories) {
  Random random(7);
  MapSearch search;
  StepList list;
  int violations = 0;
  for (int i = 0; i < histories; ++i) {
    options.seed = static_cast<uint64_t>(i);
    History history = Generate(options);
    if (i % 2 == 1) Confuse(random, history);
    list.Assign(history);
    const Verdict verdict = search.Judge(list.steps());
    EXPECT_NE(verdict, Verdict::kUnknown);
    EXPECT_EQ(verdict, JudgeWithoutFuture(list)) << "seed " << i;
    if (i % 2 == 0) {
      EXPECT_EQ(verdict, Verdict::kLinearizable) << "seed " << i;
    }
    violations += verdict == Verdict::kViolation ? 1 : 0;
  }
  return violations;
}

WorkloadOptions Dense(uint32_t clients, OperationMix mix) {
  WorkloadOptions options;
  options.operations = 120;
  options.clients = clients;
  options.mix = mix;
  return options;
}

TEST(MapSearchTest, TheFutureChangesNoVerdictWhereValuesAreDistinct) {
  EXPECT_GT(ExpectTheFutureToChangeNothing(Dense(9, MapMix()), 200), 20);
  EXPECT_GT(ExpectTheFutureToChangeNothing(Dense(9, RegisterMix()), 200), 20);
}

TEST(MapSearchTest, TheFutureChangesNoVerdictWhereValuesComeBack) {
  WorkloadOptions options = Dense(8, ReadModifyWriteMix());
  options.values = 4;
  EXPECT_GT(ExpectTheFutureToChangeNothing(options, 200), 5);
}

TEST(MapSearchTest, TheFutureChangesNoVerdictWhereCallsNeverReturn) {
  WorkloadOptions options = Dense(6, MapMix());
  options.pending_per_million = 50'000;
  EXPECT_GT(ExpectTheFutureToChangeNothing(options, 200), 10);
}

TEST(MapSearchTest, TheFutureChangesNoVerdictAmongClears) {
  WorkloadOptions options = Dense(6, AllMix());
  options.mix[static_cast<size_t>(OperationKind::kClear)] = 50;
  options.keys = 3;
  EXPECT_GT(ExpectTheFutureToChangeNothing(options, 200), 10);
}

// A hundred Stores are open at once, and a hundred Loads, each of which saw one
// of them: `wrong` of them after a value that was overwritten before.
History HundredsOpen(bool wrong) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1000);
  h.At(2, 3).Store(0, 1001);
  for (uint32_t i = 0; i < 100; ++i) h.At(10 + i, 1000 + i).By(i).Store(0, 7);
  for (uint32_t i = 0; i < 100; ++i) {
    h.At(200 + i, 2000 + i).By(100 + i).Load(0, wrong && i == 50 ? 1000 : 7);
  }
  return h.history();
}

TEST(MapSearchTest, FollowsHundredsOfOpenStepsOfEqualValues) {
  StepList list;
  MapSearch search;
  list.Assign(HundredsOpen(false));
  EXPECT_EQ(search.Judge(list.steps()), Verdict::kLinearizable);
  list.Assign(HundredsOpen(true));
  EXPECT_EQ(search.Judge(list.steps()), Verdict::kViolation);
  EXPECT_EQ(search.decisive_time(), 2050u);
  EXPECT_EQ(search.decisive_key(), 0u);
}

TEST(MapSearchTest, SaysWhereMoreStepsAreOpenThanItCanFollow) {
  HistoryBuilder h;
  for (uint32_t i = 0; i <= kMaxOpenSteps; ++i) {
    h.PendingSince(10 + i).By(i).Store(0, 1 + i);
  }
  StepList list;
  list.Assign(h.history());
  MapSearch search;
  EXPECT_EQ(search.Judge(list.steps()), Verdict::kUnknown);
  EXPECT_EQ(search.decisive_time(), 10 + kMaxOpenSteps);
}

TEST(MapSearchTest, ARepeatableStepTakesEffectWheneverItIsNeeded) {
  HistoryBuilder h;
  for (uint64_t i = 0; i < 5; ++i) {
    h.At(10 * i, 10 * i + 1).Store(0, 1);
    h.At(10 * i + 2, 10 * i + 3).Load(0, kNone);
  }
  StepList list;
  list.Assign(h.history());
  std::vector<Step> steps(list.steps().begin(), list.steps().end());
  MapSearch search;
  EXPECT_EQ(search.Judge(steps), Verdict::kViolation);
  Step removal;
  removal.effect = Effect::kSet;
  removal.return_time = 39;
  removal.optional = true;
  steps.insert(steps.begin(), removal);
  EXPECT_EQ(search.Judge(steps), Verdict::kViolation);
  EXPECT_EQ(search.decisive_time(), 13u) << "once is not enough";
  steps[0].repeatable = true;
  EXPECT_EQ(search.Judge(steps), Verdict::kViolation);
  EXPECT_EQ(search.decisive_time(), 43u) << "its time is over";
  steps[0].return_time = 41;
  EXPECT_EQ(search.Judge(steps), Verdict::kLinearizable);
}

}  // namespace
}  // namespace mortsafe

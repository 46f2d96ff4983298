// The sweep of the smallest programs that a hunt begins with: exhaustive within
// its budget, and part of the hunt's count.

#include "harness/hunt/small_scope.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/hunt.h"
#include "harness/hunt/test_maps.h"
#include "harness/program/generator.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();

// Looks first and stores then, in two steps.
class LosesStores : public LockedMap {
 public:
  std::pair<Value, bool> LoadOrStore(Key key, Value value) {
    if (const std::optional<Value> loaded = Load(key)) return {*loaded, true};
    Store(key, value);
    return {value, false};
  }
};

// Wrong where no client looks.
class UnsoundInside : public LockedMap {
 public:
  std::optional<std::string> CheckInvariants() { return "all is lost"; }
};

// Has a thread of its own.
class BusyMap : public LockedMap {
 public:
  BusyMap() : thread_([] {}) {}
  ~BusyMap() { thread_.join(); }

 private:
  thread thread_;
};

SmallScopeResult SweepAll(const SubjectChoice& subject) {
  return SweepSmallScope(subject, {}, kNoLimit, nullptr).value();
}

HuntOptions SweepingHunt(const SubjectChoice& subject, uint64_t executions) {
  HuntOptions options;
  options.subject = subject;
  options.bounds.operations_offered = subject.subject->operations;
  options.sweeps = true;
  options.executions = executions;
  return options;
}

TEST(SmallScopeTest, AFaithfulMapIsShownOnBothKeys) {
  const SmallScopeResult swept = SweepAll(*FindSubject("read-dirty"));
  EXPECT_EQ(swept.keys_shown, 2);
  EXPECT_GT(swept.executions, 1'000u);
  EXPECT_FALSE(swept.finding.has_value());
}

TEST(SmallScopeTest, BoundsAreKept) {
  const SubjectChoice subject = *FindSubject("read-dirty");
  EXPECT_EQ(
      SweepSmallScope(subject, {.keys = 1}, kNoLimit, nullptr)->keys_shown, 1);
  EXPECT_EQ(
      SweepSmallScope(subject, {.threads = 1}, kNoLimit, nullptr)->executions,
      0u);
  for (const uint64_t limit : {0, 1, 50}) {
    const SmallScopeResult swept =
        SweepSmallScope(subject, {}, limit, nullptr).value();
    EXPECT_EQ(swept.executions, limit);
    EXPECT_EQ(swept.keys_shown, 0);
  }
}

TEST(SmallScopeTest, AFaultOfTwoOperationsIsFoundWithoutChance) {
  const SubjectChoice subject = ChoiceOf<LosesStores>();
  const SmallScopeResult swept = SweepAll(subject);
  ASSERT_TRUE(swept.finding.has_value());
  EXPECT_EQ(swept.keys_shown, 0);
  EXPECT_EQ(OperationCount(swept.finding->program), 2u);

  HuntOptions options = SweepingHunt(subject, kSmallScopeExecutions);
  for (const int workers : {1, 2}) {
    options.workers = workers;
    options.seed = static_cast<uint64_t>(workers);
    const HuntResult found = Hunt(options);
    ASSERT_TRUE(found.finding.has_value());
    EXPECT_TRUE(found.finding->swept);
    EXPECT_EQ(found.progress.executions, swept.executions);
    EXPECT_EQ(found.finding->observation.schedule,
              swept.finding->observation.schedule);
  }
}

TEST(SmallScopeTest, ExecutionsOfTheSweepCountAsTheHunts) {
  const SubjectChoice subject = *FindSubject("read-dirty");
  const uint64_t sweep =
      SweepSmallScope(subject, {}, kSmallScopeExecutions, nullptr)->executions;
  for (const uint64_t executions : {uint64_t{10}, sweep, sweep + 3'000}) {
    const HuntResult result = Hunt(SweepingHunt(subject, executions));
    EXPECT_EQ(result.progress.executions, executions);
    EXPECT_EQ(result.progress.swept, std::min(executions, sweep));
    EXPECT_FALSE(result.finding.has_value());
  }
}

TEST(SmallScopeTest, AMapThatCannotBeSweptIsNotPassedOver) {
  const auto swept = SweepSmallScope(ChoiceOf<BusyMap>(), {}, kNoLimit, nullptr,
                                     MemoryModel::kC11);
  EXPECT_EQ(swept.status().message(),
            "test: the map starts threads of its own");
}

TEST(SmallScopeTest, WhatNoClientSeesIsToldIfNothingElseIsFound) {
  const SubjectChoice subject = ChoiceOf<UnsoundInside>();
  const SmallScopeResult swept = SweepAll(subject);
  ASSERT_TRUE(swept.finding.has_value());
  // No budget is left for samples.
  const HuntResult result = Hunt(SweepingHunt(subject, swept.executions));
  ASSERT_TRUE(result.finding.has_value());
  EXPECT_TRUE(result.finding->swept);
  EXPECT_EQ(result.finding->observation.kind, ViolationKind::kBrokenInvariant);
  // With some, the samples' own finding, which may show more, is preferred.
  EXPECT_FALSE(
      Hunt(SweepingHunt(subject, swept.executions + 1'000)).finding->swept);
}

}  // namespace
}  // namespace mortsafe

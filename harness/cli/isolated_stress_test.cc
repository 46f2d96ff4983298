#include "harness/cli/isolated_stress.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <optional>

#include "gtest/gtest.h"
#include "harness/base/violation_kind.h"
#include "harness/history/history.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/explain.h"
#include "harness/stress/client.h"
#include "harness/subject/any_map.h"
#include "harness/subject/concurrent_map.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

using std::chrono::milliseconds;

// Nobody waits longer for anything here.
constexpr milliseconds kPatient{std::numeric_limits<int>::max()};

// Shows what nobody stored, and a key twice.
struct InventiveMap {
  std::optional<Value> Load(Key) { return 1u << 30; }
  void Store(Key, Value) {}
  void Delete(Key) {}
  template <class Function>
  void Range(Function function) {
    for (Key key = 0; key < 7; ++key) function(key / 2, 1u << 30);
  }
};

// Holds nothing, and dies.
struct AbortingMap {
  std::optional<Value> Load(Key) { std::abort(); }
  void Store(Key, Value) { std::abort(); }
  void Delete(Key) { std::abort(); }
};

// Answers nobody.
struct StuckMap {
  void Store(Key, Value) const { never_.wait(false); }
  void Delete(Key) const { never_.wait(false); }
  std::optional<Value> Load(Key) const {
    never_.wait(false);
    return std::nullopt;
  }
  std::atomic<bool> never_{false};
};

template <class Map>
SubjectInfo SubjectOf() {
  SubjectInfo subject;
  subject.name = "test";
  subject.operations = OperationsOf<Map>();
  subject.create = [](const DefectInfo*) {
    return std::make_unique<MapAdapter<Map>>();
  };
  return subject;
}

StressOptions OptionsFor(const SubjectInfo& subject) {
  StressOptions options;
  options.subject.subject = &subject;
  options.operations = 10'000;
  options.seed = 1;
  return options;
}

TEST(IsolatedStressTest, WhatTheChildFoundArrives) {
  const SubjectInfo subject = SubjectOf<InventiveMap>();
  const IsolatedStress result = StressInChild(OptionsFor(subject), kPatient);
  ASSERT_TRUE(result.finding.has_value());
  EXPECT_GT(result.operations_to_find, 0);
  EXPECT_EQ(result.finding->executions_to_find, 1);
  ASSERT_TRUE(result.finding->violation.has_value());
  EXPECT_EQ(result.finding->sentence, result.finding->violation->sentence);
  const std::optional<Violation> alone = Checker().Explain(
      Restricted(result.finding->history, result.finding->violation->witness));
  ASSERT_TRUE(alone.has_value());
  EXPECT_EQ(alone->kind, result.finding->kind);
}

TEST(IsolatedStressTest, CountsArrive) {
  const SubjectChoice faithful = *FindSubject("read-dirty");
  StressOptions options = OptionsFor(*faithful.subject);
  uint64_t told = 0;
  options.on_progress = [&](const StressProgress& progress) {
    told = progress.operations;
  };
  const IsolatedStress result = StressInChild(options, kPatient);
  EXPECT_FALSE(result.finding.has_value());
  EXPECT_FALSE(result.undecided.has_value());
  EXPECT_FALSE(result.interrupted);
  EXPECT_EQ(result.progress.operations, 10'000);
  EXPECT_EQ(result.progress.maps, 1);
  EXPECT_LE(told, 10'000);
}

TEST(IsolatedStressTest, TimesArrive) {
  const SubjectChoice faithful = *FindSubject("read-dirty");
  StressOptions options = OptionsFor(*faithful.subject);
  options.is_timed = true;
  const IsolatedStress result = StressInChild(options, kPatient);
  size_t count = 0;
  for (const Timeline& timeline : result.timelines) {
    EXPECT_GT(timeline.thread, 0);
    count += timeline.operations.size();
    uint64_t latest = 1;
    for (const HistoryOperation& operation : timeline.operations) {
      EXPECT_LE(latest, operation.call_time);
      EXPECT_LE(operation.call_time, operation.return_time);
      latest = operation.return_time;
    }
  }
  EXPECT_EQ(count, 10'000);
}

TEST(IsolatedStressTest, AMapThatDiesIsAFinding) {
  const SubjectInfo subject = SubjectOf<AbortingMap>();
  const IsolatedStress result = StressInChild(OptionsFor(subject), kPatient);
  ASSERT_TRUE(result.finding.has_value());
  EXPECT_EQ(result.finding->kind, ViolationKind::kCrash);
  EXPECT_FALSE(result.finding->sentence.empty());
}

TEST(IsolatedStressTest, AMapThatNeverAnswersIsAFinding) {
  const SubjectInfo subject = SubjectOf<StuckMap>();
  const IsolatedStress result =
      StressInChild(OptionsFor(subject), milliseconds(200));
  ASSERT_TRUE(result.finding.has_value());
  EXPECT_EQ(result.finding->kind, ViolationKind::kTimeOut);
}

}  // namespace
}  // namespace mortsafe

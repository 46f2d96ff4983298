// What a stress test says must not depend on how its threads happen to run: the
// broken maps here are so in every run.

#include "harness/stress/stress.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/history/history.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/explain.h"
#include "harness/linearize/step.h"
#include "harness/model/sanitizers.h"
#include "harness/stress/client.h"
#include "harness/subject/any_map.h"
#include "harness/subject/concurrent_map.h"
#include "harness/subject/registry.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kOperations =
    kAddressSanitizer || kThreadSanitizer ? 40'000 : 200'000;

// A map with one lock, and nothing wrong.
class LockedMap {
 public:
  std::optional<Value> Load(Key key) {
    const std::lock_guard<mutex> lock(mutex_);
    return Find(key);
  }
  void Store(Key key, Value value) {
    const std::lock_guard<mutex> lock(mutex_);
    first_.try_emplace(key, value);
    map_[key] = value;
  }
  void Delete(Key key) {
    const std::lock_guard<mutex> lock(mutex_);
    map_.erase(key);
  }

 protected:
  std::optional<Value> Find(Key key) const {
    const auto found = map_.find(key);
    if (found == map_.end()) return std::nullopt;
    return found->second;
  }

  mutex mutex_;
  std::map<Key, Value> map_;
  std::map<Key, Value> first_;  // The values that were stored first.
};

// Shows for ever what was stored first.
class StaleMap : public LockedMap {
 public:
  std::optional<Value> Load(Key key) {
    const std::lock_guard<mutex> lock(mutex_);
    const auto found = first_.find(key);
    if (found == first_.end()) return std::nullopt;
    return found->second;
  }
};

// Shows what nobody stored.
class InventiveMap : public LockedMap {
 public:
  std::optional<Value> Load(Key) { return uint64_t{1} << 60; }
};

// Shows the one value that the checker has no name for.
class UnnamedMap : public LockedMap {
 public:
  std::optional<Value> Load(Key) { return ValueStates::kUnnamed; }
};

// Shows a key twice.
class TwiceMap : public LockedMap {
 public:
  template <class Function>
  void Range(Function function) {
    const std::lock_guard<mutex> lock(mutex_);
    for (const auto& [key, value] : map_) {
      for (int i = 0; i < 2; ++i) {
        if (!function(key, value)) return;
      }
    }
  }
};

class UntidyMap : public LockedMap {
 public:
  std::optional<std::string> CheckInvariants() { return "it is untidy"; }
};

template <class Map>
const SubjectInfo& SubjectOf() {
  static const SubjectInfo* const subject = [] {
    auto* const made = new SubjectInfo();
    made->name = "test";
    made->operations = OperationsOf<Map>();
    made->create = [](const DefectInfo*) {
      return std::make_unique<MapAdapter<Map>>();
    };
    return made;
  }();
  return *subject;
}

template <class Map>
StressOptions OptionsFor() {
  StressOptions options;
  options.subject.subject = &SubjectOf<Map>();
  options.operations = kOperations;
  options.seed = 1;
  return options;
}

// The finding is what the checker says of its history, and the witness alone
// suffices.
void ExpectProof(const StressFinding& finding) {
  ASSERT_TRUE(finding.violation.has_value());
  EXPECT_FALSE(finding.sentence.empty());
  Checker checker;
  const std::optional<Violation> alone =
      checker.Explain(Restricted(finding.history, finding.violation->witness));
  ASSERT_TRUE(alone.has_value());
  EXPECT_EQ(alone->kind, finding.kind);
}

uint64_t Nanoseconds() {
  return static_cast<uint64_t>(
      std::chrono::nanoseconds(
          std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

TEST(StressTest, NothingIsFoundInAMapThatIsRight) {
  StressOptions options = OptionsFor<LockedMap>();
  options.delay = 20;
  const StressResult result = Stress(options);
  EXPECT_FALSE(result.finding.has_value());
  EXPECT_FALSE(result.undecided.has_value());
  EXPECT_FALSE(result.interrupted);
  EXPECT_EQ(result.progress.operations, kOperations);
  EXPECT_EQ(result.progress.maps, 1);
}

TEST(StressTest, NothingIsFoundInTheFaithfulMaps) {
  for (const char* const name :
       {"read-dirty", "read-dirty-epoch", "hash-trie-epoch"}) {
    StressOptions options = OptionsFor<LockedMap>();
    options.subject = *FindSubject(name);
    options.delay = 20;
    options.keys = 4;
    options.operations_per_map = kOperations / 8;
    const StressResult result = Stress(options);
    EXPECT_FALSE(result.finding.has_value())
        << name << ": " << result.finding->sentence;
    EXPECT_FALSE(result.undecided.has_value());
    EXPECT_EQ(result.progress.operations, kOperations);
    EXPECT_GE(result.progress.maps, 4);
  }
}

TEST(StressTest, AStaleValueIsFoundAndProved) {
  for (const int threads : {1, 4}) {
    StressOptions options = OptionsFor<StaleMap>();
    options.threads = threads;
    const StressResult result = Stress(options);
    ASSERT_TRUE(result.finding.has_value());
    ExpectProof(*result.finding);
    EXPECT_LE(result.finding->operations_to_find, kOperations);
  }
}

TEST(StressTest, AValueFromNowhereIsFound) {
  const StressResult result = Stress(OptionsFor<InventiveMap>());
  ASSERT_TRUE(result.finding.has_value());
  EXPECT_EQ(result.finding->kind, ViolationKind::kValueFromNowhere);
  ExpectProof(*result.finding);
}

TEST(StressTest, ARangeThatShowsAKeyTwiceIsFound) {
  const StressResult result = Stress(OptionsFor<TwiceMap>());
  ASSERT_TRUE(result.finding.has_value());
  EXPECT_EQ(result.finding->kind, ViolationKind::kTornOrDuplicatedRange);
  ExpectProof(*result.finding);
}

TEST(StressTest, EachOperationIsTimedWhereThatIsAskedFor) {
  StressOptions options = OptionsFor<LockedMap>();
  options.operations = 1000;
  EXPECT_TRUE(Stress(options).timelines.empty());
  options.is_timed = true;
  const uint64_t before = Nanoseconds();
  const StressResult result = Stress(options);
  const uint64_t after = Nanoseconds();
  EXPECT_EQ(result.timelines.size(), static_cast<size_t>(options.threads));
  std::set<int64_t> threads;
  size_t count = 0;
  for (const Timeline& timeline : result.timelines) {
    threads.insert(timeline.thread);
    count += timeline.operations.size();
    uint64_t latest = before;
    for (const HistoryOperation& operation : timeline.operations) {
      EXPECT_EQ(operation.client, timeline.operations.front().client);
      EXPECT_LE(latest, operation.call_time);
      EXPECT_LE(operation.call_time, operation.return_time);
      latest = operation.return_time;
    }
    EXPECT_LE(latest, after);
  }
  EXPECT_EQ(count, 1000);
  EXPECT_EQ(threads.size(), result.timelines.size());
}

TEST(StressTest, WhatTheCheckerCannotDecideIsNeitherRightNorWrong) {
  const StressResult result = Stress(OptionsFor<UnnamedMap>());
  EXPECT_FALSE(result.finding.has_value());
  EXPECT_TRUE(result.undecided.has_value());
  EXPECT_LT(result.progress.operations, kOperations);
}

TEST(StressTest, ABrokenInvariantIsFoundAtRest) {
  const StressResult result = Stress(OptionsFor<UntidyMap>());
  ASSERT_TRUE(result.finding.has_value());
  EXPECT_EQ(result.finding->kind, ViolationKind::kBrokenInvariant);
  EXPECT_THAT(result.finding->sentence, HasSubstr("it is untidy"));
}

TEST(StressTest, WhatWaitsIsBoundedAndTheVerdictIsPrompt) {
  StressOptions options = OptionsFor<LockedMap>();
  options.threads = 8;
  const StressResult result = Stress(options);
  EXPECT_LE(result.progress.most_waiting, 1u << 14);
  EXPECT_GE(result.verdict_seconds, 0);
}

TEST(StressTest, EndsAtOnceWhenItIsTold) {
  const std::atomic<bool> stop{true};
  StressOptions options = OptionsFor<LockedMap>();
  options.operations.reset();
  options.seconds = 1e9;
  options.stop = &stop;
  const StressResult result = Stress(options);
  EXPECT_TRUE(result.interrupted);
  EXPECT_FALSE(result.finding.has_value());
}

TEST(StressTest, ProgressIsTold) {
  StressOptions options = OptionsFor<LockedMap>();
  options.operations = 1000;
  uint64_t told = 0;
  options.on_progress = [&](const StressProgress& progress) {
    told = progress.operations;
  };
  Stress(options);
  EXPECT_EQ(told, 1000);
}

}  // namespace
}  // namespace mortsafe

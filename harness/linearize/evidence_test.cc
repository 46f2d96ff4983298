// What is gathered from a long history explains its violation as well as the
// whole would.

#include "harness/linearize/evidence.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/history_builder.h"
#include "harness/linearize/history_generator.h"
#include "harness/linearize/workload.h"

namespace mortsafe {
namespace {

using ::testing::AnyOf;

struct Explained {
  Evidence evidence;
  std::optional<Violation> violation;
};

// Explains the violation of a history that `start` reads anew: it returns a
// function that returns the next operation, if any.
template <typename Start>
Explained Explain(Start start) {
  StreamChecker checker;
  for (auto next = start();;) {
    const std::optional<HistoryOperation> operation = next();
    if (!operation.has_value()) break;
    checker.Add(*operation);
  }
  EXPECT_EQ(checker.Finish(), Verdict::kViolation);
  EvidenceCollector collector(checker.decision());
  for (auto next = start();;) {
    const std::optional<HistoryOperation> operation = next();
    if (!operation.has_value() || !collector.Survey(*operation)) break;
  }
  for (auto next = start();;) {
    const std::optional<HistoryOperation> operation = next();
    if (!operation.has_value() || !collector.Collect(*operation)) break;
  }
  MapSearch search;
  Explained explained;
  explained.evidence = collector.TakeEvidence();
  explained.violation = ExplainEvidence(explained.evidence, search);
  return explained;
}

Explained ExplainWorkload(const WorkloadOptions& options) {
  return Explain([&] {
    return [workload = Workload(options)]() mutable { return workload.Next(); };
  });
}

Explained ExplainHistoryOf(History history) {
  SortByCall(history);
  return Explain([&] {
    return [&history, next = size_t{0}]() mutable {
      return next < history.operations.size()
                 ? std::optional(history.operations[next++])
                 : std::nullopt;
    };
  });
}

TEST(EvidenceTest, AStaleLoadAmongManyOperationsTakesFourAtMost) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    for (const OperationMix& mix :
         {RegisterMix(), MapMix(), ReadModifyWriteMix(), AllMix()}) {
      WorkloadOptions options;
      options.operations = 20'000;
      options.clients = 5;
      options.keys = 3;
      options.mix = mix;
      options.seed = seed;
      options.plant_stale_load = true;
      const Explained explained = ExplainWorkload(options);
      ASSERT_TRUE(explained.violation.has_value()) << "seed " << seed;
      EXPECT_THAT(explained.violation->kind,
                  AnyOf(ViolationKind::kStaleValueAfterDelete,
                        ViolationKind::kStaleValueAfterOverwrite,
                        ViolationKind::kResurrectedKey))
          << explained.violation->sentence;
      EXPECT_LE(explained.violation->witness.size(), 4u);
      // The planted calls begin halfway.
      EXPECT_NEAR(
          static_cast<double>(
              explained.evidence.numbers[explained.violation->witness.front()]),
          10'000.0, 100.0);
    }
  }
}

TEST(EvidenceTest, FindsTheStoreAndTheDeleteOfLongAgo) {
  HistoryBuilder h;
  h.At(0, 1).By(1).Store(0, 1);
  h.At(2, 3).By(2).Delete(0);
  uint64_t now = 10;
  for (int i = 0; i < 5'000; ++i, now += 2) h.At(now, now + 1).Load(0, kNone);
  h.At(now, now + 1).By(3).Load(0, 1);
  const Explained explained = ExplainHistoryOf(h.history());
  ASSERT_TRUE(explained.violation.has_value());
  EXPECT_EQ(explained.violation->kind, ViolationKind::kResurrectedKey);
  std::vector<uint64_t> numbers;
  for (size_t operation : explained.violation->witness) {
    numbers.push_back(explained.evidence.numbers[operation]);
  }
  EXPECT_EQ(numbers.front(), 0u);
  EXPECT_EQ(numbers.back(), 5'002u);
  EXPECT_LE(numbers.size(), 4u);
}

TEST(EvidenceTest, ExplainsSmallHistoriesAsTheCheckerDoes) {
  Random random(3);
  Checker checker;
  int explained_histories = 0;
  for (int i = 0; i < 5'000; ++i) {
    const History history = GenerateHistory(HistoryBounds(), random);
    const std::optional<Violation> whole = checker.Explain(history);
    if (!whole.has_value()) continue;
    const Explained explained = ExplainHistoryOf(history);
    ASSERT_TRUE(explained.violation.has_value()) << "history " << i;
    ++explained_histories;
  }
  EXPECT_GT(explained_histories, 1'000);
}

TEST(EvidenceTest, NeverProvesWhatIsNotSo) {
  // The evidence for an invented violation of a linearizable history.
  WorkloadOptions options;
  options.clients = 6;
  options.keys = 2;
  options.mix = MapMix();
  options.values = 5;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    options.seed = seed;
    std::vector<HistoryOperation> operations;
    Workload workload(options);
    while (std::optional<HistoryOperation> operation = workload.Next()) {
      operations.push_back(*operation);
    }
    Decision decision;
    decision.time = operations[operations.size() * 3 / 4].return_time;
    decision.key = operations[operations.size() * 3 / 4].key;
    EvidenceCollector collector(decision);
    for (const HistoryOperation& operation : operations) {
      if (!collector.Survey(operation)) break;
    }
    for (const HistoryOperation& operation : operations) {
      if (!collector.Collect(operation)) break;
    }
    MapSearch search;
    EXPECT_EQ(ExplainEvidence(collector.TakeEvidence(), search), std::nullopt)
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace mortsafe

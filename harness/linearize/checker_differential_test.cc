// Tries the checker on some hundred thousand random histories, against an
// oracle that is obviously right. Since a comparison that cannot fail proves
// nothing, two checkers with a classic mistake each are compared as well.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/linearize/brute_force.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/differential.h"
#include "harness/linearize/history_generator.h"

namespace mortsafe {
namespace {

#if defined(MORTSAFE_ASAN) || defined(MORTSAFE_TSAN) || !defined(NDEBUG)
constexpr uint64_t kHistories = 10'000;
#else
constexpr uint64_t kHistories = 100'000;
#endif

OperationKindSet Only(std::initializer_list<OperationKind> kinds) {
  OperationKindSet set;
  for (OperationKind kind : kinds) set.Add(kind);
  return set;
}

void ExpectAgreement(const HistoryBounds& bounds, uint64_t seed) {
  Differential differential;
  Random random(seed);
  for (uint64_t i = 0; i < kHistories; ++i) {
    const History history = GenerateHistory(bounds, random);
    const std::optional<std::string> disagreement =
        differential.Disagreement(history);
    ASSERT_EQ(disagreement, std::nullopt) << *disagreement;
  }
  // Both verdicts are common, or the comparison means little.
  EXPECT_GT(differential.violations(), kHistories / 10);
  EXPECT_LT(differential.violations(), 9 * kHistories / 10);
}

TEST(CheckerDifferentialTest, AgreesOnOneKey) {
  HistoryBounds bounds;
  bounds.keys = 1;
  bounds.kinds = OperationKindSet();
  for (OperationKind kind : kAllOperationKinds) {
    if (HasKey(kind)) bounds.kinds.Add(kind);
  }
  ExpectAgreement(bounds, 1);
}

TEST(CheckerDifferentialTest, AgreesOnAllOperationsOverThreeKeys) {
  ExpectAgreement(HistoryBounds(), 2);
}

TEST(CheckerDifferentialTest, AgreesOnManyClientsAndFewValues) {
  HistoryBounds bounds;
  bounds.operations = 7;
  bounds.clients = 7;
  bounds.keys = 2;
  bounds.values = 2;
  ExpectAgreement(bounds, 3);
}

TEST(CheckerDifferentialTest, AgreesWhereClearsMeetReads) {
  HistoryBounds bounds;
  bounds.keys = 2;
  bounds.kinds = Only({OperationKind::kLoad, OperationKind::kStore,
                       OperationKind::kRange, OperationKind::kClear});
  ExpectAgreement(bounds, 6);
}

TEST(CheckerDifferentialTest, GeneratedLinearizableHistoriesAreLinearizable) {
  Checker checker;
  Random random(4);
  HistoryBounds bounds;
  bounds.operations = 200;
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(
        checker.IsLinearizable(GenerateLinearizableHistory(bounds, random)));
  }
}

// How many generated histories it takes until `judge` and the oracle differ, or
// nothing if `limit` are not enough.
template <typename Judge>
std::optional<int> HistoriesToDisagreement(Judge judge, int limit,
                                           const HistoryBounds& bounds) {
  Random random(5);
  for (int i = 1; i <= limit; ++i) {
    const History history = GenerateHistory(bounds, random);
    if (judge(history) != BruteForceIsLinearizable(history)) return i;
  }
  return std::nullopt;
}

TEST(CheckerDifferentialTest, ExposesACheckerThatIgnoresRealTime) {
  const auto ignores_real_time = [](History history) {
    for (HistoryOperation& operation : history.operations) {
      operation.call_time = 0;
    }
    return Checker().IsLinearizable(history);
  };
  EXPECT_TRUE(HistoriesToDisagreement(ignores_real_time, 100, HistoryBounds())
                  .has_value());
}

TEST(CheckerDifferentialTest, ExposesACheckerThatClearsKeyByKey) {
  const auto clears_key_by_key = [](const History& history) {
    History independent;
    for (const HistoryOperation& operation : history.operations) {
      for (Key key = 0; key < 3; ++key) {
        independent.operations.push_back(operation);
        if (operation.kind != OperationKind::kClear) break;
        independent.operations.back().kind = OperationKind::kDelete;
        independent.operations.back().key = key;
      }
    }
    return Checker().IsLinearizable(independent);
  };
  HistoryBounds bounds;
  bounds.keys = 2;
  bounds.kinds = Only(
      {OperationKind::kLoad, OperationKind::kStore, OperationKind::kClear});
  EXPECT_TRUE(
      HistoriesToDisagreement(clears_key_by_key, 20'000, bounds).has_value());
}

}  // namespace
}  // namespace mortsafe

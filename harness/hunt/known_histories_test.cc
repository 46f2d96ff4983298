// Histories are known again by all that a verdict depends on, and by nothing
// else.

#include "harness/hunt/known_histories.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"

namespace mortsafe {
namespace {

// Two clients: one stores, one loads and visits all keys.
History MakeHistory() {
  History history;
  history.operations.resize(3);
  for (size_t i = 0; i < 3; ++i) {
    HistoryOperation& operation = history.operations[i];
    operation.client = i == 0 ? 1 : 2;
    operation.call_time = 10 * i + 1;
    operation.return_time = 10 * i + 5;
  }
  history.operations[0].kind = OperationKind::kStore;
  history.operations[1].result = 7;
  history.operations[1].ok = true;
  history.operations[2].kind = OperationKind::kRange;
  history.operations[2].entries = {{0, 7}};
  return history;
}

TEST(KnownHistoriesTest, KnowsWhatWasAdded) {
  KnownHistories known;
  EXPECT_FALSE(known.Contains(MakeHistory()));
  known.AddLatest();
  EXPECT_TRUE(known.Contains(MakeHistory()));
}

TEST(KnownHistoriesTest, TimeMattersOnlyAsFarAsItOrdersOperations) {
  KnownHistories known;
  EXPECT_FALSE(known.Contains(MakeHistory()));
  known.AddLatest();
  History later = MakeHistory();
  for (HistoryOperation& operation : later.operations) {
    operation.call_time *= 3;
    operation.return_time *= 3;
  }
  EXPECT_TRUE(known.Contains(later));
  History overlapping = MakeHistory();
  overlapping.operations[1].call_time = overlapping.operations[0].return_time;
  EXPECT_FALSE(known.Contains(overlapping));
}

TEST(KnownHistoriesTest, EachThingThatAClientSeesMatters) {
  const auto differs = [](auto change) {
    KnownHistories known;
    EXPECT_FALSE(known.Contains(MakeHistory()));
    known.AddLatest();
    History changed = MakeHistory();
    change(changed.operations);
    return !known.Contains(changed);
  };
  using Operations = std::vector<HistoryOperation>;
  EXPECT_TRUE(differs([](Operations& o) { o[1].result = 8; }));
  EXPECT_TRUE(differs([](Operations& o) { o[1].result.reset(); }));
  EXPECT_TRUE(differs([](Operations& o) { o[1].ok = false; }));
  EXPECT_TRUE(differs([](Operations& o) { o[2].entries.clear(); }));
  EXPECT_TRUE(differs([](Operations& o) { o[2].entries[0].second = 8; }));
  EXPECT_TRUE(differs([](Operations& o) { o[2].return_time = kPending; }));
  EXPECT_TRUE(differs([](Operations& o) { o[2].call_time = 0; }));
}

// More operations than a word has bits.
TEST(KnownHistoriesTest, TheOrderOfManyOperationsMatters) {
  History many;
  many.operations.resize(70);
  for (size_t i = 0; i < 70; ++i) {
    many.operations[i].client = 1 + static_cast<uint32_t>(i);
    many.operations[i].call_time = 2 * i + 1;
    many.operations[i].return_time = 2 * i + 2;
  }
  KnownHistories known;
  EXPECT_FALSE(known.Contains(many));
  known.AddLatest();
  many.operations[69].call_time = many.operations[68].return_time;
  EXPECT_FALSE(known.Contains(many));
}

// What client 0 did is known to have come first, but not what it showed.
TEST(KnownHistoriesTest, WhatTheInitialOperationsShowMatters) {
  History history = MakeHistory();
  history.operations.insert(history.operations.begin(), HistoryOperation());
  history.operations[0].call_time = 1;
  history.operations[0].return_time = 1;
  KnownHistories known;
  EXPECT_FALSE(known.Contains(history));
  known.AddLatest();
  EXPECT_TRUE(known.Contains(history));
  history.operations[0].result = 3;
  EXPECT_FALSE(known.Contains(history));
}

}  // namespace
}  // namespace mortsafe

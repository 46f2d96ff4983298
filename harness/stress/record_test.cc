#include "harness/stress/record.h"

#include <cstddef>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/linearize/history_builder.h"
#include "harness/stress/record_log.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAreArray;

// Every kind of operation, with every kind of answer.
std::vector<HistoryOperation> AllSorts() {
  constexpr Value kLarge = ~Value{0} - 1;
  HistoryBuilder h;
  h.At(0, 1).By(1).Store(0, 1);
  h.At(1, 2).By(2).Load(0, 1);
  h.At(2, 3).By(3).Load(1, kNone);
  h.At(3, 4).By(64).LoadOrStoreStored(5, kLarge);
  h.At(4, 5).By(1).LoadOrStoreLoaded(5, 8, kLarge);
  h.At(5, 6).By(1).LoadAndDelete(kLarge, 0);
  h.At(6, 7).By(1).Delete(0);
  h.At(7, 8).By(1).Swap(0, 9, kNone);
  std::vector<HistoryOperation> operations = h.history().operations;
  HistoryOperation compare;
  compare.kind = OperationKind::kCompareAndSwap;
  compare.key = 3;
  compare.old_value = 7;
  compare.value = 9;
  compare.ok = true;
  compare.return_time = 10;
  operations.push_back(compare);
  compare.kind = OperationKind::kCompareAndDelete;
  compare.value = 0;
  compare.ok = false;
  operations.push_back(compare);
  for (Key shown = 0; shown < 8; ++shown) {
    HistoryOperation range;
    range.kind = OperationKind::kRange;
    range.ok = shown % 2 == 0;
    range.return_time = 11;
    for (Key key = 0; key < shown; ++key) {
      range.entries.emplace_back(key, 100 + key);
    }
    operations.push_back(range);
  }
  HistoryOperation clear;
  clear.kind = OperationKind::kClear;
  clear.return_time = 12;
  operations.push_back(clear);
  return operations;
}

TEST(RecordTest, CellsKeepEverything) {
  for (const HistoryOperation& operation : AllSorts()) {
    std::vector<RecordCell> cells;
    for (size_t i = 0; i < CellCount(operation); ++i) {
      cells.push_back(MakeCell(operation, i));
    }
    // What it held before does not matter.
    HistoryOperation copy = AllSorts()[14];
    copy.result = 3;
    ReadCell(cells[0], 0, copy);
    ASSERT_EQ(CellCount(copy), cells.size());
    for (size_t i = 1; i < cells.size(); ++i) ReadCell(cells[i], i, copy);
    EXPECT_EQ(copy, operation);
  }
}

TEST(RecordTest, ALogGivesBackWhatWasAppended) {
  RecordLog log;
  for (int map = 0; map < 2; ++map) {
    std::vector<HistoryOperation> expected;
    for (int i = 0; i < 2000; ++i) {
      for (const HistoryOperation& operation : AllSorts()) {
        expected.push_back(operation);
        for (size_t j = 0; j < CellCount(operation); ++j) {
          log.Append(MakeCell(operation, j));
        }
      }
    }
    std::vector<HistoryOperation> found;
    log.ForEach([&](const HistoryOperation& operation) {
      found.push_back(operation);
      return true;
    });
    EXPECT_THAT(found, ElementsAreArray(expected));
    log.Clear();
    EXPECT_EQ(log.size(), 0);
  }
}

}  // namespace
}  // namespace mortsafe

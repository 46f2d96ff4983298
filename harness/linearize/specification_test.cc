#include "harness/linearize/specification.h"

#include "gtest/gtest.h"

namespace mortsafe {
namespace {

HistoryOperation Call(OperationKind kind, Value value = 0,
                      Value old_value = 0) {
  HistoryOperation call;
  call.kind = kind;
  call.value = value;
  call.old_value = old_value;
  return call;
}

// Performs `call` on `before` and expects the answer and what is left.
void ExpectStep(const HistoryOperation& call, Cell before, const Answer& answer,
                Cell after) {
  Cell cell = before;
  EXPECT_EQ(Perform(call, cell), answer);
  EXPECT_EQ(cell, after);
}

constexpr Answer kNoAnswer = {};
constexpr Answer kMiss = {std::nullopt, false};
constexpr Answer kDone = {std::nullopt, true};

TEST(SpecificationTest, LoadFindsWhatIsThere) {
  ExpectStep(Call(OperationKind::kLoad), Cell(), kMiss, Cell());
  ExpectStep(Call(OperationKind::kLoad), 5, {5, true}, 5);
}

TEST(SpecificationTest, StoreReplaces) {
  ExpectStep(Call(OperationKind::kStore, 7), Cell(), kNoAnswer, 7);
  ExpectStep(Call(OperationKind::kStore, 7), 5, kNoAnswer, 7);
}

TEST(SpecificationTest, LoadOrStoreStoresOnlyWhereNothingIs) {
  ExpectStep(Call(OperationKind::kLoadOrStore, 7), Cell(), {7, false}, 7);
  ExpectStep(Call(OperationKind::kLoadOrStore, 7), 5, {5, true}, 5);
}

TEST(SpecificationTest, DeletesRemove) {
  ExpectStep(Call(OperationKind::kDelete), 5, kNoAnswer, Cell());
  ExpectStep(Call(OperationKind::kClear), 5, kNoAnswer, Cell());
  ExpectStep(Call(OperationKind::kLoadAndDelete), 5, {5, true}, Cell());
  ExpectStep(Call(OperationKind::kLoadAndDelete), Cell(), kMiss, Cell());
}

TEST(SpecificationTest, SwapAlwaysStores) {
  ExpectStep(Call(OperationKind::kSwap, 7), Cell(), kMiss, 7);
  ExpectStep(Call(OperationKind::kSwap, 7), 5, {5, true}, 7);
}

TEST(SpecificationTest, ComparesChangeOnlyAnEqualValue) {
  const HistoryOperation swap = Call(OperationKind::kCompareAndSwap, 7, 5);
  ExpectStep(swap, 5, kDone, 7);
  ExpectStep(swap, 6, kMiss, 6);
  ExpectStep(swap, Cell(), kMiss, Cell());
  const HistoryOperation removal = Call(OperationKind::kCompareAndDelete, 0, 5);
  ExpectStep(removal, 5, kDone, Cell());
  ExpectStep(removal, 6, kMiss, 6);
}

TEST(SpecificationTest, ComparingWithZeroDoesNotFindAbsence) {
  ExpectStep(Call(OperationKind::kCompareAndSwap, 7, 0), Cell(), kMiss, Cell());
  ExpectStep(Call(OperationKind::kCompareAndDelete, 0, 0), Cell(), kMiss,
             Cell());
}

TEST(SpecificationTest, RecordedAnswersAreRecognized) {
  HistoryOperation load = Call(OperationKind::kLoad);
  Record({5, true}, load);
  EXPECT_TRUE(Recorded(load, {5, true}));
  EXPECT_FALSE(Recorded(load, {6, true}));
  EXPECT_FALSE(Recorded(load, kMiss));
}

TEST(SpecificationTest, StoresAnswerNothing) {
  HistoryOperation store = Call(OperationKind::kStore, 5);
  store.ok = true;
  EXPECT_TRUE(Recorded(store, kNoAnswer));
}

}  // namespace
}  // namespace mortsafe

// The text forms of histories, operation by operation: history.jsonl is a
// contract, so its bytes are spelled out here.

#include "harness/history/text.h"

#include <string>

#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"

namespace mortsafe {
namespace {

// An operation of client 1 with every argument that its kind can use.
HistoryOperation Called(OperationKind kind) {
  HistoryOperation operation;
  operation.client = 1;
  operation.kind = kind;
  if (HasKey(kind)) operation.key = 4;
  if (ComparesValue(kind)) operation.old_value = 5;
  if (StoresValue(kind)) operation.value = 7;
  operation.call_time = 12;
  operation.return_time = 19;
  return operation;
}

HistoryOperation Found(OperationKind kind, Value result) {
  HistoryOperation operation = Called(kind);
  operation.ok = true;
  operation.result = result;
  return operation;
}

HistoryOperation Done(OperationKind kind, bool ok) {
  HistoryOperation operation = Called(kind);
  operation.ok = ok;
  return operation;
}

HistoryOperation Visited(bool complete) {
  HistoryOperation operation = Done(OperationKind::kRange, complete);
  operation.entries = {{0, 1}, {3, 2}};
  return operation;
}

HistoryOperation StoredByLoadOrStore() {
  HistoryOperation operation = Called(OperationKind::kLoadOrStore);
  operation.result = operation.value;
  return operation;
}

std::string Line(const HistoryOperation& operation) {
  return ToJsonLines(History{{operation}});
}

TEST(ToJsonLinesTest, WritesTheExampleOfTheContract) {
  HistoryOperation operation = Found(OperationKind::kLoadOrStore, 5);
  operation.client = 0;
  operation.key = 1;
  EXPECT_EQ(Line(operation),
            R"({"client":0,"op":"load_or_store","key":1,"value":7,)"
            R"("result":5,"ok":true,"call":12,"return":19})"
            "\n");
}

TEST(ToJsonLinesTest, AnswersThatAreValuesAreNullWhereNothingCameBack) {
  EXPECT_EQ(Line(Found(OperationKind::kLoad, 7)),
            R"({"client":1,"op":"load","key":4,"result":7,"ok":true,)"
            R"("call":12,"return":19})"
            "\n");
  EXPECT_EQ(Line(Done(OperationKind::kLoad, false)),
            R"({"client":1,"op":"load","key":4,"result":null,"ok":false,)"
            R"("call":12,"return":19})"
            "\n");
  EXPECT_EQ(Line(Done(OperationKind::kLoadAndDelete, false)),
            R"({"client":1,"op":"load_and_delete","key":4,"result":null,)"
            R"("ok":false,"call":12,"return":19})"
            "\n");
  EXPECT_EQ(Line(Found(OperationKind::kSwap, 5)),
            R"({"client":1,"op":"swap","key":4,"value":7,"result":5,)"
            R"("ok":true,"call":12,"return":19})"
            "\n");
}

TEST(ToJsonLinesTest, ALoadOrStoreThatStoredAnswersItsOwnValue) {
  EXPECT_EQ(Line(StoredByLoadOrStore()),
            R"({"client":1,"op":"load_or_store","key":4,"value":7,)"
            R"("result":7,"ok":false,"call":12,"return":19})"
            "\n");
}

TEST(ToJsonLinesTest, OperationsWithoutAnswerHaveNeitherResultNorOk) {
  EXPECT_EQ(Line(Called(OperationKind::kStore)),
            R"({"client":1,"op":"store","key":4,"value":7,)"
            R"("call":12,"return":19})"
            "\n");
  EXPECT_EQ(Line(Called(OperationKind::kDelete)),
            R"({"client":1,"op":"delete","key":4,"call":12,"return":19})"
            "\n");
  EXPECT_EQ(Line(Called(OperationKind::kClear)),
            R"({"client":1,"op":"clear","call":12,"return":19})"
            "\n");
}

TEST(ToJsonLinesTest, ComparisonsHaveOldAndOk) {
  EXPECT_EQ(Line(Done(OperationKind::kCompareAndSwap, true)),
            R"({"client":1,"op":"compare_and_swap","key":4,"old":5,)"
            R"("value":7,"ok":true,"call":12,"return":19})"
            "\n");
  EXPECT_EQ(Line(Done(OperationKind::kCompareAndDelete, false)),
            R"({"client":1,"op":"compare_and_delete","key":4,"old":5,)"
            R"("ok":false,"call":12,"return":19})"
            "\n");
}

TEST(ToJsonLinesTest, RangeListsItsEntries) {
  EXPECT_EQ(Line(Visited(false)),
            R"({"client":1,"op":"range","ok":false,"entries":[[0,1],[3,2]],)"
            R"("call":12,"return":19})"
            "\n");
  EXPECT_EQ(Line(Done(OperationKind::kRange, true)),
            R"({"client":1,"op":"range","ok":true,"entries":[],)"
            R"("call":12,"return":19})"
            "\n");
}

TEST(ToJsonLinesTest, PendingOperationsHaveNoAnswer) {
  for (OperationKind kind : kAllOperationKinds) {
    HistoryOperation operation = Found(kind, 9);
    operation.return_time = kPending;
    const std::string line = Line(operation);
    EXPECT_EQ(line.find("result"), std::string::npos) << line;
    EXPECT_EQ(line.find("ok"), std::string::npos) << line;
    EXPECT_EQ(line.find("entries"), std::string::npos) << line;
    EXPECT_NE(line.find(R"("call":12})"), std::string::npos) << line;
  }
}

TEST(ToJsonLinesTest, LinesAreSortedByCallThenClient) {
  HistoryOperation late = Called(OperationKind::kClear);
  HistoryOperation early = late;
  early.client = 3;
  early.call_time = 2;
  HistoryOperation twin = early;
  twin.client = 2;
  EXPECT_EQ(ToJsonLines(History{{late, early, twin}}),
            R"({"client":2,"op":"clear","call":2,"return":19})"
            "\n"
            R"({"client":3,"op":"clear","call":2,"return":19})"
            "\n"
            R"({"client":1,"op":"clear","call":12,"return":19})"
            "\n");
  EXPECT_EQ(ToJsonLines(History{}), "");
}

TEST(CallTextTest, ReadsAsCode) {
  EXPECT_EQ(CallText(Called(OperationKind::kLoad)), "Load(4)");
  EXPECT_EQ(CallText(Called(OperationKind::kStore)), "Store(4, 7)");
  EXPECT_EQ(CallText(Called(OperationKind::kCompareAndSwap)),
            "CompareAndSwap(4, 5, 7)");
  EXPECT_EQ(CallText(Called(OperationKind::kCompareAndDelete)),
            "CompareAndDelete(4, 5)");
  EXPECT_EQ(CallText(Called(OperationKind::kRange)), "Range()");
  EXPECT_EQ(CallText(Called(OperationKind::kClear)), "Clear()");
}

TEST(ResultTextTest, SaysWhatCameBack) {
  EXPECT_EQ(ResultText(Found(OperationKind::kLoad, 7)), "7");
  EXPECT_EQ(ResultText(Done(OperationKind::kLoad, false)), "absent");
  EXPECT_EQ(ResultText(Found(OperationKind::kLoadAndDelete, 3)), "3");
  EXPECT_EQ(ResultText(Done(OperationKind::kSwap, false)), "absent");
  EXPECT_EQ(ResultText(Found(OperationKind::kLoadOrStore, 5)), "loaded 5");
  EXPECT_EQ(ResultText(StoredByLoadOrStore()), "stored 7");
  EXPECT_EQ(ResultText(Done(OperationKind::kCompareAndSwap, true)), "swapped");
  EXPECT_EQ(ResultText(Done(OperationKind::kCompareAndSwap, false)),
            "not swapped");
  EXPECT_EQ(ResultText(Done(OperationKind::kCompareAndDelete, true)),
            "deleted");
  EXPECT_EQ(ResultText(Done(OperationKind::kCompareAndDelete, false)),
            "not deleted");
  EXPECT_EQ(ResultText(Visited(true)), "{0: 1, 3: 2}");
  EXPECT_EQ(ResultText(Visited(false)), "{0: 1, 3: 2} (stopped)");
  EXPECT_EQ(ResultText(Called(OperationKind::kStore)), "done");
  EXPECT_EQ(ResultText(Called(OperationKind::kDelete)), "done");
  EXPECT_EQ(ResultText(Called(OperationKind::kClear)), "done");
}

TEST(ResultTextTest, AnOpenCallIsPendingWhateverItsMembersSay) {
  for (OperationKind kind : kAllOperationKinds) {
    HistoryOperation operation = Found(kind, 9);
    operation.return_time = kPending;
    EXPECT_EQ(ResultText(operation), "pending");
  }
}

}  // namespace
}  // namespace mortsafe

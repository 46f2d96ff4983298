#include "harness/linearize/reference_map.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mortsafe {
namespace {

using ::testing::Eq;
using ::testing::Optional;

HistoryOperation Store(Key key, Value value) {
  HistoryOperation record;
  record.kind = OperationKind::kStore;
  record.key = key;
  record.value = value;
  return record;
}

HistoryOperation Load(Key key, std::optional<Value> result) {
  HistoryOperation record;
  record.kind = OperationKind::kLoad;
  record.key = key;
  record.result = result;
  record.ok = result.has_value();
  return record;
}

HistoryOperation Clear() {
  HistoryOperation record;
  record.kind = OperationKind::kClear;
  return record;
}

HistoryOperation Range(std::vector<std::pair<Key, Value>> entries,
                       bool ran_out = true) {
  HistoryOperation record;
  record.kind = OperationKind::kRange;
  record.entries = std::move(entries);
  record.ok = ran_out;
  return record;
}

// Holds 1 under 0 and 2 under 5.
class ReferenceMapTest : public testing::Test {
 protected:
  ReferenceMapTest() {
    reference_.Judge(Store(0, 1));
    reference_.Judge(Store(5, 2));
  }

  std::optional<std::string> Judge(const HistoryOperation& record,
                                   uint32_t stop_after = 0) {
    return reference_.Judge(record, stop_after);
  }

  ReferenceMap reference_;
};

TEST_F(ReferenceMapTest, TellsRightAnswersFromWrongOnes) {
  EXPECT_THAT(Judge(Load(0, 1)), Eq(std::nullopt));
  EXPECT_THAT(Judge(Load(1, std::nullopt)), Eq(std::nullopt));
  EXPECT_THAT(Judge(Load(5, 1)),
              Optional(Eq("Load(5) answered 1; expected 2")));
  EXPECT_THAT(Judge(Load(5, std::nullopt)),
              Optional(Eq("Load(5) answered absent; expected 2")));
}

TEST_F(ReferenceMapTest, ClearLeavesNothing) {
  EXPECT_THAT(Judge(Clear()), Eq(std::nullopt));
  EXPECT_THAT(Judge(Load(0, 1)),
              Optional(Eq("Load(0) answered 1; expected absent")));
  EXPECT_THAT(reference_.Get(5), Eq(std::nullopt));
}

TEST_F(ReferenceMapTest, ARangeVisitsEveryKeyInAnyOrder) {
  EXPECT_THAT(Judge(Range({{0, 1}, {5, 2}})), Eq(std::nullopt));
  EXPECT_THAT(Judge(Range({{5, 2}, {0, 1}})), Eq(std::nullopt));
  EXPECT_THAT(Judge(Range({{5, 2}})),
              Optional(Eq("Range visited 1 keys and ran out; "
                          "expected 2 of 2 and no stop")));
  EXPECT_THAT(Judge(Range({{5, 2}, {5, 2}})),
              Optional(Eq("Range visited key 5 twice")));
  EXPECT_THAT(Judge(Range({{0, 1}, {5, 3}})),
              Optional(Eq("Range showed key 5 with 3; expected 2")));
  EXPECT_THAT(Judge(Range({{0, 1}, {6, 2}})),
              Optional(Eq("Range showed key 6 with 2; expected no key")));
}

TEST_F(ReferenceMapTest, ARangeStopsWhereItsCallbackSays) {
  EXPECT_THAT(Judge(Range({{5, 2}}, false), 1), Eq(std::nullopt));
  EXPECT_THAT(Judge(Range({{0, 1}, {5, 2}}, false), 2), Eq(std::nullopt));
  EXPECT_THAT(Judge(Range({{0, 1}, {5, 2}}), 3), Eq(std::nullopt));
  EXPECT_THAT(Judge(Range({{0, 1}, {5, 2}}), 1),
              Optional(Eq("Range visited 2 keys and ran out; "
                          "expected 1 of 2 and a stop")));
}

// Whatever is recorded as an answer, the right one takes its place.
TEST(ReferenceMapAnswersTest, PerformsOperationsAndRecordsTheRightAnswers) {
  ReferenceMap map;
  const auto performed = [&](HistoryOperation record, uint32_t stop_after = 0) {
    map.Perform(record, stop_after);
    return record;
  };
  performed(Store(0, 1));
  performed(Store(5, 2));
  EXPECT_EQ(performed(Load(5, 9)), Load(5, 2));
  EXPECT_EQ(performed(Load(6, 9)), Load(6, std::nullopt));
  EXPECT_EQ(performed(Range({{7, 7}}, false)), Range({{0, 1}, {5, 2}}));
  EXPECT_EQ(performed(Range({}), 1), Range({{0, 1}}, false));
  EXPECT_EQ(performed(Range({}), 2), Range({{0, 1}, {5, 2}}, false));
  EXPECT_EQ(performed(Range({}), 3), Range({{0, 1}, {5, 2}}));
  performed(Clear());
  EXPECT_EQ(performed(Load(5, 2)), Load(5, std::nullopt));
}

}  // namespace
}  // namespace mortsafe

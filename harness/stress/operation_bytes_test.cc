#include "harness/stress/operation_bytes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"
#include "harness/linearize/reference_map.h"
#include "harness/program/operation.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Codes of bits 0-4.
constexpr uint8_t kLoad = 0;
constexpr uint8_t kStore = 1;
constexpr uint8_t kCompareAndSwap = 6;
constexpr uint8_t kRange = 8;
constexpr uint8_t kClear = 9;

constexpr uint8_t Head(uint8_t kind, unsigned operand) {
  return static_cast<uint8_t>(kind | operand << 5);
}

OperationKindSet LoadsAlone() {
  OperationKindSet loads;
  loads.Add(OperationKind::kLoad);
  return loads;
}

// All operations as text, each as if it had been performed.
std::vector<std::string> Decoded(const std::vector<uint8_t>& input,
                                 OperationKindSet offered = AllOperations()) {
  OperationBytes bytes(input);
  ReferenceMap reference;
  std::vector<std::string> texts;
  while (const auto operation = bytes.Next(offered, reference)) {
    texts.push_back(ToText(*operation));
    HistoryOperation record;
    record.kind = operation->kind;
    record.key = operation->key;
    record.value = operation->value;
    record.old_value = operation->old_value;
    reference.Judge(record);
  }
  return texts;
}

TEST(OperationBytesTest, NumbersStoredValuesAndKeepsKeysWithinTheirNumber) {
  EXPECT_THAT(Decoded({0, 2, kStore, 0, kStore, 5, kLoad, 4, kClear, 0}),
              ElementsAre("Store(0, 1)", "Store(2, 2)", "Load(1)", "Clear()"));
}

TEST(OperationBytesTest, ComparesWithWhatIsThereOrElsewhereOrNowhere) {
  EXPECT_THAT(
      Decoded({0, 9,                         //
               kStore, 3, kStore, 4,         //
               Head(kCompareAndSwap, 0), 3,  //
               Head(kCompareAndSwap, 5), 3,  //
               Head(kCompareAndSwap, 6), 4,  //
               Head(kCompareAndSwap, 7), 4}),
      ElementsAre("Store(3, 1)", "Store(4, 2)", "CompareAndSwap(3, 1, 3)",
                  "CompareAndSwap(3, 0, 4)", "CompareAndSwap(4, 4, 5)",
                  "CompareAndSwap(4, 4, 6)"));
}

TEST(OperationBytesTest, ARangeMayStop) {
  EXPECT_THAT(Decoded({0, 0, kRange, 0, Head(kRange, 3), 0}),
              ElementsAre("Range()", "Range(stop 3)"));
}

TEST(OperationBytesTest, WhatIsNotOfferedIsALoad) {
  EXPECT_THAT(Decoded({0, 0, kStore, 0, kClear, 0}, LoadsAlone()),
              ElementsAre("Load(0)", "Load(0)"));
}

TEST(OperationBytesTest, EveryByteStringIsAProgram) {
  EXPECT_THAT(Decoded({}), IsEmpty());
  EXPECT_THAT(Decoded({7}), IsEmpty());
  EXPECT_THAT(Decoded({7, 0}), IsEmpty());
  EXPECT_THAT(Decoded({7, 0, kLoad}), IsEmpty());
  EXPECT_EQ(OperationBytes(std::vector<uint8_t>{7, 0}).map(), 7);
}

}  // namespace
}  // namespace mortsafe

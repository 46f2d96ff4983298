#include "harness/history/value_names.h"

#include <cstdint>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "harness/history/edn.h"

namespace mortsafe {
namespace {

constexpr uint64_t kBehindIntegers = uint64_t{1} << 63;

uint64_t Number(ValueNames& names, absl::string_view text) {
  return names.NumberOf(TakeEdn(text).value());
}

TEST(ValueNamesTest, IntegersStandForThemselves) {
  ValueNames names;
  for (const uint64_t number :
       {uint64_t{0}, uint64_t{7}, kBehindIntegers - 1, uint64_t{3}}) {
    EXPECT_EQ(Number(names, std::to_string(number)), number);
    EXPECT_EQ(names.TextOf(number), std::to_string(number));
  }
}

TEST(ValueNamesTest, WhatElseThereIsAmongIntegersComesBehindThem) {
  ValueNames names;
  EXPECT_EQ(Number(names, "5"), 5);
  EXPECT_EQ(Number(names, "-1"), kBehindIntegers);
  EXPECT_EQ(Number(names, "\"5\""), kBehindIntegers + 1);
  EXPECT_EQ(Number(names, "9223372036854775808"), kBehindIntegers + 2);
  EXPECT_EQ(Number(names, "-1"), kBehindIntegers);
  EXPECT_EQ(names.TextOf(kBehindIntegers), "-1");
  EXPECT_EQ(names.TextOf(kBehindIntegers + 1), "\"5\"");
}

TEST(ValueNamesTest, OtherThingsHaveSmallNumbersAndStringsTheirDigits) {
  ValueNames names;
  EXPECT_EQ(Number(names, "\"1\""), 1);
  EXPECT_EQ(Number(names, ":a"), 0);
  EXPECT_EQ(Number(names, ":b"), 2);
  EXPECT_EQ(Number(names, "\"9\""), 9);
  EXPECT_EQ(names.TextOf(9), "\"9\"");
  EXPECT_EQ(names.TextOf(2), ":b");
}

TEST(ValueNamesTest, NoNumberStandsForTwoThings) {
  ValueNames names;
  EXPECT_EQ(Number(names, ":a"), 0);
  EXPECT_EQ(Number(names, "0"), 1);
  EXPECT_EQ(Number(names, "\"0\""), 2);
  EXPECT_EQ(Number(names, "1"), 3);
  EXPECT_EQ(Number(names, "0"), 1);
  EXPECT_EQ(names.TextOf(1), "0");
}

}  // namespace
}  // namespace mortsafe

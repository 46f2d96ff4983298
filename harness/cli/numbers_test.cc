#include "harness/cli/numbers.h"

#include "gtest/gtest.h"

namespace mortsafe {
namespace {

TEST(NumbersTest, CommasPartThousands) {
  EXPECT_EQ(WithCommas(0), "0");
  EXPECT_EQ(WithCommas(999), "999");
  EXPECT_EQ(WithCommas(1000), "1,000");
  EXPECT_EQ(WithCommas(123456), "123,456");
  EXPECT_EQ(WithCommas(1234567), "1,234,567");
}

TEST(NumbersTest, RatesOfNothingAreZero) {
  EXPECT_EQ(PerSecond(10, 0), 0u);
  EXPECT_EQ(PerSecond(10, 4), 2u);
}

}  // namespace
}  // namespace mortsafe

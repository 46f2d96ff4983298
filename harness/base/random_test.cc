#include "harness/base/random.h"

#include <array>
#include <cstdint>
#include <set>

#include "gtest/gtest.h"

namespace mortsafe {
namespace {

TEST(RandomTest, FollowsThePublishedSequence) {
  // The reference outputs of SplitMix64 for seed 1234567.
  Random random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317u);
  EXPECT_EQ(random.Next(), 3203168211198807973u);
  EXPECT_EQ(random.Next(), 9817491932198370423u);
}

TEST(RandomTest, BelowStaysInBoundsAndReachesEveryNumber) {
  Random random(1);
  std::array<int, 5> seen = {};
  for (int i = 0; i < 1000; ++i) ++seen.at(random.Below(5));
  for (int count : seen) EXPECT_GT(count, 100);
}

TEST(RandomTest, DerivedSeedsDiffer) {
  std::set<uint64_t> seeds;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    for (uint64_t index = 0; index < 1000; ++index) {
      seeds.insert(DeriveSeed(seed, index));
    }
  }
  EXPECT_EQ(seeds.size(), 10'000u);
}

}  // namespace
}  // namespace mortsafe

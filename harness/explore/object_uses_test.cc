#include "harness/explore/object_uses.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "gtest/gtest.h"
#include "harness/explore/vector_clock.h"
#include "harness/model/strategy.h"

namespace mortsafe {
namespace {

constexpr uint32_t kWidth = VectorClock::kPiece;
using Deed = ObjectRace::Deed;

// What threads 0 and 1 have done.
VectorClock Known(uint16_t zero, uint16_t one) {
  VectorClock clock;
  clock[0] = zero;
  clock[1] = one;
  return clock;
}

std::optional<std::pair<uint32_t, Deed>> Told(
    const std::optional<ObjectRace>& race) {
  if (!race.has_value()) return std::nullopt;
  return std::pair(race->other, race->deed);
}

TEST(ObjectUsesTest, ReadsDoNotRaceWithEachOther) {
  ObjectUses uses;
  EXPECT_EQ(Told(uses.Use(0, false, Known(1, 0), kWidth)), std::nullopt);
  EXPECT_EQ(Told(uses.Use(1, false, Known(0, 1), kWidth)), std::nullopt);
}

TEST(ObjectUsesTest, ReadsRaceWithWritesThatTheyDoNotKnow) {
  ObjectUses uses;
  EXPECT_EQ(Told(uses.Use(0, true, Known(1, 0), kWidth)), std::nullopt);
  // It came after event 1 of thread 0, so that to know that is not enough.
  EXPECT_EQ(Told(uses.Use(1, false, Known(1, 1), kWidth)),
            std::pair(0U, Deed::kWrote));
  EXPECT_EQ(Told(uses.Use(1, false, Known(2, 1), kWidth)), std::nullopt);
}

TEST(ObjectUsesTest, WritesRaceWithReadsThatTheyDoNotKnow) {
  ObjectUses uses;
  EXPECT_EQ(Told(uses.Use(1, false, Known(0, 4), kWidth)), std::nullopt);
  EXPECT_EQ(Told(uses.Use(0, true, Known(1, 4), kWidth)),
            std::pair(1U, Deed::kRead));
  EXPECT_EQ(Told(uses.Use(0, true, Known(1, 5), kWidth)), std::nullopt);
}

TEST(ObjectUsesTest, NothingMayBeUsedOnceItIsFreed) {
  ObjectUses uses;
  EXPECT_EQ(Told(uses.Use(1, false, Known(0, 1), kWidth)), std::nullopt);
  EXPECT_EQ(Told(uses.Free(0, Known(1, 1), kWidth)),
            std::pair(1U, Deed::kRead));
  EXPECT_EQ(Told(uses.Use(0, false, Known(9, 9), kWidth)),
            std::pair(0U, Deed::kFreed));
}

TEST(ObjectUsesTest, AnObjectMayLieInWhatWasFreedBefore) {
  ObjectUses uses;
  uses.WasFreedBy(1);
  EXPECT_EQ(Told(uses.Use(0, false, Known(9, 9), kWidth)),
            std::pair(1U, Deed::kFreed));
}

}  // namespace
}  // namespace mortsafe

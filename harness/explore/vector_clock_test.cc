// Clocks are what their moments say one by one, however many threads there are.

#include "harness/explore/vector_clock.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "harness/explore/undo_log.h"

namespace mortsafe {
namespace {

// The numbers of threads up to which there is work to do, and a thread of the
// last piece.
class VectorClockTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  const uint32_t width_ = GetParam();
  const uint32_t last_ = width_ - 1;
};

INSTANTIATE_TEST_SUITE_P(Widths, VectorClockTest, ::testing::Values(8, 16, 64));

TEST_P(VectorClockTest, AdvancesOneThreadAlone) {
  VectorClock clock;
  EXPECT_EQ(clock.Advance(last_, width_), 1);
  EXPECT_EQ(clock.Advance(last_, width_), 2);
  EXPECT_EQ(clock.Advance(3, width_), 1);
  for (uint32_t thread = 0; thread < width_; ++thread) {
    EXPECT_EQ(clock[thread], thread == last_ ? 2
                             : thread == 3   ? 1
                                             : 0)
        << "thread " << thread;
  }
}

TEST_P(VectorClockTest, JoinsTheLaterOfEachMoment) {
  VectorClock clock;
  VectorClock other;
  clock[0] = 5;
  clock[last_] = 1;
  other[0] = 4;
  other[1] = 7;
  other[last_] = 40'000;  // Moments have no sign.
  clock.Join(other, width_);
  EXPECT_EQ(clock[0], 5);
  EXPECT_EQ(clock[1], 7);
  EXPECT_EQ(clock[2], 0);
  EXPECT_EQ(clock[last_], 40'000);
}

TEST_P(VectorClockTest, KeepsTheEarlierOfEachMoment) {
  VectorClock clock;
  clock.AssignLatest(width_);
  VectorClock other;
  other[0] = 4;
  other[last_] = 40'000;
  clock.KeepEarlier(other, width_);
  EXPECT_EQ(clock[0], 4);
  EXPECT_EQ(clock[1], 0);
  EXPECT_EQ(clock[last_], 40'000);
  other[0] = 5;
  other[last_] = 2;
  clock.KeepEarlier(other, width_);
  EXPECT_EQ(clock[0], 4);
  EXPECT_EQ(clock[last_], 2);
}

TEST_P(VectorClockTest, IsTheNextOfAnother) {
  VectorClock other;
  other[2] = 9;
  VectorClock clock;
  clock.AssignNext(other, last_, width_);
  EXPECT_EQ(clock[2], 9);
  EXPECT_EQ(clock[last_], 1);
  EXPECT_EQ(other[last_], 0);
}

TEST_P(VectorClockTest, MeetsAnotherThatHasOneOfItsMoments) {
  VectorClock clock;
  clock[1] = 3;
  clock[last_] = 2;
  VectorClock other;
  EXPECT_FALSE(clock.IsMet(other, width_));
  other[0] = 50;  // Of a thread of which `clock` has none.
  other[1] = 2;
  EXPECT_FALSE(clock.IsMet(other, width_));
  other[last_] = 2;
  EXPECT_TRUE(clock.IsMet(other, width_));
}

TEST_P(VectorClockTest, IsLaterThanMomentsOfOthersOnly) {
  VectorClock clock;
  clock[last_] = 4;
  clock[1] = 2;
  VectorClock moments;
  moments[1] = 2;
  EXPECT_FALSE(clock.IsLaterThan(&moments[0], last_, width_));
  EXPECT_TRUE(clock.IsLaterThan(&moments[0], 1, width_));
}

TEST_P(VectorClockTest, GoesBackToWhatWasSaved) {
  UndoLog log;
  VectorClock clock;
  clock[0] = 1;
  clock[last_] = 2;
  clock.Save(log, width_);
  clock.Advance(0, width_);
  clock.Advance(last_, width_);
  log.GoBack(0);
  EXPECT_EQ(clock[0], 1);
  EXPECT_EQ(clock[last_], 2);
}

}  // namespace
}  // namespace mortsafe

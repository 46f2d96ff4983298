// Epochs: nothing is freed while somebody pinned could still hold it, and all
// is freed soon after.

#include "maps/epoch_reclaimer.h"

#include <cstddef>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "maps/reclaimable.h"

namespace mortsafe {
namespace {

class Tombstone final : public Reclaimable {
 public:
  static constexpr bool kOwnsNothing = true;
  explicit Tombstone(int* deaths) : deaths_(deaths) {}
  ~Tombstone() override { ++*deaths_; }

 private:
  int* const deaths_;
};

using Epochs = EpochReclaimer<NoDefects>;

void RetireOne(Epochs& epochs, int* deaths) {
  const auto guard = epochs.Pin();
  epochs.Retire(epochs.New<Tombstone>(deaths));
}

TEST(EpochReclaimerTest, NothingIsFreedWhileAnotherIsPinned) {
  int deaths = 0;
  Epochs epochs{NoDefects()};
  {
    const auto guard = epochs.Pin();
    for (int i = 0; i < 100; ++i) RetireOne(epochs, &deaths);
    EXPECT_EQ(deaths, 0);
  }
  for (int i = 0; i < 10; ++i) RetireOne(epochs, &deaths);
  EXPECT_GE(deaths, 100);
}

TEST(EpochReclaimerTest, AsManyMayBePinnedAtATimeAsThereAreGuards) {
  int deaths = 0;
  Epochs epochs{NoDefects()};
  std::vector<std::unique_ptr<Epochs::Guard>> guards;
  for (size_t i = 0; i < 200; ++i) {
    guards.emplace_back(new Epochs::Guard(epochs.Pin()));
    RetireOne(epochs, &deaths);
  }
  // The last of them keeps everything as well as the first.
  guards.erase(guards.begin(), guards.end() - 1);
  int later_deaths = 0;
  for (int i = 0; i < 100; ++i) RetireOne(epochs, &later_deaths);
  EXPECT_EQ(later_deaths, 0);
  guards.clear();
  for (int i = 0; i < 10; ++i) RetireOne(epochs, &deaths);
  EXPECT_EQ(later_deaths, 100);
}

TEST(EpochReclaimerTest, TheFewLatestWaitForTheDestructor) {
  int deaths = 0;
  {
    Epochs epochs{NoDefects()};
    for (int i = 0; i < 100; ++i) RetireOne(epochs, &deaths);
    EXPECT_GE(deaths, 95);
    EXPECT_LT(deaths, 100);
  }
  EXPECT_EQ(deaths, 100);
}

TEST(EpochReclaimerTest, TheDefectiveOnesDoNotWait) {
  int deaths = 0;
  EpochReclaimer<SelectedDefect<ReadDirtyDefect>> epochs{
      SelectedDefect(ReadDirtyDefect::kFreeWithoutGracePeriod)};
  const auto guard = epochs.Pin();
  epochs.Retire(epochs.New<Tombstone>(&deaths));
  EXPECT_EQ(deaths, 1);

  EpochReclaimer<SelectedDefect<ReadDirtyDefect>> reusing{
      SelectedDefect(ReadDirtyDefect::kReuseWithoutGracePeriod)};
  auto* const first = reusing.New<Tombstone>(&deaths);
  reusing.Retire(first);
  auto* const second = reusing.New<Tombstone>(&deaths);
  EXPECT_EQ(first, second);
  delete second;
}

}  // namespace
}  // namespace mortsafe

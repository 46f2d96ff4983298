// Hazard pointers: what a guard was told of is kept, and nothing else is.

#include "maps/hazard_reclaimer.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "maps/defects.h"
#include "maps/reclaimable.h"

namespace mortsafe {
namespace {

class Tombstone final : public Reclaimable {
 public:
  explicit Tombstone(int* deaths) : deaths_(deaths) {}
  ~Tombstone() override { ++*deaths_; }

 private:
  int* const deaths_;
};

// Counts the atomic operations.
class CountsOperations {
 public:
  explicit CountsOperations(size_t* count) : count_(count) {}
  template <class Defect>
  static constexpr bool Has(Defect) {
    return false;
  }
  std::memory_order Order() const {
    ++*count_;
    return std::memory_order_seq_cst;
  }

 private:
  size_t* count_;
};

// What it takes to retire so many objects while all of them are kept.
size_t CostOfRetiring(int count) {
  size_t operations = 0;
  int deaths = 0;
  HazardReclaimer<CountsOperations> hazards{CountsOperations(&operations)};
  const auto guard = hazards.PinAll();
  for (int i = 0; i < count; ++i) {
    hazards.Retire(hazards.New<Tombstone>(&deaths));
  }
  return operations;
}

class HazardReclaimerTest : public ::testing::Test {
 protected:
  using Hazards = HazardReclaimer<NoDefects>;

  Tombstone* New() { return hazards_.New<Tombstone>(&deaths_); }
  void Retire(Tombstone* object) {
    const auto guard = hazards_.Pin();
    hazards_.Retire(object);
  }
  // Takes the object out of `source_`.
  void Remove() { Retire(source_.exchange(nullptr)); }
  void RetireOthers(int count) {
    for (int i = 0; i < count; ++i) Retire(New());
  }

  int deaths_ = 0;
  atomic<Tombstone*> source_{nullptr};
  Hazards hazards_{NoDefects()};
};

TEST_F(HazardReclaimerTest, WhatNobodyUsesIsFreedSoon) {
  RetireOthers(100);
  EXPECT_GE(deaths_, 99);
}

TEST_F(HazardReclaimerTest, WhatIsUsedIsKeptAndNothingElse) {
  source_.store(New());
  {
    auto guard = hazards_.Pin();
    EXPECT_EQ(guard.Load(0, source_, std::memory_order_seq_cst),
              source_.load());
    Remove();
    RetireOthers(100);
    EXPECT_GE(deaths_, 98);
    EXPECT_LE(deaths_, 100);
    const int before = deaths_;
    RetireOthers(100);
    EXPECT_EQ(deaths_, before + 100);
  }
  const int before = deaths_;
  RetireOthers(2);
  EXPECT_GT(deaths_, before + 1) << "the one that was used is gone, too";
}

TEST_F(HazardReclaimerTest, APlaceKeepsOneObjectEachPlaceAnother) {
  std::array<Tombstone*, 2> objects = {New(), New()};
  auto guard = hazards_.Pin();
  for (size_t place = 0; place < objects.size(); ++place) {
    guard.Keep(place, objects[place]);
  }
  Retire(objects[0]);
  Retire(objects[1]);
  RetireOthers(10);
  const int with_both_kept = deaths_;
  guard.Keep(0, nullptr);
  RetireOthers(10);
  EXPECT_EQ(deaths_, with_both_kept + 11);
}

TEST_F(HazardReclaimerTest, WhatIsGoneAlreadyIsNotKept) {
  Tombstone* const first = New();
  Tombstone* const second = New();
  source_.store(second);
  auto guard = hazards_.Pin();
  EXPECT_FALSE(guard.Keep(0, first, source_, first));
  EXPECT_TRUE(guard.Keep(0, second, source_, second));
  EXPECT_EQ(guard.Reload(0, source_, first), second);
  Retire(first);
  Remove();
}

TEST_F(HazardReclaimerTest, AGuardOfEverythingNeedNotBeTold) {
  {
    const auto guard = hazards_.PinAll();
    RetireOthers(100);
    EXPECT_EQ(deaths_, 0);
  }
  // Looked for again when as many have been retired as it kept.
  RetireOthers(100);
  EXPECT_GE(deaths_, 199);
}

TEST_F(HazardReclaimerTest, WhatIsKeptForLongIsNotLookedAtEachTime) {
  EXPECT_LT(CostOfRetiring(4000), 8 * CostOfRetiring(1000));
}

TEST_F(HazardReclaimerTest, AsManyAreKeptAtATimeAsThereAreGuards) {
  constexpr int kGuards = 200;
  std::vector<std::unique_ptr<Hazards::Guard>> guards;
  for (int i = 0; i < kGuards; ++i) {
    guards.emplace_back(new Hazards::Guard(hazards_.Pin()));
    Tombstone* const object = New();
    guards.back()->Keep(0, object);
    Retire(object);
  }
  EXPECT_EQ(deaths_, 0);
  guards.clear();
  RetireOthers(2 * kGuards);
  EXPECT_GE(deaths_, kGuards);
}

TEST_F(HazardReclaimerTest, TheDefectiveOneDoesNotWait) {
  HazardReclaimer<SelectedDefect<ReadDirtyDefect>> hazards{
      SelectedDefect(ReadDirtyDefect::kFreeWithoutGracePeriod)};
  const auto guard = hazards.PinAll();
  hazards.Retire(hazards.New<Tombstone>(&deaths_));
  EXPECT_EQ(deaths_, 1);
}

}  // namespace
}  // namespace mortsafe

// What is special to the read/dirty map: keys that are deleted and come back in
// each state of their entry, and when memory is freed. What every map must do
// is in conformance_test.cc.

#include "maps/read_dirty_map.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "maps/arena_reclaimer.h"
#include "maps/beside_reference.h"
#include "maps/epoch_reclaimer.h"
#include "maps/hazard_reclaimer.h"
#include "mortsafe/explore.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

template <template <class> class Reclaimer>
struct With {
  template <class Key, class Value>
  using Map =
      ReadDirtyMap<Key, Value, std::hash<Key>, std::equal_to<Key>, Reclaimer>;
};

template <class Family>
class ReadDirtyMapTest : public ::testing::Test {
 protected:
  using IntMap = typename Family::template Map<int, int>;
};

struct Names {
  template <class Family>
  static std::string GetName(int) {
    if (std::is_same_v<Family, With<ArenaReclaimer>>) return "Arena";
    return std::is_same_v<Family, With<EpochReclaimer>> ? "Epoch" : "Hazard";
  }
};
using Families = ::testing::Types<With<ArenaReclaimer>, With<EpochReclaimer>,
                                  With<HazardReclaimer>>;
TYPED_TEST_SUITE(ReadDirtyMapTest, Families, Names);

TYPED_TEST(ReadDirtyMapTest, DeletedKeysStayDeletedAcrossPromotions) {
  typename TestFixture::IntMap map;
  map.Store(1, 10);
  map.Load(2);  // A miss: {1} is promoted.
  map.Delete(1);
  EXPECT_EQ(map.Load(1), std::nullopt);
  map.Store(2, 20);  // Copies read, without 1.
  EXPECT_EQ(map.Load(1), std::nullopt);
  map.Load(3);  // {2} is promoted.
  EXPECT_EQ(map.Load(1), std::nullopt);
  EXPECT_THAT(Contents(map), ElementsAre(Pair(2, 20)));
  EXPECT_EQ(map.CheckInvariants(), std::nullopt);
}

TYPED_TEST(ReadDirtyMapTest, StoreIntoAnExpungedEntrySurvivesPromotion) {
  typename TestFixture::IntMap map;
  map.Store(1, 10);
  map.Load(2);
  map.Delete(1);
  map.Store(2, 20);  // Expunges 1.
  map.Store(1, 11);
  EXPECT_EQ(map.CheckInvariants(), std::nullopt);
  map.Range([](int, int) { return true; });  // Promotes.
  EXPECT_EQ(map.Load(1), 11);
}

TYPED_TEST(ReadDirtyMapTest, ClearForgetsReadAndDirty) {
  typename TestFixture::IntMap map;
  map.Store(1, 10);
  map.Load(9);
  map.Store(2, 20);
  map.Clear();
  EXPECT_EQ(map.CheckInvariants(), std::nullopt);
  EXPECT_TRUE(Contents(map).empty());
  map.Store(1, 11);
  EXPECT_EQ(map.CheckInvariants(), std::nullopt);
  EXPECT_THAT(Contents(map), ElementsAre(Pair(1, 11)));
}

TEST(ReadDirtyMapReclaimTest, EpochsFreeDeletedValuesWhileTheMapRuns) {
  ReadDirtyMap<int, std::shared_ptr<int>> map;
  const auto value = std::make_shared<int>(1);
  for (int i = 0; i < 100; ++i) {
    map.Store(1, value);
    map.Delete(1);
  }
  EXPECT_LT(value.use_count(), 10);
}

// One that fails because the same value was stored anew goes on with what it
// has made. As an execution of the harness, which misses what is not freed.
TYPED_TEST(ReadDirtyMapTest,
           ACompareAndSwapThatMeetsItsValueTwiceLeaksNothing) {
  ExploreOptions options;
  options.strategy = Strategy::kRandom;
  options.max_executions = 1'000;
  const ExploreResult result = Explore(options, [] {
    typename TestFixture::IntMap map;
    map.Store(1, 5);
    map.Load(1);
    thread swapping([&] { map.CompareAndSwap(1, 5, 6); });
    thread storing([&] { map.Store(1, 5); });
    swapping.join();
    storing.join();
  });
  EXPECT_FALSE(result.failure.has_value()) << result.failure->message;
}

TEST(ReadDirtyMapReclaimTest, TheArenaKeepsThemUntilTheEnd) {
  const auto value = std::make_shared<int>(1);
  {
    With<ArenaReclaimer>::Map<int, std::shared_ptr<int>> map;
    for (int i = 0; i < 100; ++i) {
      map.Store(1, value);
      map.Delete(1);
    }
    EXPECT_EQ(value.use_count(), 101);
  }
  EXPECT_EQ(value.use_count(), 1);
}

}  // namespace
}  // namespace mortsafe

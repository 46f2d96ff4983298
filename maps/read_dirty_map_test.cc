// The read/dirty map alone: every operation in every state of its key, with
// real types, one thread, and both reclaimers. What threads do to it together
// is harness/hunt's business.

#include "maps/read_dirty_map.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "maps/arena_reclaimer.h"
#include "maps/epoch_reclaimer.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

template <template <class> class Reclaimer>
struct With {
  template <class Key, class Value, class Hash = std::hash<Key>>
  using Map = ReadDirtyMap<Key, Value, Hash, std::equal_to<Key>, Reclaimer>;
};

template <class Family>
class ReadDirtyMapTest : public ::testing::Test {
 protected:
  using IntMap = typename Family::template Map<int, int>;

  static std::map<int, int> Contents(IntMap& map) {
    std::map<int, int> contents;
    map.Range([&](int key, int value) {
      EXPECT_TRUE(contents.emplace(key, value).second) << "key twice: " << key;
      return true;
    });
    return contents;
  }
};

struct Names {
  template <class Family>
  static std::string GetName(int) {
    return std::is_same_v<Family, With<ArenaReclaimer>> ? "Arena" : "Epoch";
  }
};
using Families = ::testing::Types<With<ArenaReclaimer>, With<EpochReclaimer>>;
TYPED_TEST_SUITE(ReadDirtyMapTest, Families, Names);

TYPED_TEST(ReadDirtyMapTest, StartsEmpty) {
  typename TestFixture::IntMap map;
  EXPECT_EQ(map.Load(1), std::nullopt);
  EXPECT_EQ(map.LoadAndDelete(1), std::nullopt);
  EXPECT_FALSE(map.CompareAndSwap(1, 0, 2));
  EXPECT_FALSE(map.CompareAndDelete(1, 0));
  EXPECT_TRUE(this->Contents(map).empty());
  EXPECT_EQ(map.CheckInvariants(), std::nullopt);
}

TYPED_TEST(ReadDirtyMapTest, EveryOperationReportsWhatWasThere) {
  typename TestFixture::IntMap map;
  EXPECT_EQ(map.Swap(1, 10), std::nullopt);
  EXPECT_EQ(map.Swap(1, 11), 10);
  EXPECT_THAT(map.LoadOrStore(1, 12), Pair(11, true));
  EXPECT_THAT(map.LoadOrStore(2, 20), Pair(20, false));
  EXPECT_FALSE(map.CompareAndSwap(1, 10, 13));
  EXPECT_TRUE(map.CompareAndSwap(1, 11, 13));
  EXPECT_FALSE(map.CompareAndDelete(1, 11));
  EXPECT_TRUE(map.CompareAndDelete(1, 13));
  EXPECT_EQ(map.Load(1), std::nullopt);
  EXPECT_EQ(map.LoadAndDelete(2), 20);
  EXPECT_EQ(map.LoadAndDelete(2), std::nullopt);
}

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
  EXPECT_THAT(this->Contents(map), ElementsAre(Pair(2, 20)));
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

TYPED_TEST(ReadDirtyMapTest, RangeStopsWhenAskedAndMayBeReentered) {
  typename TestFixture::IntMap map;
  for (int key = 0; key < 5; ++key) map.Store(key, key);
  int visits = 0;
  map.Range([&](int, int) { return ++visits < 3; });
  EXPECT_EQ(visits, 3);
  map.Range([&](int key, int) {
    map.Range([&](int, int) { return true; });
    map.LoadOrStore(key, 100);
    map.Store(key, 200);
    map.Delete(key);
    return true;
  });
  EXPECT_TRUE(this->Contents(map).empty());
}

TYPED_TEST(ReadDirtyMapTest, ClearForgetsReadAndDirty) {
  typename TestFixture::IntMap map;
  map.Store(1, 10);
  map.Load(9);
  map.Store(2, 20);
  map.Clear();
  EXPECT_EQ(map.CheckInvariants(), std::nullopt);
  EXPECT_TRUE(this->Contents(map).empty());
  map.Store(1, 11);
  EXPECT_EQ(map.CheckInvariants(), std::nullopt);
  EXPECT_THAT(this->Contents(map), ElementsAre(Pair(1, 11)));
}

TYPED_TEST(ReadDirtyMapTest, AgreesWithAReferenceMap) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    typename TestFixture::IntMap map;
    std::map<int, int> reference;
    Random random(seed);
    for (int value = 1; value < 200; ++value) {
      const int key = static_cast<int>(random.Below(6));
      const auto there = reference.find(key);
      const std::optional<int> now = there == reference.end()
                                         ? std::nullopt
                                         : std::optional(there->second);
      const int old = random.OneIn(3) ? value : now.value_or(0);
      switch (random.Below(10)) {
        case 0:
          map.Store(key, value);
          reference[key] = value;
          break;
        case 1:
          EXPECT_THAT(map.LoadOrStore(key, value),
                      Pair(now.value_or(value), now.has_value()));
          reference.emplace(key, value);
          break;
        case 2:
          EXPECT_EQ(map.LoadAndDelete(key), now);
          reference.erase(key);
          break;
        case 3:
          map.Delete(key);
          reference.erase(key);
          break;
        case 4:
          EXPECT_EQ(map.Swap(key, value), now);
          reference[key] = value;
          break;
        case 5:
          EXPECT_EQ(map.CompareAndSwap(key, old, value), now == old);
          if (now == old) reference[key] = value;
          break;
        case 6:
          EXPECT_EQ(map.CompareAndDelete(key, old), now == old);
          if (now == old) reference.erase(key);
          break;
        case 7:
          EXPECT_EQ(this->Contents(map), reference);
          break;
        case 8:
          if (random.OneIn(8)) {
            map.Clear();
            reference.clear();
          }
          break;
        default:
          EXPECT_EQ(map.Load(key), now);
      }
      ASSERT_EQ(map.CheckInvariants(), std::nullopt) << "seed " << seed;
    }
    EXPECT_EQ(this->Contents(map), reference) << "seed " << seed;
  }
}

struct AlwaysSeven {
  size_t operator()(const std::string&) const { return 7; }
};

TYPED_TEST(ReadDirtyMapTest, TakesAnyTypesAndACollidingHash) {
  typename TypeParam::template Map<std::string, std::shared_ptr<int>,
                                   AlwaysSeven>
      map;
  auto value = std::make_shared<int>(1);
  map.Store("one", value);
  map.Store("two", nullptr);
  EXPECT_EQ(map.Load("one"), value);
  EXPECT_EQ(map.Load("two"), std::optional<std::shared_ptr<int>>(nullptr));
  EXPECT_TRUE(map.CompareAndDelete("two", nullptr));
  EXPECT_EQ(map.Load("two"), std::nullopt);
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

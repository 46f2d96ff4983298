// The hash trie alone: every operation in every shape of the tree, one thread,
// both reclaimers, and hashes that spread, that all collide, and that part at
// the last level only. What threads do to it together is harness/hunt's
// business.

#include "maps/hash_trie_map.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "maps/arena_reclaimer.h"
#include "maps/beside_reference.h"
#include "maps/epoch_reclaimer.h"
#include "maps/test_hashes.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

template <template <class> class HashOf, template <class> class Reclaimer>
struct With {
  template <class Key, class Value>
  using Map =
      HashTrieMap<Key, Value, HashOf<Key>, std::equal_to<Key>, Reclaimer>;
};

template <class Family>
class HashTrieMapTest : public ::testing::Test {
 protected:
  using IntMap = typename Family::template Map<int, int>;
};

using Families = ::testing::Types<
    With<std::hash, ArenaReclaimer>, With<std::hash, EpochReclaimer>,
    With<SecondNibbleHash, EpochReclaimer>,
    With<ThirdNibbleHash, ArenaReclaimer>, With<FourBitHash, ArenaReclaimer>,
    With<FourBitHash, EpochReclaimer>, With<CollidingHash, ArenaReclaimer>,
    With<CollidingHash, EpochReclaimer>>;
TYPED_TEST_SUITE(HashTrieMapTest, Families);

TYPED_TEST(HashTrieMapTest, StartsEmpty) {
  typename TestFixture::IntMap map;
  EXPECT_EQ(map.Load(1), std::nullopt);
  EXPECT_EQ(map.LoadAndDelete(1), std::nullopt);
  EXPECT_FALSE(map.CompareAndSwap(1, 0, 2));
  EXPECT_FALSE(map.CompareAndDelete(1, 0));
  EXPECT_THAT(Contents(map), IsEmpty());
  EXPECT_EQ(map.CheckInvariants(), std::nullopt);
}

TYPED_TEST(HashTrieMapTest, EveryOperationReportsWhatWasThere) {
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

// Each of 70 keys, in chains and branches of all depths.
TYPED_TEST(HashTrieMapTest, GrowsAndShrinksKeyByKey) {
  typename TestFixture::IntMap map;
  std::map<int, int> reference;
  for (int key = 0; key < 70; ++key) {
    map.Store(key, 2 * key);
    reference[key] = 2 * key;
    ASSERT_EQ(map.CheckInvariants(), std::nullopt) << "key " << key;
  }
  EXPECT_EQ(Contents(map), reference);
  for (int i = 0; i < 70; ++i) {
    const int key = i * 29 % 70;
    EXPECT_EQ(map.LoadAndDelete(key), 2 * key);
    reference.erase(key);
    ASSERT_EQ(map.CheckInvariants(), std::nullopt) << "key " << key;
    ASSERT_EQ(Contents(map), reference) << "key " << key;
  }
  EXPECT_EQ(map.StateText(), "{}");
}

TYPED_TEST(HashTrieMapTest, RangeStopsWhenAskedAndMayBeReentered) {
  typename TestFixture::IntMap map;
  for (int key = 0; key < 20; ++key) map.Store(key, key);
  int visits = 0;
  map.Range([&](int, int) { return ++visits < 3; });
  EXPECT_EQ(visits, 3);
  map.Range([&](int key, int value) {
    EXPECT_EQ(value, key);
    map.Range([&](int, int) { return true; });
    map.LoadOrStore(key, 100);
    map.Delete(key);
    map.Store(key, 200);
    return true;
  });
  EXPECT_EQ(Contents(map).size(), 20u);
  map.Range([&](int key, int value) {
    EXPECT_EQ(value, 200);
    map.Delete(key);
    return true;
  });
  EXPECT_EQ(map.StateText(), "{}");
}

TYPED_TEST(HashTrieMapTest, ClearForgetsAllKeys) {
  typename TestFixture::IntMap map;
  for (int key = 0; key < 20; ++key) map.Store(key, key);
  map.Clear();
  EXPECT_EQ(map.StateText(), "{}");
  EXPECT_EQ(map.Load(3), std::nullopt);
  map.Store(1, 11);
  EXPECT_THAT(Contents(map), ElementsAre(Pair(1, 11)));
  EXPECT_EQ(map.CheckInvariants(), std::nullopt);
}

// What Clear detaches during a Range is still there to be walked through.
TYPED_TEST(HashTrieMapTest, RangeMayClear) {
  typename TestFixture::IntMap map;
  for (int key = 0; key < 20; ++key) map.Store(key, key);
  int visits = 0;
  map.Range([&](int key, int) {
    ++visits;
    map.Clear();
    map.Store(key, 100);
    return true;
  });
  EXPECT_EQ(visits, 20);
  EXPECT_EQ(Contents(map).size(), 1u);
}

TYPED_TEST(HashTrieMapTest, AgreesWithAReferenceMap) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    typename TestFixture::IntMap map;
    std::map<int, int> reference;
    Random random(seed);
    const uint64_t keys = seed % 2 == 0 ? 4 : 40;
    for (int value = 1; value < 300; ++value) {
      PerformOnBoth(random, keys, 16, value, map, reference);
      ASSERT_EQ(map.CheckInvariants(), std::nullopt) << "seed " << seed;
    }
    EXPECT_EQ(Contents(map), reference) << "seed " << seed;
  }
}

TYPED_TEST(HashTrieMapTest, TakesAnyTypes) {
  typename TypeParam::template Map<std::string, std::shared_ptr<int>> map;
  const auto value = std::make_shared<int>(1);
  map.Store("one", value);
  map.Store("two", nullptr);
  EXPECT_EQ(map.Load("one"), value);
  EXPECT_EQ(map.Load("two"), std::optional<std::shared_ptr<int>>(nullptr));
  EXPECT_TRUE(map.CompareAndDelete("two", nullptr));
  EXPECT_EQ(map.Load("two"), std::nullopt);
}

template <template <class> class HashOf>
using ArenaMap = With<HashOf, ArenaReclaimer>::template Map<int, int>;

TEST(HashTrieMapShapeTest, KeysThatMeetGetABranchWhichGoesWithTheLast) {
  ArenaMap<SecondNibbleHash> map;
  map.Store(3, 30);
  EXPECT_EQ(map.StateText(), "{0:(3=v0)}");
  map.Store(5, 50);
  EXPECT_EQ(map.StateText(), "{0:{3:(3=v0) 5:(5=v1)}}");
  map.Delete(3);
  EXPECT_EQ(map.StateText(), "{0:{5:(5=v0)}}");
  map.Delete(5);
  EXPECT_EQ(map.StateText(), "{}");
}

TEST(HashTrieMapShapeTest, HashesThatPartAtTheLastLevelGetFifteenBranches) {
  ArenaMap<FourBitHash> map;
  map.Store(1, 10);
  map.Store(2, 20);
  std::string expected = "{1:(1=v0) 2:(2=v1)}";
  for (int level = 0; level < 15; ++level) {
    expected.insert(0, "{0:").append("}");
  }
  EXPECT_EQ(map.StateText(), expected);
  map.Delete(1);
  map.Delete(2);
  EXPECT_EQ(map.StateText(), "{}");
}

TEST(HashTrieMapShapeTest, KeysOfOneHashShareAChain) {
  ArenaMap<CollidingHash> map;
  for (int key = 1; key <= 4; ++key) map.Store(key, key);
  EXPECT_EQ(map.StateText(), "{0:(4=v0 3=v1 2=v2 1=v3)}");
  map.Delete(3);
  EXPECT_EQ(map.StateText(), "{0:(4=v0 2=v1 1=v2)}");
  map.Delete(4);
  map.Delete(1);
  EXPECT_EQ(map.StateText(), "{0:(2=v0)}");
  map.Delete(2);
  EXPECT_EQ(map.StateText(), "{}");
}

TEST(HashTrieMapShapeTest, AChainMovesDownAsAWhole) {
  ArenaMap<FourBitHash> map;
  map.Store(1, 10);
  map.Store(17, 170);
  EXPECT_EQ(map.StateText(), "{0:(17=v0 1=v1)}");
  map.Store(2, 20);
  EXPECT_EQ(map.CheckInvariants(), std::nullopt);
  EXPECT_THAT(Contents(map),
              ElementsAre(Pair(1, 10), Pair(2, 20), Pair(17, 170)));
}

TEST(HashTrieMapShapeTest, EqualValuesAreNumberedAlike) {
  ArenaMap<std::hash> map;
  map.Store(1, 7);
  map.Store(2, 8);
  map.Store(3, 7);
  EXPECT_EQ(map.StateText(), "{1:(1=v0) 2:(2=v1) 3:(3=v0)}");
}

TEST(HashTrieMapReclaimTest, EpochsFreeWhatWasRemovedWhileTheMapRuns) {
  HashTrieMap<int, std::shared_ptr<int>, SecondNibbleHash<int>> map;
  const auto value = std::make_shared<int>(1);
  for (int i = 0; i < 100; ++i) {
    map.Store(1, value);
    map.Store(2, value);
    map.Delete(1);
    map.Clear();
  }
  EXPECT_LT(value.use_count(), 15);
}

TEST(HashTrieMapReclaimTest, TheArenaKeepsItUntilTheEnd) {
  const auto value = std::make_shared<int>(1);
  {
    With<CollidingHash, ArenaReclaimer>::Map<int, std::shared_ptr<int>> map;
    for (int i = 0; i < 100; ++i) {
      map.Store(1, value);
      map.Store(2, value);
      map.Delete(1);
      map.Clear();
    }
    EXPECT_EQ(value.use_count(), 201);
  }
  EXPECT_EQ(value.use_count(), 1);
}

}  // namespace
}  // namespace mortsafe

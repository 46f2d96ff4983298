// What every map here must do, whatever it is made of: each operation against a
// reference map, and small concurrent uses whose outcome is certain. With real
// types and real threads; what generated programs do to the maps under
// generated schedules is harness/hunt's business.

#include <array>
#include <atomic>
#include <cstddef>
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
#include "maps/hash_trie_map.h"
#include "maps/hazard_reclaimer.h"
#include "maps/locked_map.h"
#include "maps/read_dirty_map.h"
#include "maps/run_threads.h"
#include "maps/sharded_map.h"

namespace mortsafe {
namespace {

using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::Pair;

template <class Key>
using Equal = std::equal_to<Key>;

struct ReadDirtyArena {
  static constexpr const char* kName = "ReadDirtyArena";
  static constexpr bool kFreesWhileItRuns = false;
  template <class Key, class Value, class Hash>
  using Map = ReadDirtyMap<Key, Value, Hash, Equal<Key>, ArenaReclaimer>;
};
struct ReadDirtyEpoch {
  static constexpr const char* kName = "ReadDirtyEpoch";
  static constexpr bool kFreesWhileItRuns = true;
  template <class Key, class Value, class Hash>
  using Map = ReadDirtyMap<Key, Value, Hash, Equal<Key>, EpochReclaimer>;
};
struct ReadDirtyHazard {
  static constexpr const char* kName = "ReadDirtyHazard";
  static constexpr bool kFreesWhileItRuns = true;
  template <class Key, class Value, class Hash>
  using Map = ReadDirtyMap<Key, Value, Hash, Equal<Key>, HazardReclaimer>;
};
struct HashTrie {
  static constexpr const char* kName = "HashTrie";
  static constexpr bool kFreesWhileItRuns = true;
  template <class Key, class Value, class Hash>
  using Map = HashTrieMap<Key, Value, Hash>;
};
struct Locked {
  static constexpr const char* kName = "Locked";
  static constexpr bool kFreesWhileItRuns = true;
  template <class Key, class Value, class Hash>
  using Map = LockedMap<Key, Value, Hash>;
};
struct Sharded {
  static constexpr const char* kName = "Sharded";
  static constexpr bool kFreesWhileItRuns = true;
  template <class Key, class Value, class Hash>
  using Map = ShardedMap<Key, Value, Hash>;
};

// Maps err where keys collide: no hash value is shared, all are, many are.
struct GoodHash {
  static constexpr const char* kName = "GoodHash";
  template <class Key>
  size_t operator()(const Key& key) const {
    return std::hash<Key>()(key);
  }
};
struct ZeroHash {
  static constexpr const char* kName = "ZeroHash";
  template <class Key>
  size_t operator()(const Key&) const {
    return 0;
  }
};
struct FourBitHash {
  static constexpr const char* kName = "FourBitHash";
  template <class Key>
  size_t operator()(const Key& key) const {
    return std::hash<Key>()(key) % 16;
  }
};

template <class MapFamily, class KeyHash>
struct With {
  using Family = MapFamily;
  using Hash = KeyHash;
};

constexpr int kThreads = 4;
constexpr int kKeys = 128;

// The operations that take one value away, and tell whether they did.
enum class Taking { kCompareAndDelete, kCompareAndSwap, kSwap, kLoadAndDelete };
constexpr std::array kTakings = {Taking::kCompareAndDelete,
                                 Taking::kCompareAndSwap, Taking::kSwap,
                                 Taking::kLoadAndDelete};

// Takes `old_value` from `key`, and says whether it was there. What replaces
// values puts `new_value` there.
template <class Map>
bool Take(Taking taking, Map& map, int key, int old_value, int new_value) {
  switch (taking) {
    case Taking::kCompareAndDelete:
      return map.CompareAndDelete(key, old_value);
    case Taking::kCompareAndSwap:
      return map.CompareAndSwap(key, old_value, new_value);
    case Taking::kSwap:
      return map.Swap(key, new_value) == old_value;
    case Taking::kLoadAndDelete:
      return map.LoadAndDelete(key) == old_value;
  }
  return false;
}

// What Take() leaves behind.
std::optional<int> LeftBy(Taking taking, int new_value) {
  const bool replaces =
      taking == Taking::kCompareAndSwap || taking == Taking::kSwap;
  return replaces ? std::optional(new_value) : std::nullopt;
}

template <class Types>
class ConformanceTest : public ::testing::Test {
 protected:
  template <class Key, class Value>
  using MapOf =
      typename Types::Family::template Map<Key, Value, typename Types::Hash>;
  using IntMap = MapOf<int, int>;

  // Each key as its own value.
  static void Fill(IntMap& map) {
    for (int key = 0; key < kKeys; ++key) map.Store(key, key);
  }

  static void ExpectSound(IntMap& map) {
    if constexpr (requires { map.CheckInvariants(); }) {
      EXPECT_EQ(map.CheckInvariants(), std::nullopt);
    }
  }

  // Takes the keys that `chosen` chooses, each twice, of which the second try
  // must fail; then all keys must be as they should.
  static void ExpectTaken(const std::function<bool(int)>& chosen) {
    for (const Taking taking : kTakings) {
      IntMap map;
      Fill(map);
      std::map<int, int> expected;
      for (int key = 0; key < kKeys; ++key) {
        std::optional<int> left = key;
        if (chosen(key)) {
          const int new_value = key + 1'000;
          EXPECT_FALSE(CompareWrongly(taking, map, key));
          EXPECT_TRUE(Take(taking, map, key, key, new_value));
          left = LeftBy(taking, new_value);
          EXPECT_EQ(map.Load(key), left);
          EXPECT_FALSE(Take(taking, map, key, key, new_value));
        }
        if (left.has_value()) expected.emplace(key, *left);
      }
      EXPECT_EQ(Contents(map), expected);
      ExpectSound(map);
    }
  }

  // A compare operation with a value that the key does not have.
  static bool CompareWrongly(Taking taking, IntMap& map, int key) {
    const bool compares = taking == Taking::kCompareAndDelete ||
                          taking == Taking::kCompareAndSwap;
    return compares && Take(taking, map, key, key + 1, key + 2);
  }
};

struct Names {
  template <class Types>
  static std::string GetName(int) {
    return std::string(Types::Family::kName) + Types::Hash::kName;
  }
};
using Combinations = ::testing::Types<
    With<ReadDirtyArena, GoodHash>, With<ReadDirtyArena, ZeroHash>,
    With<ReadDirtyArena, FourBitHash>, With<ReadDirtyEpoch, GoodHash>,
    With<ReadDirtyEpoch, ZeroHash>, With<ReadDirtyEpoch, FourBitHash>,
    With<ReadDirtyHazard, GoodHash>, With<ReadDirtyHazard, ZeroHash>,
    With<ReadDirtyHazard, FourBitHash>, With<HashTrie, GoodHash>,
    With<HashTrie, ZeroHash>, With<HashTrie, FourBitHash>,
    With<Locked, GoodHash>, With<Locked, ZeroHash>, With<Locked, FourBitHash>,
    With<Sharded, GoodHash>, With<Sharded, ZeroHash>,
    With<Sharded, FourBitHash>>;
TYPED_TEST_SUITE(ConformanceTest, Combinations, Names);

TYPED_TEST(ConformanceTest, StartsEmpty) {
  typename TestFixture::IntMap map;
  EXPECT_EQ(map.Load(1), std::nullopt);
  EXPECT_EQ(map.LoadAndDelete(1), std::nullopt);
  map.Delete(1);
  map.Clear();
  EXPECT_THAT(Contents(map), IsEmpty());
  this->ExpectSound(map);
}

TYPED_TEST(ConformanceTest, EveryOperationReportsWhatWasThere) {
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

// An absent key has no value, not the value that a type starts with.
TYPED_TEST(ConformanceTest, ComparingWithAnAbsentKeyFails) {
  typename TestFixture::IntMap map;
  EXPECT_FALSE(map.CompareAndSwap(1, 0, 42));
  EXPECT_FALSE(map.CompareAndDelete(1, 0));
  map.Store(1, 0);
  map.Delete(1);
  EXPECT_FALSE(map.CompareAndSwap(1, 0, 42));
  EXPECT_FALSE(map.CompareAndDelete(1, 0));
  EXPECT_EQ(map.Load(1), std::nullopt);
}

TYPED_TEST(ConformanceTest, TakesAnyTypes) {
  typename TestFixture::template MapOf<std::string, std::shared_ptr<int>> map;
  const auto value = std::make_shared<int>(1);
  map.Store("one", value);
  map.Store("two", nullptr);
  EXPECT_EQ(map.Load("one"), value);
  EXPECT_EQ(map.Load("two"), std::optional<std::shared_ptr<int>>(nullptr));
  EXPECT_TRUE(map.CompareAndDelete("two", nullptr));
  EXPECT_EQ(map.Load("two"), std::nullopt);
}

TYPED_TEST(ConformanceTest, AgreesWithAReferenceMap) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    typename TestFixture::IntMap map;
    std::map<int, int> reference;
    Random random(seed);
    for (int value = 1; value < 200; ++value) {
      PerformOnBoth(random, 6, 8, value, map, reference);
      this->ExpectSound(map);
      ASSERT_FALSE(this->HasFailure())
          << "seed " << seed << ", operation " << value;
    }
    EXPECT_EQ(Contents(map), reference) << "seed " << seed;
  }
}

TYPED_TEST(ConformanceTest, RangeStopsWhenAsked) {
  typename TestFixture::IntMap map;
  this->Fill(map);
  int visits = 0;
  map.Range([&](int, int) { return ++visits < 3; });
  EXPECT_EQ(visits, 3);
}

TYPED_TEST(ConformanceTest, RangeMayCallAnyOperation) {
  typename TestFixture::IntMap map;
  this->Fill(map);
  int visits = 0;
  map.Range([&](int key, int value) {
    ++visits;
    EXPECT_EQ(value, key);
    map.Range([&](int inner, int) {
      if (inner == key) {
        EXPECT_EQ(map.Load(inner), key);
      }
      return true;
    });
    EXPECT_THAT(map.LoadOrStore(key, -1), Pair(key, true));
    map.Store(key, -2);
    EXPECT_EQ(map.LoadAndDelete(key), -2);
    map.Delete(key);
    return true;
  });
  EXPECT_EQ(visits, kKeys);
  EXPECT_THAT(Contents(map), IsEmpty());
}

TYPED_TEST(ConformanceTest, RangeMayClear) {
  typename TestFixture::IntMap map;
  this->Fill(map);
  map.Range([&](int, int) {
    map.Clear();
    return true;
  });
  EXPECT_THAT(Contents(map), IsEmpty());
}

TYPED_TEST(ConformanceTest, TakesAllKeys) {
  this->ExpectTaken([](int) { return true; });
}

TYPED_TEST(ConformanceTest, TakesOneKey) {
  this->ExpectTaken([](int key) { return key == 17; });
}

TYPED_TEST(ConformanceTest, TakesSomeKeys) {
  this->ExpectTaken([](int key) { return key % 3 == 1; });
}

TYPED_TEST(ConformanceTest, ThreadsTakeKeysOfTheirOwn) {
  for (const Taking taking : kTakings) {
    typename TestFixture::IntMap map;
    RunThreads(kThreads, [&](int thread) {
      for (int key = thread; key < kKeys; key += kThreads) {
        EXPECT_EQ(map.Load(key), std::nullopt);
        EXPECT_THAT(map.LoadOrStore(key, key), Pair(key, false));
        EXPECT_THAT(map.LoadOrStore(key, -1), Pair(key, true));
      }
      for (int key = thread; key < kKeys; key += kThreads) {
        EXPECT_TRUE(Take(taking, map, key, key, key + 1'000));
        EXPECT_EQ(map.Load(key), LeftBy(taking, key + 1'000));
      }
    });
    EXPECT_EQ(Contents(map).size(), LeftBy(taking, 0).has_value() ? kKeys : 0);
    this->ExpectSound(map);
  }
}

TYPED_TEST(ConformanceTest, OfAllThreadsThatTakeAValueOneGetsIt) {
  for (const Taking taking : kTakings) {
    typename TestFixture::IntMap map;
    this->Fill(map);
    std::array<std::atomic<int>, kKeys> takers{};
    RunThreads(kThreads, [&](int thread) {
      for (int key = 0; key < kKeys; ++key) {
        if (Take(taking, map, key, key, 1'000 + thread)) ++takers[key];
      }
    });
    for (const auto& count : takers) EXPECT_EQ(count.load(), 1);
    this->ExpectSound(map);
  }
}

TYPED_TEST(ConformanceTest, OfAllThreadsThatLoadOrStoreOneStores) {
  typename TestFixture::IntMap map;
  std::array<std::atomic<int>, kKeys> stored{};
  std::array<std::array<int, kKeys>, kThreads> seen{};
  RunThreads(kThreads, [&](int thread) {
    for (int key = 0; key < kKeys; ++key) {
      const auto [value, loaded] = map.LoadOrStore(key, thread);
      seen[thread][key] = value;
      if (!loaded) ++stored[key];
    }
  });
  for (const auto& count : stored) EXPECT_EQ(count.load(), 1);
  EXPECT_THAT(seen, Each(seen.front()));
}

// Workers store multiples of the key, and Range must see each key once.
TYPED_TEST(ConformanceTest, RangeSeesEveryKeyThatStays) {
  constexpr int kFactors = 20;
  typename TestFixture::IntMap map;
  for (int key = 1; key <= kKeys; ++key) map.Store(key, key);
  std::atomic<int> working{kThreads - 1};
  RunThreads(kThreads, [&](int thread) {
    if (thread > 0) {
      Random random(thread);
      for (int factor = 1; factor <= kFactors; ++factor) {
        for (int key = 1; key <= kKeys; ++key) {
          EXPECT_EQ(map.Load(key).value_or(-1) % key, 0);
          if (random.OneIn(2)) map.Store(key, key * factor);
        }
      }
      --working;
      return;
    }
    do {
      const std::map<int, int> contents = Contents(map);
      EXPECT_EQ(contents.size(), kKeys);
      for (const auto& [key, value] : contents) EXPECT_EQ(value % key, 0);
    } while (working > 0);
  });
}

TYPED_TEST(ConformanceTest, ClearsBesideStoresAndLoads) {
  typename TestFixture::IntMap map;
  RunThreads(3 * kThreads, [&](int thread) {
    for (int key = 0; key < kKeys; ++key) {
      switch (thread % 3) {
        case 0:
          map.Store(key, key);
          break;
        case 1:
          EXPECT_EQ(map.Load(key).value_or(key), key);
          break;
        default:
          map.Clear();
      }
    }
  });
  map.Clear();
  EXPECT_THAT(Contents(map), IsEmpty());
  this->ExpectSound(map);
}

// Keys that come and go must not pile up.
TYPED_TEST(ConformanceTest, FreesWhatIsDeleted) {
  if (!TypeParam::Family::kFreesWhileItRuns) {
    GTEST_SKIP() << "frees nothing before its end";
  }
  const auto value = std::make_shared<int>(1);
  {
    typename TestFixture::template MapOf<int, std::shared_ptr<int>> map;
    for (int key = 0; key < 1'000; ++key) {
      map.Store(key, value);
      switch (key % 3) {
        case 0:
          map.Delete(key);
          break;
        case 1:
          EXPECT_TRUE(map.CompareAndDelete(key, value));
          break;
        default:
          map.Clear();
      }
    }
    EXPECT_LT(value.use_count(), 100);
  }
  EXPECT_EQ(value.use_count(), 1);
}

}  // namespace
}  // namespace mortsafe

// Code of the caller's that runs inside an operation: callbacks that call the
// map again, values whose comparison throws. No lock may be held, or stay held.
//
// The tests run as executions of the harness: a thread that waits for itself is
// reported then, where a real one would hang.

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"
#include "maps/arena_reclaimer.h"
#include "maps/defects.h"
#include "maps/epoch_reclaimer.h"
#include "maps/hash_trie_map.h"
#include "maps/hazard_reclaimer.h"
#include "maps/locked_map.h"
#include "maps/read_dirty_map.h"
#include "maps/sharded_map.h"
#include "mortsafe/explore.h"

namespace mortsafe {
namespace {

// A value that cannot be compared, once it says so.
struct Picky {
  int number = 0;
  bool comparable = true;

  friend bool operator==(const Picky& a, const Picky& b) {
    if (!a.comparable || !b.comparable) throw std::invalid_argument("picky");
    return a.number == b.number;
  }
};

// The kind of failure of one execution of `body`, or "nothing".
std::string WhatFails(const std::function<void()>& body) {
  ExploreOptions options;
  options.strategy = Strategy::kRandom;
  options.max_executions = 1;
  const ExploreResult result = Explore(options, body);
  return result.failure.has_value() ? result.failure->kind : "nothing";
}

// A callback may do anything to the map that it is called for.
template <class Map>
void CallBack(Map& map) {
  map.Store(1, {10});
  map.Store(2, {20});
  int visits = 0;
  map.Range([&](int key, const Picky& value) {
    ++visits;
    MORTSAFE_CHECK(map.Load(key).has_value());
    map.Store(key, {value.number + 1});
    MORTSAFE_CHECK(map.LoadOrStore(key, {99}).second);
    map.Range([](int, const Picky&) { return true; });
    MORTSAFE_CHECK(map.CompareAndSwap(key, {value.number + 1}, {5}));
    MORTSAFE_CHECK(map.CompareAndDelete(key, {5}));
    MORTSAFE_CHECK(!map.LoadAndDelete(key).has_value());
    return true;
  });
  MORTSAFE_CHECK(visits == 2);
  map.Range([&](int, const Picky&) {
    map.Clear();
    return true;
  });
}

template <class Operation>
bool Throws(Operation operation) {
  try {
    operation();
  } catch (const std::invalid_argument&) {
    return true;
  }
  return false;
}

// The key is where a promotion left it, and where a store did.
template <class Map>
void CompareInVain(Map& map) {
  for (const int key : {1, 2}) {
    const Picky uncomparable = {0, false};
    map.Store(key, {10});
    MORTSAFE_CHECK(
        Throws([&] { map.CompareAndSwap(key, uncomparable, {11}); }));
    MORTSAFE_CHECK(Throws([&] { map.CompareAndDelete(key, uncomparable); }));
    MORTSAFE_CHECK(map.Load(key)->number == 10);
    map.Store(key, {12});
    map.Store(key + 10, {13});
    MORTSAFE_CHECK(map.LoadAndDelete(key)->number == 12);
  }
}

template <class Map>
class ReentryTest : public ::testing::Test {};

template <class Key>
using Equal = std::equal_to<Key>;
template <template <class> class Reclaimer>
using ReadDirty =
    ReadDirtyMap<int, Picky, std::hash<int>, Equal<int>, Reclaimer>;
using Broken = LockedMap<int, Picky, std::hash<int>, std::equal_to<>,
                         SelectedDefect<LockedDefect>>;

using Maps =
    ::testing::Types<ReadDirty<ArenaReclaimer>, ReadDirty<EpochReclaimer>,
                     ReadDirty<HazardReclaimer>, HashTrieMap<int, Picky>,
                     LockedMap<int, Picky>, ShardedMap<int, Picky>>;
TYPED_TEST_SUITE(ReentryTest, Maps);

TYPED_TEST(ReentryTest, CallbacksMayCallAnyOperation) {
  EXPECT_EQ(WhatFails([] {
              TypeParam map;
              CallBack(map);
            }),
            "nothing");
}

TYPED_TEST(ReentryTest, AComparisonThatThrowsLeavesTheMapUsable) {
  EXPECT_EQ(WhatFails([] {
              TypeParam map;
              CompareInVain(map);
            }),
            "nothing");
}

// locked:range-holds-lock
TEST(ReentryDefectTest, ALockHeldAcrossACallbackIsADeadlock) {
  EXPECT_EQ(WhatFails([] {
              Broken map{SelectedDefect(LockedDefect::kRangeHoldsLock)};
              CallBack(map);
            }),
            "deadlock");
}

// locked:throw-keeps-lock
TEST(ReentryDefectTest, ALockThatSurvivesAnExceptionIsADeadlock) {
  EXPECT_EQ(WhatFails([] {
              Broken map{SelectedDefect(LockedDefect::kThrowKeepsLock)};
              CompareInVain(map);
            }),
            "deadlock");
}

}  // namespace
}  // namespace mortsafe

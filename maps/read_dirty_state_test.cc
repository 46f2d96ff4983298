// The read/dirty map, state for state beside its design: keys are promoted,
// copied, expunged and dropped by exactly the operations that the design says.

#include "maps/read_dirty_state.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "maps/arena_reclaimer.h"
#include "maps/defects.h"
#include "maps/epoch_reclaimer.h"
#include "maps/hazard_reclaimer.h"
#include "maps/read_dirty_design.h"
#include "maps/read_dirty_map.h"

namespace mortsafe {
namespace {

using Design = ReadDirtyDesign<int, int>;
using State = ReadDirtyState<int, int>;
template <template <class> class Reclaimer, class Defects = NoDefects>
using Map = ReadDirtyMap<int, int, std::hash<int>, std::equal_to<int>,
                         Reclaimer, Defects>;
using Faithful = Map<EpochReclaimer>;

// Performs one operation drawn at random on both.
template <class AnyMap>
void PerformOnBoth(Random& random, int keys, int value, AnyMap& map,
                   Design& design) {
  const int key = static_cast<int>(random.Below(static_cast<uint64_t>(keys)));
  const auto row = design.state().rows.find(key);
  const bool known = row != design.state().rows.end();
  const int old = known ? row->second.entry.value.value_or(0) : 0;
  switch (random.Below(20)) {
    case 0:
      map.Clear();
      return design.Clear();
    case 1:
      map.Range([](int, int) { return true; });
      return design.Range();
    case 2:
      map.Store(key, value);
      return design.Store(key, value);
    case 3:
    case 4:
      map.LoadOrStore(key, value);
      return design.LoadOrStore(key, value);
    case 5:
    case 6:
      map.Delete(key);
      return design.Delete(key);
    case 7:
      map.LoadAndDelete(key);
      return design.LoadAndDelete(key);
    case 8:
      map.Swap(key, value);
      return design.Swap(key, value);
    case 9:
    case 10:
      map.CompareAndSwap(key, old, value);
      return design.CompareAndSwap(key, old, value);
    case 11:
    case 12:
      map.CompareAndDelete(key, old);
      return design.CompareAndDelete(key, old);
    default:
      map.Load(key);
      return design.Load(key);
  }
}

// After how many operations the states differ, if they ever do.
template <class AnyMap>
std::optional<int> FirstDifference(AnyMap& map, int keys, int operations) {
  Random random(static_cast<uint64_t>(keys));
  Design design;
  for (int i = 1; i <= operations; ++i) {
    PerformOnBoth(random, keys, i, map, design);
    if (map.State() != design.state()) return i;
  }
  return std::nullopt;
}

template <class Family>
class ReadDirtyStateTest : public ::testing::Test {};
using Reclaimed = ::testing::Types<Map<ArenaReclaimer>, Map<EpochReclaimer>,
                                   Map<HazardReclaimer>>;
TYPED_TEST_SUITE(ReadDirtyStateTest, Reclaimed);

TYPED_TEST(ReadDirtyStateTest, IsThatOfTheDesignAfterEveryOperation) {
  for (const int keys : {1, 2, 3, 8, 40}) {
    TypeParam map;
    EXPECT_EQ(FirstDifference(map, keys, 20'000), std::nullopt)
        << keys << " keys: " << map.StateJson();
  }
}

class DeviationTest : public ::testing::TestWithParam<ReadDirtyDefect> {};

TEST_P(DeviationTest, OfABrokenMapIsSeen) {
  Map<ArenaReclaimer, SelectedDefect<ReadDirtyDefect>> map(
      (SelectedDefect(GetParam())));
  EXPECT_NE(FirstDifference(map, 8, 20'000), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Defects, DeviationTest,
    ::testing::Values(ReadDirtyDefect::kDeleteKeepsKey,
                      ReadDirtyDefect::kDeleteCountsNoMiss,
                      ReadDirtyDefect::kPromotesAtEighth,
                      ReadDirtyDefect::kNeverPromotes,
                      ReadDirtyDefect::kDeleteOnlyFromDirty,
                      ReadDirtyDefect::kRangeSkipsDirty));

// A deleted key that read has costs an entry until the next promotion but one,
// and one that only dirty has costs nothing.
TEST(ResidencyTest, FallsWithTheNextCopyAndPromotion) {
  Faithful map;
  map.Store(1, 10);
  map.Load(1);  // {1} is promoted.
  map.Delete(1);
  EXPECT_EQ(map.State().entry_count(), 1U);
  EXPECT_EQ(map.State().value_count(), 0U);
  for (int i = 0; i < 100; ++i) map.Load(1);
  EXPECT_EQ(map.State().entry_count(), 1U);  // Hits bring no promotion.
  map.Store(2, 20);                          // Copies read, without 1.
  EXPECT_EQ(map.State().entry_count(), 2U);
  map.Load(2);  // {2} is promoted.
  EXPECT_EQ(map.State().entry_count(), 1U);
  map.Store(3, 30);
  map.Delete(3);  // Is in dirty alone.
  EXPECT_EQ(map.State().entry_count(), 1U);
}

TEST(StateJsonTest, ShowsEachTableAndEachEntry) {
  Faithful map;
  EXPECT_EQ(map.StateJson(),
            R"({"read":{},"amended":false,"dirty":null,"misses":0})");
  for (int key = 1; key <= 3; ++key) map.Store(key, 10 * key);
  map.Range([](int, int) { return true; });
  map.Delete(1);
  map.Store(4, 40);
  map.Delete(2);
  map.Load(5);
  EXPECT_EQ(map.StateJson(),
            R"({"read":{"1":"expunged","2":"nil","3":30},"amended":true,)"
            R"("dirty":{"2":"nil","3":30,"4":40},"misses":1})");
}

TEST(StateJsonTest, ShowsWhatOnlyABrokenMapHas) {
  State state;
  state.has_dirty = true;
  state.rows[1] = {.entry = {State::Pointer::kMarked, 10},
                   .in_read = true,
                   .in_dirty = true,
                   .own_of_dirty = State::Entry{State::Pointer::kValue, 11}};
  EXPECT_EQ(state.ToJson(), R"({"read":{"1":{"marked":10}},"amended":false,)"
                            R"("dirty":{"1":{"own":11}},"misses":0})");
}

}  // namespace
}  // namespace mortsafe

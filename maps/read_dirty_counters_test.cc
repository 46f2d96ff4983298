// The counters of the read/dirty map: each event is counted when it happens,
// and a map that does not count is none the larger for it.

#include "maps/read_dirty_counters.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>

#include "gtest/gtest.h"
#include "maps/arena_reclaimer.h"
#include "maps/defects.h"
#include "maps/read_dirty_map.h"

namespace mortsafe {
namespace {

template <class Counters>
using Map = ReadDirtyMap<int, int, std::hash<int>, std::equal_to<int>,
                         ArenaReclaimer, NoDefects, Counters>;
using Event = ReadDirtyEvent;

class ReadDirtyCountersTest : public ::testing::Test {
 protected:
  uint64_t Count(Event event) const { return map_.counters().Of(event); }
  // Leaves `key`, the only one, in `read`.
  void StoreAndPromote(int key) {
    map_.Store(key, 10);
    EXPECT_EQ(map_.Load(key), 10);
  }

  Map<ReadDirtyCounters> map_;
};

TEST_F(ReadDirtyCountersTest, ANewKeyCostsACopyAndItsLoadAMissAndAPromotion) {
  map_.Store(1, 10);
  EXPECT_EQ(Count(Event::kCopy), 1u);
  EXPECT_EQ(Count(Event::kMiss), 0u);
  map_.Load(1);
  EXPECT_EQ(Count(Event::kMiss), 1u);
  EXPECT_EQ(Count(Event::kPromotion), 1u);
  EXPECT_EQ(Count(Event::kReadHit), 0u);
}

TEST_F(ReadDirtyCountersTest, LoadsInReadHitWhatIsThereAndWhatWasDeleted) {
  StoreAndPromote(1);
  EXPECT_EQ(map_.Load(1), 10);
  EXPECT_EQ(Count(Event::kReadHit), 1u);
  map_.Delete(1);
  EXPECT_EQ(map_.Load(1), std::nullopt);
  EXPECT_EQ(map_.Load(1), std::nullopt);
  EXPECT_EQ(Count(Event::kReadHit), 1u);
  EXPECT_EQ(Count(Event::kReadHitStale), 2u);
  // A key that `read` never had is no hit of either kind.
  EXPECT_EQ(map_.Load(2), std::nullopt);
  EXPECT_EQ(Count(Event::kReadHitStale), 2u);
}

TEST_F(ReadDirtyCountersTest, StoresTakeDeletedEntriesUpAgain) {
  StoreAndPromote(1);
  map_.Store(1, 11);
  EXPECT_EQ(Count(Event::kStaleReused), 0u);
  map_.Delete(1);
  map_.Store(1, 12);
  EXPECT_EQ(Count(Event::kStaleReused), 1u);
  map_.Delete(1);
  map_.LoadOrStore(1, 13);
  EXPECT_EQ(Count(Event::kStaleReused), 2u);
}

TEST_F(ReadDirtyCountersTest, ACopyExpungesWhatWasDeleted) {
  StoreAndPromote(1);
  map_.Delete(1);
  EXPECT_EQ(Count(Event::kExpunge), 0u);
  map_.Store(2, 20);
  EXPECT_EQ(Count(Event::kCopy), 2u);
  EXPECT_EQ(Count(Event::kExpunge), 1u);
  // Under the lock, and counted all the same.
  map_.Store(1, 11);
  EXPECT_EQ(Count(Event::kStaleReused), 1u);
}

TEST_F(ReadDirtyCountersTest, AreToldAsJson) {
  StoreAndPromote(1);
  map_.Load(1);
  EXPECT_EQ(map_.counters().ToJson(),
            R"({"readHit":1,"readHitStale":0,"miss":1,"staleReused":0,)"
            R"("promotion":1,"copy":1,"expunge":0})");
}

TEST(NoCountersTest, TakeNoRoom) {
  EXPECT_TRUE(std::is_empty_v<NoCounters>);
  EXPECT_EQ(sizeof(Map<NoCounters>) + sizeof(ReadDirtyCounters),
            sizeof(Map<ReadDirtyCounters>));
}

}  // namespace
}  // namespace mortsafe

// What operations allocate, in the maps as products have them: Go's tests
// demand that Range and Clear allocate nothing, and a Clear of its newer map
// one thing.

#undef MORTSAFE_MODELLED

#include <cstddef>
#include <cstdlib>
#include <functional>
#include <new>

#include "gtest/gtest.h"
#include "maps/arena_reclaimer.h"
#include "maps/epoch_reclaimer.h"
#include "maps/hash_trie_map.h"
#include "maps/hazard_reclaimer.h"
#include "maps/locked_map.h"
#include "maps/read_dirty_map.h"

namespace {

struct Allocated {
  size_t times = 0;
  size_t bytes = 0;
};
// By all that the program did: tests here have one thread.
Allocated in_all;

}  // namespace

void* operator new(size_t size) {
  ++in_all.times;
  in_all.bytes += size;
  void* const memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace mortsafe {
namespace {

template <class Work>
Allocated AllocatedBy(Work work) {
  const Allocated before = in_all;
  work();
  return {in_all.times - before.times, in_all.bytes - before.bytes};
}

template <template <class> class Reclaimer>
using IntReadDirtyMap =
    ReadDirtyMap<int, int, std::hash<int>, std::equal_to<int>, Reclaimer>;
using IntHashTrieMap = HashTrieMap<int, int>;

constexpr int kKeys = 1024;

template <class Map>
void StoreKeys(Map& map) {
  for (int key = 0; key < kKeys; ++key) map.Store(key, key);
}

// How many keys there are.
template <class Map>
int Visit(Map& map) {
  int visited = 0;
  map.Range([&](int, int) { return ++visited > 0; });
  return visited;
}

template <class Map>
class AllocationTest : public ::testing::Test {};
using Maps = ::testing::Types<IntReadDirtyMap<ArenaReclaimer>,
                              IntReadDirtyMap<EpochReclaimer>,
                              IntReadDirtyMap<HazardReclaimer>, IntHashTrieMap>;
TYPED_TEST_SUITE(AllocationTest, Maps);

TYPED_TEST(AllocationTest, RangeAllocatesNothing) {
  TypeParam map;
  StoreKeys(map);
  Visit(map);  // Promotes, where there is something to be promoted.
  int visited = 0;
  EXPECT_EQ(AllocatedBy([&] { visited = Visit(map); }).times, 0);
  EXPECT_EQ(visited, kKeys);
}

TEST(LockedMapAllocationTest, ItsRangeCopies) {
  LockedMap<int, int> map;
  StoreKeys(map);
  EXPECT_GE(AllocatedBy([&] { Visit(map); }).bytes, kKeys * sizeof(int));
}

template <class Map>
class ReadDirtyAllocationTest : public ::testing::Test {};
using ReadDirtyMaps = ::testing::Types<IntReadDirtyMap<ArenaReclaimer>,
                                       IntReadDirtyMap<EpochReclaimer>,
                                       IntReadDirtyMap<HazardReclaimer>>;
TYPED_TEST_SUITE(ReadDirtyAllocationTest, ReadDirtyMaps);

TYPED_TEST(ReadDirtyAllocationTest, ClearOfAnEmptyMapAllocatesNothing) {
  TypeParam map;
  EXPECT_EQ(AllocatedBy([&] { map.Clear(); }).times, 0);
}

TEST(HashTrieAllocationTest, ClearAllocatesARoot) {
  IntHashTrieMap map;
  StoreKeys(map);
  EXPECT_EQ(AllocatedBy([&] { map.Clear(); }).times, 1);
}

TYPED_TEST(ReadDirtyAllocationTest, CopiesOfFewKeysAreSmall) {
  TypeParam map;
  StoreKeys(map);
  Visit(map);
  for (int key = 0; key < kKeys; ++key) map.Delete(key);
  // The first copy is still made of all keys, which it expunges.
  map.Store(kKeys, 0);
  Visit(map);
  EXPECT_LT(AllocatedBy([&] { map.Store(kKeys + 1, 0); }).bytes, kKeys);
}

}  // namespace
}  // namespace mortsafe

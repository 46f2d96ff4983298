// Read/dirty maps in every kind of state, for a debugger to look at: what
// scripts/gdb/state_test runs and README.md shows.
//
//   gdb -ex 'source scripts/gdb/mortsafe.py' -ex 'break Ready' -ex run
//       build/release/bin/state_example_native
//   (gdb) mortsafe-state map
//
// Brings one map after the other into its state, prints a line "NAME JSON" with
// what the process itself has to say of that, and calls Ready(map). All of them
// are still there at the last call, as `maps->NAME`.
//
// One source is four programs: with the seam's types as a product has them and
// as the harness has them, with and without optimisation.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iostream>
#include <semaphore>
#include <string>
#include <string_view>
#include <thread>

#include "maps/defects.h"
#include "maps/epoch_reclaimer.h"
#include "maps/hazard_reclaimer.h"
#include "maps/read_dirty_map.h"
#include "maps/reclaimable.h"

namespace mortsafe {
namespace {

// Where a thread stands still in the middle of an operation.
class Gate {
 public:
  // Called by that thread.
  void Pass() {
    reached_.release();
    open_.acquire();
  }
  void WaitUntilReached() { reached_.acquire(); }
  void Open() { open_.release(); }

 private:
  std::binary_semaphore reached_{0};
  std::binary_semaphore open_{0};
};

// A gate that the calling thread comes to when it has counted down to zero.
struct Countdown {
  int left = 0;
  Gate* gate = nullptr;

  void Count() {
    if (left == 0) return;
    --left;
    if (left == 0) gate->Pass();
  }
};
thread_local Countdown comparisons;
thread_local Countdown retirements;

struct CountedEqual {
  bool operator()(int left, int right) const {
    comparisons.Count();
    return left == right;
  }
};

// Counts what is retired.
template <class Defects>
class CountedReclaimer : public EpochReclaimer<Defects> {
 public:
  using EpochReclaimer<Defects>::EpochReclaimer;
  void Retire(Reclaimable* object) {
    retirements.Count();
    EpochReclaimer<Defects>::Retire(object);
  }
};

struct Point {
  int x;
  int y;

  friend auto operator<=>(const Point&, const Point&) = default;
};

struct PointHash {
  size_t operator()(const Point& point) const {
    return std::hash<int>()((point.x * 1000) + point.y);
  }
};

using Defect = SelectedDefect<ReadDirtyDefect>;
using IntMap = ReadDirtyMap<int, int>;
using UnsignedMap = ReadDirtyMap<uint64_t, uint64_t, std::hash<uint64_t>,
                                 std::equal_to<>, HazardReclaimer>;
using StringMap = ReadDirtyMap<std::string, std::string>;
using PointMap = ReadDirtyMap<Point, int16_t, PointHash>;
using MarkedMap = ReadDirtyMap<int, int, std::hash<int>, std::equal_to<>,
                               EpochReclaimer, Defect>;
using CopiedMap = ReadDirtyMap<int, int, std::hash<int>, CountedEqual>;
using PromotedMap = ReadDirtyMap<int, int, std::hash<int>, std::equal_to<>,
                                 CountedReclaimer, Defect>;

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string KeyText(const std::string& key) { return Quoted(key); }
std::string KeyText(const Point& key) {
  return "\"{x = " + std::to_string(key.x) + ", y = " + std::to_string(key.y) +
         "}\"";
}
std::string ValueText(const std::string& value) {
  return "{\"value\":" + Quoted(value) + "}";
}
std::string ValueText(int value) { return std::to_string(value); }

// The JSON of a map that has no StateJson(), because its keys are no integers.
// REQUIRES: the map has no dirty table, and each key a value.
template <class Map>
std::string UnamendedJson(Map& map) {
  std::string read;
  for (const auto& [key, row] : map.State().rows) {
    if (!read.empty()) read += ',';
    read += KeyText(key) + ":" + ValueText(*row.entry.value);
  }
  return "{\"read\":{" + read +
         "},\"amended\":false,\"dirty\":null,\"misses\":0}";
}

template <class Map>
std::string Json(Map& map) {
  if constexpr (requires { map.StateJson(); }) {
    return map.StateJson();
  } else {
    return UnamendedJson(map);
  }
}

// Promotes what is in `dirty`.
template <class Map>
void Promote(Map& map) {
  map.Range([](const auto&, const auto&) { return true; });
}

// Two keys in `read`, one of them below zero.
void MakeUnamended(IntMap& map) {
  map.Store(-7, 70);
  map.Store(3, -30);
  Promote(map);
}

// Three keys in `read`, two more in `dirty` alone, and a miss: no promotion
// before the fifth.
void MakeAmended(UnsignedMap& map) {
  for (const uint64_t key : {1, 2, 3}) map.Store(key, 10 * key);
  Promote(map);
  map.Store(UINT64_MAX, UINT64_MAX);
  map.Store(4, 40);
  map.Load(4);
}

// Keys that were deleted before `dirty` was made, and are expunged; after, and
// are nil in both tables; and from `dirty` alone.
void MakeDeleted(IntMap& map) {
  for (int key = 0; key < 5; ++key) map.Store(key, 100 + key);
  Promote(map);
  map.Delete(0);
  map.Delete(1);
  map.Store(5, 105);
  map.Store(6, 106);
  map.Delete(2);
  map.CompareAndDelete(6, 106);
}

// Clear leaves an empty `dirty` behind.
void MakeCleared(IntMap& map) {
  map.Store(1, 10);
  Promote(map);
  map.Store(2, 20);
  map.Clear();
}

void MakeStrings(StringMap& map) {
  map.Store("a key that is longer than a string holds in itself", "long");
  map.Store("", "of the empty key");
  map.Store("quoted", R"(a "word" and a \)");
  Promote(map);
}

void MakePoints(PointMap& map) {
  map.Store({1, 2}, 12);
  map.Store({0, 5}, 5);
  Promote(map);
}

// A mistake made on purpose: deleted values are marked.
void MakeMarked(MarkedMap& map) {
  map.Store(1, 10);
  map.Store(2, 20);
  Promote(map);
  map.Delete(2);
}

// The thread stops while it copies the second of three keys to a new `dirty`:
// `read` is not amended yet, and the lock is held.
void MakeCopied(CopiedMap& map, Gate& gate) {
  for (const int key : {1, 2, 3}) map.Store(key, 10 * key);
  Promote(map);
  // The key is compared with three without the lock, and with three under it;
  // then the second that is copied with the first.
  comparisons = {.left = 7, .gate = &gate};
  map.Store(4, 40);
}

// A mistake made on purpose: a promotion copies the entries. The thread stops
// when it has published the copy: `dirty` still has the old ones.
void MakePromoted(PromotedMap& map, Gate& gate) {
  map.Store(1, 10);
  map.Store(2, 20);
  retirements = {.left = 1, .gate = &gate};
  Promote(map);
}

struct Maps {
  IntMap empty;
  IntMap unamended;
  UnsignedMap amended;
  IntMap deleted;
  IntMap cleared;
  StringMap strings;
  PointMap points;
  MarkedMap marked{Defect(ReadDirtyDefect::kLoadTakesValueBeforeMark)};
  CopiedMap copied;
  PromotedMap promoted{Defect(ReadDirtyDefect::kPromotionCopiesEntries)};
};

// For the debugger alone.
[[gnu::used]] Maps* maps = nullptr;

// Where to stop: `map` is ready to be looked at. Its name makes each of these
// functions another: compilers make one of those that do the same, and a
// debugger could not tell what `map` is.
template <class Map>
[[gnu::noinline]] void Ready(Map& map) {
  asm volatile("" : : "r"(&map), "r"(__PRETTY_FUNCTION__) : "memory");
}

template <class Map>
void Show(std::string_view name, Map& map) {
  std::cout << name << ' ' << Json(map) << std::endl;
  Ready(map);
}

void Main() {
  Maps all;
  maps = &all;
  Show("empty", all.empty);
  MakeUnamended(all.unamended);
  Show("unamended", all.unamended);
  MakeAmended(all.amended);
  Show("amended", all.amended);
  MakeDeleted(all.deleted);
  Show("deleted", all.deleted);
  MakeCleared(all.cleared);
  Show("cleared", all.cleared);
  MakeStrings(all.strings);
  Show("strings", all.strings);
  MakePoints(all.points);
  Show("points", all.points);
  MakeMarked(all.marked);
  Show("marked", all.marked);

  Gate copy;
  std::thread copier([&] { MakeCopied(all.copied, copy); });
  copy.WaitUntilReached();
  Show("copied", all.copied);
  Gate promotion;
  std::thread promoter([&] { MakePromoted(all.promoted, promotion); });
  promotion.WaitUntilReached();
  Show("promoted", all.promoted);

  copy.Open();
  promotion.Open();
  copier.join();
  promoter.join();
}

}  // namespace
}  // namespace mortsafe

int main() {
  mortsafe::Main();
  return 0;
}

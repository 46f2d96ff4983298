// Memory orders as defects: each atomic operation in the code of a map, and of
// what it is built on, made relaxed, one at a time; not those of construction,
// destruction and inspection, when nobody else is there. They are not listed by
// hand: a map that notes them is used until it has called them all.

#ifndef MORTSAFE_HARNESS_SUBJECT_RELAXED_ORDERS_H_
#define MORTSAFE_HARNESS_SUBJECT_RELAXED_ORDERS_H_

#include <cstdint>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/random.h"
#include "maps/defects.h"

namespace mortsafe {

struct AtomicOperation {
  std::source_location where;
  // "try-expunge-2": the second atomic operation of the function TryExpunge, or
  // of a constructor or destructor; without a number if it is the only one.
  std::string name;
  // "maps/read_dirty_map.h:549"
  std::string place;
};

// Names what was found, in the order of the code. The same in every build.
std::vector<AtomicOperation> NameAtomicOperations(
    std::vector<std::source_location> places);

// The atomic operations of `Map`, a map with the policy NotesOrders and all ten
// operations: those that one client calls, which are all that there are but for
// those on paths for several.
template <class Map>
std::vector<AtomicOperation> AtomicOperationsOf() {
  constexpr int kOperations = 1'000;
  constexpr uint64_t kKeys = 3;
  std::vector<std::source_location> places;
  Map map((NotesOrders(&places)));
  Random random(1);
  for (uint64_t value = 1; value <= kOperations; ++value) {
    const uint64_t key = random.Below(kKeys);
    const uint64_t old_value = map.Load(key).value_or(0);
    switch (random.Below(8)) {
      case 0:
        map.Swap(key, value);
        break;
      case 1:
        map.LoadOrStore(key, value);
        break;
      case 2:
      case 3:
        map.LoadAndDelete(key);
        break;
      case 4:
        map.CompareAndSwap(key, old_value, value);
        break;
      case 5:
        map.CompareAndDelete(key, old_value);
        break;
      case 6:
        map.Range([](uint64_t, uint64_t) { return true; });
        break;
      default:
        if (random.OneIn(4)) map.Clear();
    }
  }
  return NameAtomicOperations(std::move(places));
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SUBJECT_RELAXED_ORDERS_H_

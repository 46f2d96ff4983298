// For tests: a map from int to int beside a std::map that does the same.

#ifndef MORTSAFE_MAPS_BESIDE_REFERENCE_H_
#define MORTSAFE_MAPS_BESIDE_REFERENCE_H_

#include <cstdint>
#include <map>
#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"

namespace mortsafe {

// What a Range shows; expects that it shows no key twice.
template <class Map>
std::map<int, int> Contents(Map& map) {
  std::map<int, int> contents;
  map.Range([&](int key, int value) {
    EXPECT_TRUE(contents.emplace(key, value).second) << "key twice: " << key;
    return true;
  });
  return contents;
}

// Performs one operation drawn at random, on one of so many keys, on both maps,
// and expects equal answers. Of `clears` Clears that are drawn one is
// performed.
template <class Map>
void PerformOnBoth(Random& random, uint64_t keys, uint64_t clears, int value,
                   Map& map, std::map<int, int>& reference) {
  const int key = static_cast<int>(random.Below(keys));
  const auto there = reference.find(key);
  const std::optional<int> now =
      there == reference.end() ? std::nullopt : std::optional(there->second);
  const int old = random.OneIn(3) ? value : now.value_or(0);
  switch (random.Below(10)) {
    case 0:
      map.Store(key, value);
      reference[key] = value;
      break;
    case 1:
      EXPECT_THAT(map.LoadOrStore(key, value),
                  ::testing::Pair(now.value_or(value), now.has_value()));
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
      EXPECT_EQ(Contents(map), reference);
      break;
    case 8:
      if (random.OneIn(clears)) {
        map.Clear();
        reference.clear();
      }
      break;
    default:
      EXPECT_EQ(map.Load(key), now);
  }
}

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_BESIDE_REFERENCE_H_

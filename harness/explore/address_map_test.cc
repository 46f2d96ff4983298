// Addresses that are taken out again leave the others where they can be found,
// also once the table has grown.

#include "harness/explore/address_map.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>

#include "gtest/gtest.h"

namespace mortsafe {
namespace {

struct Number {
  size_t value = 0;
};

TEST(AddressMapTest, TheLatestAddressesAreTakenOutAgain) {
  constexpr size_t kAddresses = 3'000;
  static std::array<char, kAddresses> bytes;
  AddressMap<Number> map;
  for (size_t i = 0; i < kAddresses; ++i) {
    EXPECT_EQ(map[&bytes[i]].value, 0u);
    map[&bytes[i]].value = i + 1;
  }
  for (size_t size = kAddresses; size > 0; size -= 500) {
    map.Truncate(size);
    EXPECT_EQ(map.size(), size);
    for (size_t i = 0; i < kAddresses; ++i) {
      const Number* const found = map.Find(&bytes[i]);
      ASSERT_EQ(found != nullptr, i < size);
      if (found != nullptr) {
        EXPECT_EQ(found->value, i + 1);
      }
    }
  }
  map.Truncate(0);
  EXPECT_EQ(map.Find(bytes.data()), nullptr);
  EXPECT_EQ(map[&bytes[1]].value, 0u);
}

// Few addresses and many are looked for in different ways.
TEST(AddressMapTest, VisitsARangeAndNothingElse) {
  static std::array<char, 768> bytes;
  for (const size_t count : {size_t{4}, size_t{256}}) {
    AddressMap<Number> map;
    for (size_t i = 0; i < count; ++i) map[&bytes[3 * i]].value = i;
    for (const size_t size : {size_t{0}, size_t{1}, size_t{12}, size_t{512}}) {
      std::multiset<uint64_t> visited;
      map.VisitRange(&bytes[8], size, [&](const Number& number) {
        visited.insert(number.value);
      });
      std::multiset<uint64_t> expected;
      for (size_t i = 3; i < count && 3 * i < 8 + size; ++i) expected.insert(i);
      EXPECT_EQ(visited, expected) << count << ", " << size;
    }
  }
}

}  // namespace
}  // namespace mortsafe

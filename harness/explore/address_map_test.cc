// Addresses that are taken out again leave the others where they can be found,
// also once the table has grown.

#include "harness/explore/address_map.h"

#include <array>
#include <cstddef>
#include <cstdint>

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

}  // namespace
}  // namespace mortsafe

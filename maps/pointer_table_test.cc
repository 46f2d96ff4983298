#include "maps/pointer_table.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "maps/test_hashes.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsNull;

// One of the things that tables point to.
int* Thing(size_t number) {
  static auto* const things = new std::array<int, 1000>();
  return &things->at(number);
}

TEST(PointerTableTest, ANewTableIsEmpty) {
  const PointerTable<int, int> table;
  EXPECT_TRUE(table.empty());
  EXPECT_EQ(table.size(), 0);
  EXPECT_EQ(table.begin(), table.end());
  EXPECT_THAT(table.Find(1), IsNull());
}

TEST(PointerTableTest, AKeyThatIsThereKeepsItsPointer) {
  PointerTable<int, int> table;
  int first = 0;
  int second = 0;
  EXPECT_TRUE(table.Insert(1, &first));
  EXPECT_FALSE(table.Insert(1, &second));
  EXPECT_EQ(table.Find(1), &first);
  EXPECT_EQ(table.size(), 1);
}

TEST(PointerTableTest, KeysAreDestroyedWithTheirTable) {
  // A leak otherwise, which AddressSanitizer reports.
  const std::string key(100, 'k');
  int thing = 0;
  PointerTable<std::string, int> table;
  for (int i = 0; i < 20; ++i) {
    table.Insert(key + std::to_string(i), &thing);
  }
  EXPECT_TRUE(table.Erase(key + "3"));
  EXPECT_FALSE(table.Erase(key + "3"));
  EXPECT_THAT(table.Find(key + "3"), IsNull());
  EXPECT_EQ(table.Find(key + "4"), &thing);
  EXPECT_EQ(table.size(), 19);
}

TEST(PointerTableTest, RoomThatWasMadeIsNotMadeAgain) {
  PointerTable<int, int> table;
  table.Reserve(100);
  const auto begin = table.begin();
  for (int key = 0; key < 100; ++key)
    table.Insert(key, Thing(static_cast<size_t>(key)));
  EXPECT_EQ(table.begin(), begin);
  table.Clear();
  EXPECT_TRUE(table.empty());
  EXPECT_THAT(table.Find(1), IsNull());
  EXPECT_TRUE(table.Insert(1, Thing(1)));
  EXPECT_EQ(table.begin(), begin);
}

std::vector<int> Keys(const PointerTable<int, int>& table) {
  std::vector<int> keys;
  for (const auto [key, pointer] : table) keys.push_back(key);
  return keys;
}

TEST(PointerTableTest, KeysAreInTheOrderInWhichTheyCame) {
  PointerTable<int, int> table;
  std::vector<int> came;
  for (int i = 0; i < 50; ++i) {
    came.push_back(1000 - 7 * i);
    table.Insert(came.back(), Thing(0));
    ASSERT_EQ(Keys(table), came);
  }
}

TEST(PointerTableTest, TheLastKeyTakesThePlaceOfOneThatIsErased) {
  PointerTable<int, int> table;
  for (const int key : {1, 2, 3, 4}) table.Insert(key, Thing(0));
  table.Erase(2);
  EXPECT_THAT(Keys(table), ElementsAre(1, 4, 3));
  table.Erase(3);
  EXPECT_THAT(Keys(table), ElementsAre(1, 4));
}

template <class Hash>
class PointerTableHashTest : public ::testing::Test {};
using Hashes =
    ::testing::Types<std::hash<uint64_t>, CollidingHash<uint64_t>,
                     FourBitHash<uint64_t>, SecondNibbleHash<uint64_t>>;
TYPED_TEST_SUITE(PointerTableHashTest, Hashes);

// Few keys, so that runs of slots are long and gaps are closed in all ways.
TYPED_TEST(PointerTableHashTest, DoesWhatTheStandardLibrarysTableDoes) {
  for (const uint64_t keys : {4, 12, 100}) {
    PointerTable<uint64_t, int, TypeParam> table;
    std::unordered_map<uint64_t, int*> expected;
    Random random(keys);
    for (int i = 0; i < 5000; ++i) {
      const uint64_t key = random.Below(keys);
      if (random.OneIn(2)) {
        int* const thing = Thing(random.Below(1000));
        ASSERT_EQ(table.Insert(key, thing),
                  expected.emplace(key, thing).second);
      } else if (random.OneIn(200)) {
        table.Clear();
        expected.clear();
      } else {
        ASSERT_EQ(table.Erase(key), expected.erase(key) == 1);
      }
      ASSERT_EQ(table.size(), expected.size());
      const uint64_t other = random.Below(keys);
      const auto found = expected.find(other);
      ASSERT_EQ(table.Find(other),
                found == expected.end() ? nullptr : found->second);
    }
    std::unordered_map<uint64_t, int*> listed;
    for (const auto [key, pointer] : table) {
      EXPECT_TRUE(listed.emplace(key, pointer).second) << key;
    }
    EXPECT_EQ(listed, expected);
  }
}

}  // namespace
}  // namespace mortsafe

#include "harness/base/bytes.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace mortsafe {
namespace {

struct Pair {
  uint32_t first = 0;
  uint8_t second = 0;
};

TEST(BytesTest, WhatWasWrittenIsReadBackInOrder) {
  ByteWriter writer;
  writer.Put(uint16_t{7});
  writer.PutAll(std::vector<Pair>{{1, 2}, {3, 4}});
  writer.PutText("text");
  writer.PutAll(std::vector<uint64_t>());

  ByteReader reader(writer.bytes());
  EXPECT_EQ(reader.Get<uint16_t>(), 7);
  std::vector<Pair> pairs;
  reader.GetAll(pairs);
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[1].first, 3u);
  EXPECT_EQ(pairs[1].second, 4);
  EXPECT_EQ(reader.GetText(), "text");
  EXPECT_FALSE(reader.AtEnd());
  std::vector<uint64_t> none = {1};
  reader.GetAll(none);
  EXPECT_TRUE(none.empty());
  EXPECT_TRUE(reader.AtEnd());
}

TEST(BytesDeathTest, WhatIsCutShortIsRefused) {
  ByteWriter writer;
  writer.PutText("a text that is cut");
  std::string bytes = writer.Take();
  bytes.pop_back();
  EXPECT_EXIT(ByteReader(bytes).GetText(), testing::ExitedWithCode(3),
              "longer than that");
  EXPECT_EXIT(ByteReader("four").Get<uint64_t>(), testing::ExitedWithCode(3),
              "longer than that");
}

}  // namespace
}  // namespace mortsafe

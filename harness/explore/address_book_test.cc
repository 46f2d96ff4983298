#include "harness/explore/address_book.h"

#include <cstddef>
#include <cstdint>

#include "gtest/gtest.h"
#include "harness/model/address_area.h"
#include "harness/model/execution.h"

namespace mortsafe {
namespace {

uint64_t WordOf(const void* address) {
  return reinterpret_cast<uint64_t>(address);
}

int in_the_program = 0;

TEST(AddressAreaTest, IsWhereItIsWantedIfThatIsFree) {
  constexpr uintptr_t kWanted = 0x300000000000;
  constexpr size_t kSize = size_t{1} << 20;
  const AddressArea first(kWanted, kSize);
  EXPECT_EQ(first.range().begin, kWanted);
  const AddressArea second(kWanted, kSize);
  const AddressRange range = second.range();
  EXPECT_NE(range.begin, kWanted);
  EXPECT_EQ(range.begin % AddressArea::kAlignment, 0u);
  EXPECT_EQ(range.size, kSize);
  EXPECT_EQ(range.common, kWanted);
  second.begin()[kSize - 1] = 1;
  EXPECT_EQ(first.begin()[kSize - 1], 0);
}

TEST(AddressBookTest, TranslatesBetweenExecutionsAtDifferentPlaces) {
  const Execution first;
  const Execution second;
  const AddressBook book_of_first(first);
  const AddressBook book_of_second(second);
  const auto ranges = first.AddressRanges();
  const auto others = second.AddressRanges();
  for (size_t i = 0; i < ranges.size(); ++i) {
    for (const uint64_t offset : {uint64_t{0}, uint64_t{ranges[i].size - 1}}) {
      // With a tag, too.
      for (const uint64_t tag : {uint64_t{0}, uint64_t{0x8001} << 48}) {
        const uint64_t word = (ranges[i].begin + offset) | tag;
        const uint64_t common = book_of_first.ToCommon(word);
        EXPECT_EQ(common, (ranges[i].common + offset) | tag);
        EXPECT_EQ(book_of_first.FromCommon(common), word);
        EXPECT_EQ(book_of_second.FromCommon(common),
                  (others[i].begin + offset) | tag);
      }
    }
  }
}

TEST(AddressBookTest, WhatIsNoAddressOfAnExecutionsStays) {
  const Execution execution;
  const AddressBook book(execution);
  const int on_the_stack = 0;
  for (const uint64_t word :
       {uint64_t{0}, uint64_t{42}, UINT64_MAX, WordOf(&on_the_stack)}) {
    EXPECT_EQ(book.ToCommon(word), word);
    EXPECT_EQ(book.FromCommon(word), word);
  }
  EXPECT_NE(book.ToCommon(WordOf(&in_the_program)), WordOf(&in_the_program));
}

}  // namespace
}  // namespace mortsafe

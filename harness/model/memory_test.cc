// The memory of executions: places repeat, freed blocks are not used again, and
// the account balances.

#include "harness/model/memory.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "gtest/gtest.h"
#include "harness/model/sanitizers.h"

namespace mortsafe {
namespace {

constexpr bool kArenas = !kAddressSanitizer && !kThreadSanitizer;

struct BadFrees {
  int twice = 0;
  int others = 0;
  static void Count(void* self, bool twice, const void*) {
    ++(twice ? static_cast<BadFrees*>(self)->twice
             : static_cast<BadFrees*>(self)->others);
  }
};

std::vector<uintptr_t> PlacesOfTwoThreads(ExecutionMemory& memory) {
  uintptr_t places[4];
  memory.Begin(false);
  memory.SetThread(0);
  auto first = std::make_unique<int>(1);
  memory.SetThread(1);
  auto second = std::make_unique<int>(2);
  places[0] = reinterpret_cast<uintptr_t>(first.get());
  places[1] = reinterpret_cast<uintptr_t>(second.get());
  first.reset();
  auto third = std::make_unique<int>(3);
  places[2] = reinterpret_cast<uintptr_t>(third.get());
  memory.SetThread(0);
  auto fourth = std::make_unique<int>(4);
  places[3] = reinterpret_cast<uintptr_t>(fourth.get());
  second.reset();
  third.reset();
  fourth.reset();
  memory.End();
  return {places, places + 4};
}

TEST(ExecutionMemoryTest, PlacesAreAFunctionOfTheThreadsPast) {
  if (!kArenas) {
    EXPECT_TRUE(kAddressSanitizer || kThreadSanitizer);
    return;  // The sanitizer places the blocks.
  }
  BadFrees bad;
  ExecutionMemory memory(&BadFrees::Count, &bad);
  const std::vector<uintptr_t> places = PlacesOfTwoThreads(memory);
  EXPECT_EQ(PlacesOfTwoThreads(memory), places);
  EXPECT_NE(places[3], places[0]) << "a freed block was used again";
  EXPECT_LT(places[0], places[3]);
}

TEST(ExecutionMemoryTest, CountsLiveBlocks) {
  BadFrees bad;
  ExecutionMemory memory(&BadFrees::Count, &bad);
  memory.Begin(false);
  // Called as functions: a compiler may leave out a pair of expressions.
  void* const kept = ::operator new(4);
  ::operator delete(::operator new(4));
  ::operator delete[](::operator new[](400));
  EXPECT_EQ(memory.live_blocks(), 1);
  {
    const HarnessAllocations harness;
    const std::vector<int> mine(100);
    EXPECT_EQ(memory.live_blocks(), 1);
  }
  ::operator delete(kept);
  EXPECT_EQ(memory.live_blocks(), 0);
  memory.End();
}

// More than an account of few blocks has room for, and few again.
TEST(ExecutionMemoryTest, CountsManyLiveBlocks) {
  BadFrees bad;
  ExecutionMemory memory(&BadFrees::Count, &bad);
  std::vector<std::unique_ptr<int>> blocks(3000);
  for (const int count : {3000, 10, 600}) {
    memory.Begin(false);
    for (int i = 0; i < count; ++i) {
      blocks[static_cast<size_t>(i)] = std::make_unique<int>(i);
    }
    EXPECT_EQ(memory.live_blocks(), count);
    for (int i = 0; i < count; i += 2) {
      EXPECT_TRUE(memory.Owns(blocks[static_cast<size_t>(i)].get()));
      blocks[static_cast<size_t>(i)].reset();
    }
    EXPECT_EQ(memory.live_blocks(), count / 2);
    for (int i = 1; i < count; i += 2) blocks[static_cast<size_t>(i)].reset();
    EXPECT_EQ(memory.live_blocks(), 0);
    memory.End();
  }
}

TEST(ExecutionMemoryTest, AbandonedBlocksAreReleasedByTheNextExecution) {
  BadFrees bad;
  ExecutionMemory memory(&BadFrees::Count, &bad);
  for (int i = 0; i < 3; ++i) {
    memory.Begin(false);
    EXPECT_EQ(memory.live_blocks(), 0);
    static_cast<void>(::operator new(1000));
    EXPECT_EQ(memory.live_blocks(), 1);
    memory.End();
  }
}

TEST(ExecutionMemoryTest, NoticesBadFreesWhereNoSanitizerDoes) {
  if (!kArenas) {
    EXPECT_TRUE(kAddressSanitizer || kThreadSanitizer);
    return;  // The sanitizer ends the process.
  }
  BadFrees bad;
  ExecutionMemory memory(&BadFrees::Count, &bad);
  memory.Begin(false);
  // Volatile, so that no compiler follows what is done to the blocks.
  void* volatile block = ::operator new(32);
  ::operator delete(block);
  ::operator delete(block);
  EXPECT_EQ(bad.twice, 1);
  void* volatile other = ::operator new(64);
  std::memset(other, 0, 64);
  void* volatile inside = static_cast<char*>(other) + 32;
  ::operator delete(inside);
  EXPECT_EQ(bad.others, 1);
  memory.End();
}

TEST(ExecutionMemoryTest, HonoursAlignment) {
  BadFrees bad;
  ExecutionMemory memory(&BadFrees::Count, &bad);
  memory.Begin(true);
  for (const size_t alignment : {16u, 64u, 4096u}) {
    const std::align_val_t aligned{alignment};
    void* const block = ::operator new(24, aligned);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % alignment, 0u);
    EXPECT_TRUE(memory.Owns(block));
    ::operator delete(block, aligned);
  }
  EXPECT_EQ(memory.records().size(), 3u);
  memory.End();
}

}  // namespace
}  // namespace mortsafe

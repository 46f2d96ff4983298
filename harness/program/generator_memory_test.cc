// Generation is on the hunt's hot path and must not allocate once it is warm.
// This program counts its own allocations, hence a file of its own.

#include <cstddef>
#include <cstdlib>
#include <new>

#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/program/generator.h"

namespace {

size_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace mortsafe {
namespace {

TEST(GeneratorMemoryTest, WarmGenerationDoesNotAllocate) {
  const ProgramBounds bounds = {
      .threads = 8, .operations = 15, .keys = 8, .initial = 15};
  Random random(41);
  Program program;
  // Vectors grow to their largest size somewhere in the first rounds.
  for (int round = 0; round < 20000; ++round) {
    GenerateProgram(bounds, random, program);
  }
  const size_t before = allocations;
  EXPECT_GT(before, 0u);
  for (int round = 0; round < 20000; ++round) {
    GenerateProgram(bounds, random, program);
  }
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace mortsafe

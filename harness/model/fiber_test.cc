#include "harness/model/fiber.h"

#include <cstddef>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/model/sanitizers.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;

struct PingPong {
  Fiber caller;
  Fiber other;
  std::vector<int> log;

  // Switches do not synchronise, and the log is the test's own. So is the copy
  // of `entry`, on a stack that was another fiber's before.
  void Log(int entry) {
    const IgnoreRaces ignore;
    const int copy = entry;
    log.push_back(copy);
  }

  static void Main(void* self_pointer) {
    auto* const self = static_cast<PingPong*>(self_pointer);
    for (int i = 0;; ++i) {
      self->Log(100 + i);
      Fiber::Switch(self->other, self->caller);
    }
  }
};

TEST(FiberTest, ControlGoesBackAndForthAndStateIsKept) {
  PingPong test;
  test.other.Start(&PingPong::Main, &test);
  for (int i = 0; i < 3; ++i) {
    test.Log(i);
    Fiber::Switch(test.caller, test.other);
  }
  EXPECT_THAT(test.log, ElementsAre(0, 100, 1, 101, 2, 102));
}

TEST(FiberTest, StartingAgainForgetsTheMiddle) {
  PingPong test;
  for (int i = 0; i < 3; ++i) {
    test.other.Start(&PingPong::Main, &test);
    Fiber::Switch(test.caller, test.other);
  }
  EXPECT_THAT(test.log, ElementsAre(100, 100, 100));
}

#if defined(MORTSAFE_ASAN)
// What only the caller's stack points to would pass for a leak if not.
TEST(FiberTest, AddressSanitizerKnowsTheCallersStackAgain) {
  PingPong test;
  test.other.Start(&PingPong::Main, &test);
  Fiber::Switch(test.caller, test.other);

  int on_stack = 0;
  char name[16];
  void* begin = nullptr;
  size_t size = 0;
  EXPECT_STREQ(
      __asan_locate_address(&on_stack, name, sizeof(name), &begin, &size),
      "stack");
}
#endif

}  // namespace
}  // namespace mortsafe

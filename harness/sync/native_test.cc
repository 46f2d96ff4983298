// Outside of the harness the seam is std itself, at no cost.

#undef MORTSAFE_MODELLED

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

TEST(NativeTest, TypesAreStds) {
  EXPECT_TRUE((std::is_same_v<atomic<int>, std::atomic<int>>));
  EXPECT_TRUE((std::is_same_v<mutex, std::mutex>));
  EXPECT_TRUE((std::is_same_v<shared_mutex, std::shared_mutex>));
  EXPECT_TRUE((std::is_same_v<condition_variable, std::condition_variable>));
  EXPECT_TRUE((std::is_same_v<thread, std::thread>));
}

TEST(NativeTest, PlainIsTheValueAlone) {
  plain<int> value(std::in_place, 3);
  EXPECT_EQ(sizeof(value), sizeof(int));
  value.write() = 4;
  EXPECT_EQ(value.read(), 4);
}

TEST(NativeTest, AnAtomicThatIsWrittenPlainlyHasTheValue) {
  atomic<int> x{5};
  WritePlainly(x, 6);
  EXPECT_EQ(x.load(), 6);
}

}  // namespace
}  // namespace mortsafe

// Every order in real time comes once, and no other.

#include "harness/explore/real_time_orders.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "harness/model/strategy.h"

namespace mortsafe {
namespace {

// For each call, in the order of threads and their operations: how many
// operations of each thread had returned before it.
using Precedence = std::vector<std::vector<uint32_t>>;

// Builds that from calls and returns as they come.
class Observer {
 public:
  explicit Observer(const std::vector<uint32_t>& operations)
      : returned_(operations.size(), 0), calls_(operations.size()) {}

  void Call(uint32_t thread) { calls_[thread].push_back(returned_); }
  void Return(uint32_t thread) { ++returned_[thread]; }

  Precedence precedence() const {
    Precedence all;
    for (const auto& calls : calls_) {
      all.insert(all.end(), calls.begin(), calls.end());
    }
    return all;
  }

 private:
  std::vector<uint32_t> returned_;
  std::vector<Precedence> calls_;
};

// By definition: of every sequence of calls and returns.
std::set<Precedence> OfAllSequences(const std::vector<uint32_t>& operations) {
  std::set<Precedence> all;
  std::vector<uint32_t> done(operations.size(), 0);  // Calls and returns.
  const std::function<void(const Observer&)> extend =
      [&](const Observer& before) {
        bool over = true;
        for (uint32_t thread = 0; thread < operations.size(); ++thread) {
          if (done[thread] == 2 * operations[thread]) continue;
          over = false;
          Observer after = before;
          done[thread]++ % 2 == 0 ? after.Call(thread) : after.Return(thread);
          extend(after);
          --done[thread];
        }
        if (over) all.insert(before.precedence());
      };
  extend(Observer(operations));
  return all;
}

// Expects that no order comes twice; returns them.
std::set<Precedence> Enumerated(const std::vector<uint32_t>& operations) {
  std::set<Precedence> all;
  RealTimeOrders orders(operations);
  do {
    Observer observer(operations);
    for (const RealTimeOrders::Block& block : orders.blocks()) {
      EXPECT_NE(block.threads, 0u);
      for (uint32_t thread = 0; thread < operations.size(); ++thread) {
        if (!Contains(block.threads, thread)) continue;
        block.calls ? observer.Call(thread) : observer.Return(thread);
      }
    }
    EXPECT_TRUE(all.insert(observer.precedence()).second);
  } while (orders.Next());
  return all;
}

TEST(RealTimeOrdersTest, AreThoseOfAllSequences) {
  for (const std::vector<uint32_t>& operations : {std::vector<uint32_t>{1, 1},
                                                  {2, 1},
                                                  {2, 2},
                                                  {1, 1, 1},
                                                  {0, 3, 2},
                                                  {2, 1, 1},
                                                  {1, 0, 1, 1},
                                                  {1, 1, 1, 1}}) {
    EXPECT_EQ(Enumerated(operations), OfAllSequences(operations));
  }
}

// The labelled interval orders: of one, two, three, four and five intervals
// there are 1, 3, 19, 207 and 3451 (the sequence A079144 of the OEIS).
TEST(RealTimeOrdersTest, OfOneOperationEachAreTheIntervalOrders) {
  EXPECT_EQ(Enumerated({1}).size(), 1u);
  EXPECT_EQ(Enumerated({1, 1}).size(), 3u);
  EXPECT_EQ(Enumerated({1, 1, 1}).size(), 19u);
  EXPECT_EQ(Enumerated({1, 1, 1, 1}).size(), 207u);
  EXPECT_EQ(Enumerated({1, 1, 1, 1, 1}).size(), 3451u);
}

TEST(RealTimeOrdersTest, WithoutOperationsThereIsOne) {
  RealTimeOrders orders({});
  EXPECT_TRUE(orders.blocks().empty());
  EXPECT_FALSE(orders.Next());
  RealTimeOrders none({0, 0});
  EXPECT_TRUE(none.blocks().empty());
  EXPECT_FALSE(none.Next());
}

TEST(RealTimeOrdersTest, TheLastStaysUntilTheyRestart) {
  RealTimeOrders orders({1, 1});
  const std::vector<RealTimeOrders::Block> first = orders.blocks();
  EXPECT_EQ(first, (std::vector<RealTimeOrders::Block>{{true, 3}, {false, 3}}));
  while (orders.Next()) {
  }
  const std::vector<RealTimeOrders::Block> last = orders.blocks();
  EXPECT_EQ(last.size(), 4u);
  EXPECT_FALSE(orders.Next());
  EXPECT_EQ(orders.blocks(), last);
  orders.Restart();
  EXPECT_EQ(orders.blocks(), first);
}

}  // namespace
}  // namespace mortsafe

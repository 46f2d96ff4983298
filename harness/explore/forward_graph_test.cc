// What coherence and happens-before leave open is checked event by event; that
// whole executions are as RC11 says is left to the litmus tests.

#include "harness/explore/forward_graph.h"

#include <atomic>
#include <cstdint>

#include "gtest/gtest.h"
#include "harness/explore/seq_cst_order.h"

namespace mortsafe {
namespace {

using Order = std::memory_order;

class ForwardGraphTest : public testing::Test {
 protected:
  ForwardGraphTest() {
    graph_.Clear();
    graph_.Spawn(0, 1);
    graph_.Spawn(0, 2);
    x_ = graph_.AddLocation(7);
    y_ = graph_.AddLocation(0);
  }

  void Store(uint32_t thread, ForwardLocation* location, uint64_t value,
             Order order = Order::relaxed) {
    graph_.AddWrite(thread, location, location->last_place + 1, value, order);
  }
  uint64_t Load(uint32_t thread, ForwardLocation* location, uint32_t place,
                Order order = Order::relaxed) {
    ForwardEvent& read = graph_.AddRead(thread, location);
    graph_.ReadFrom(read, place, order);
    graph_.Settle(read);
    return read.source->value;
  }
  void Exchange(uint32_t thread, ForwardLocation* location, uint32_t place,
                uint64_t value, Order order = Order::relaxed) {
    ForwardEvent& read = graph_.AddRead(thread, location);
    graph_.ReadFrom(read, place, order);
    graph_.AddExclusiveWrite(read, value);
    graph_.Settle(read);
  }
  uint32_t Lowest(uint32_t thread, const ForwardLocation* location) const {
    return graph_.LowestPlace(*location, thread);
  }

  ForwardGraph graph_;
  ForwardLocation* x_ = nullptr;
  ForwardLocation* y_ = nullptr;
};

TEST_F(ForwardGraphTest, ReadsGoBackToWhatIsKnown) {
  EXPECT_EQ(Load(1, x_, 0), 7);
  Store(1, x_, 1);
  Store(1, x_, 2);
  EXPECT_EQ(Lowest(1, x_), 2);
  EXPECT_EQ(Lowest(2, x_), 0);
  EXPECT_EQ(Load(2, x_, 1), 1);
  EXPECT_EQ(Lowest(2, x_), 1);  // What it has read is not forgotten.
}

TEST_F(ForwardGraphTest, JoiningTellsAll) {
  Store(1, x_, 1);
  Load(2, x_, 1);
  EXPECT_EQ(Lowest(0, x_), 0);
  graph_.Join(0, 2);
  EXPECT_EQ(Lowest(0, x_), 1);
}

TEST_F(ForwardGraphTest, ReleaseAndAcquireTell) {
  Store(1, x_, 1);
  Store(1, y_, 1, Order::release);
  Load(2, y_, 1);
  EXPECT_EQ(Lowest(2, x_), 0);
  Load(2, y_, 1, Order::acquire);
  EXPECT_EQ(Lowest(2, x_), 1);
}

TEST_F(ForwardGraphTest, RelaxedStoresTellNothing) {
  Store(1, x_, 1);
  Store(1, y_, 1);
  Load(2, y_, 1, Order::acquire);
  EXPECT_EQ(Lowest(2, x_), 0);
}

TEST_F(ForwardGraphTest, ReadModifyWritesContinueReleases) {
  graph_.Spawn(0, 3);
  Store(1, x_, 1);
  Store(1, y_, 1, Order::release);
  Exchange(3, y_, 1, 2);
  Load(2, y_, 2, Order::acquire);
  EXPECT_EQ(Lowest(2, x_), 1);
  EXPECT_EQ(Lowest(3, x_), 0);
}

TEST_F(ForwardGraphTest, FencesTellForTheAccessesAroundThem) {
  Store(1, x_, 1);
  graph_.AddFence(1, Order::release);
  Store(1, y_, 1);
  Load(2, y_, 1);
  EXPECT_EQ(Lowest(2, x_), 0);
  graph_.AddFence(2, Order::acquire);
  EXPECT_EQ(Lowest(2, x_), 1);
}

TEST_F(ForwardGraphTest, ReadsMayBeSettledAnew) {
  Store(1, x_, 1);
  Store(1, y_, 1, Order::release);
  ForwardEvent& read = graph_.AddRead(2, y_);
  graph_.ReadFrom(read, 1, Order::acquire);
  graph_.ReadFrom(read, 0, Order::seq_cst);
  graph_.Settle(read);
  EXPECT_EQ(read.source->value, 0);
  EXPECT_EQ(Lowest(2, x_), 0);
  EXPECT_EQ(graph_.seq_cst_count(), 1);
}

TEST_F(ForwardGraphTest, WritesMayStandBeforeOthers) {
  for (uint64_t value = 0; value < 20; ++value) Store(1, x_, value);
  ForwardEvent& write = graph_.AddWrite(2, x_, 5, 100, Order::relaxed);
  EXPECT_EQ(Load(0, x_, 4), 3);
  EXPECT_EQ(Load(0, x_, 5), 100);
  EXPECT_EQ(Load(0, x_, 6), 4);
  EXPECT_EQ(Load(0, x_, 21), 19);
  EXPECT_EQ(write.Place(), 5);
  EXPECT_EQ(x_->writes[6]->place, 6);
  EXPECT_EQ(Lowest(2, x_), 5);
}

TEST_F(ForwardGraphTest, TheLatestWriteCanBeTakenBack) {
  Store(1, x_, 1);
  Store(1, x_, 2);
  graph_.AddWrite(2, x_, 1, 3, Order::seq_cst);
  graph_.RemoveLatestWrite();
  EXPECT_EQ(graph_.seq_cst_count(), 0);
  EXPECT_EQ(x_->last_place, 2);
  EXPECT_EQ(Load(2, x_, 1), 1);
  EXPECT_EQ(x_->writes[2]->place, 2);
  // It is as if it never had been.
  EXPECT_EQ(graph_.KnownTo(2)[2], 2);
}

TEST_F(ForwardGraphTest, PlacesAreTakenByReadModifyWritesAlone) {
  Store(1, x_, 1);
  Store(1, x_, 2);
  Exchange(2, x_, 2, 3);
  EXPECT_FALSE(x_->IsTaken(0));
  EXPECT_FALSE(x_->IsTaken(1));
  EXPECT_TRUE(x_->IsTaken(2));
  EXPECT_FALSE(x_->IsTaken(3));
}

TEST_F(ForwardGraphTest, HasRoomForManyThreadsAndEvents) {
  constexpr uint32_t kThreads = kMaxModelThreads;
  Store(1, x_, 1);
  for (uint32_t thread = 3; thread < kThreads; ++thread) {
    graph_.Spawn(0, thread);
    EXPECT_EQ(Lowest(thread, x_), 0);
    Load(thread, x_, 1);
    Store(thread, y_, thread, Order::release);
  }
  Load(1, y_, y_->last_place, Order::acquire);
  EXPECT_EQ(graph_.KnownTo(1)[kThreads - 1], 3);
  EXPECT_EQ(graph_.KnownTo(1)[kThreads - 2], 0);
  // Nothing of that is left in the next execution.
  const EventId events = graph_.size();
  graph_.Clear();
  graph_.Spawn(0, 1);
  while (graph_.size() < events) graph_.AddOther(1);
  for (uint32_t thread = 2; thread < kThreads; ++thread) {
    graph_.Spawn(0, thread);
  }
  for (EventId id = 0; id < events; ++id) {
    for (uint32_t thread = 2; thread < kThreads; ++thread) {
      ASSERT_EQ(graph_.HappensBefore(id)[thread], 0);
    }
  }
}

TEST_F(ForwardGraphTest, SeqCstEventsHaveAnOrderOrNot) {
  // Both store to one location and then read the other.
  SeqCstOrderOf<ForwardGraph> order;
  Store(1, x_, 1, Order::seq_cst);
  Store(2, y_, 1, Order::seq_cst);
  Load(1, y_, 0, Order::seq_cst);
  graph_.ListThreads();
  EXPECT_TRUE(order.ExistsWith(graph_, graph_.size() - 1));
  ForwardEvent& read = graph_.AddRead(2, x_);
  graph_.ReadFrom(read, 0, Order::seq_cst);
  graph_.ListThreads();
  EXPECT_FALSE(order.ExistsWith(graph_, graph_.size() - 1));
  graph_.ReadFrom(read, 1, Order::seq_cst);
  EXPECT_TRUE(order.ExistsWith(graph_, graph_.size() - 1));
  EXPECT_TRUE(order.Exists(graph_));
}

}  // namespace
}  // namespace mortsafe

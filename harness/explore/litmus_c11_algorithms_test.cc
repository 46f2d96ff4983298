// Small concurrent algorithms under C11: right with the orders that they need,
// broken with weaker ones.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "harness/explore/litmus.h"
#include "harness/explore/litmus_weak.h"
#include "mortsafe/explore.h"

namespace mortsafe {
namespace {

// Expects that every execution ends well, and so many of them if that is said.
template <class Body>
ExploreResult ExpectRight(Body body) {
  const ExploreResult result = Explore({.memory = MemoryModel::kC11}, body);
  EXPECT_TRUE(result.complete);
  EXPECT_FALSE(result.failure.has_value())
      << result.failure->kind << ": " << result.failure->message << "\n"
      << result.failure->trace;
  return result;
}

// Expects that both ways to explore find that.
void ExpectWrong(const std::string& kind, const std::function<void()>& body) {
  ExpectFailureUnder(MemoryModel::kC11, kind, body);
  const ExploreResult drawn = Explore(
      {.memory = MemoryModel::kC11, .strategy = Strategy::kRandom}, body);
  ASSERT_TRUE(drawn.failure.has_value());
  EXPECT_EQ(drawn.failure->kind, kind);
}

// What mutual exclusion protects.
class Section {
 public:
  void Enter() { ++entered_.write(); }

 private:
  plain<int> entered_{std::in_place, 0};
};

std::array<int, 2> Dekker(Orders orders, bool fences = false) {
  Section section;
  std::array<atomic<int>, 2> wants = {};
  std::array<int, 2> entered = {};
  RunAlike<2>([&](size_t me) {
    wants[me].store(1, orders.store);
    if (fences) mortsafe::atomic_thread_fence(kSeqCst);
    if (wants[1 - me].load(orders.load) == 0) {
      section.Enter();
      entered[me] = 1;
    }
    wants[me].store(0, kRelease);
  });
  return entered;
}

// Each load reads 0, 1 or the 0 that is stored in the end: 9 ways. Both cannot
// read that last one, which follows each one's load: a cycle of program order
// and rf. And of both reading the initial 0, seq_cst forbids it: 7.
TEST(LitmusC11AlgorithmsTest, DekkersAttempt) {
  ExpectUnder(MemoryModel::kC11, 7, {"0 0", "0 1", "1 0", "1 1"},
              [] { return Dekker(kAllSeqCst); });
  ExpectUnder(MemoryModel::kC11, 7, {"0 0", "0 1", "1 0", "1 1"},
              [] { return Dekker({kRelaxed, kAcquire}, true); });
  ExpectWrong("data-race", [] { Dekker(kReleaseAcquire); });
  ExpectWrong("data-race", [] { Dekker(kAllRelaxed); });
}

// With loops.
void Peterson(Orders orders) {
  Section section;
  std::array<atomic<int>, 2> wants = {};
  atomic<size_t> turn{0};
  RunAlike<2>([&](size_t me) {
    const size_t other = 1 - me;
    wants[me].store(1, orders.store);
    turn.store(other, orders.store);
    while (wants[other].load(orders.load) == 1 &&
           turn.load(orders.load) == other) {
    }
    section.Enter();
    wants[me].store(0, orders.store);
  });
}

TEST(LitmusC11AlgorithmsTest, Peterson) {
  ExpectRight([] { Peterson(kAllSeqCst); });
  ExpectWrong("data-race", [] { Peterson(kReleaseAcquire); });
}

// Boehm's seqlock (MSPC 2012): the writer's fence keeps its data behind the
// first store of the sequence number, the reader's keeps its data before the
// second load.
void Seqlock(bool writer_fence, bool reader_fence) {
  atomic<int> sequence{0};
  atomic<int> a{0};
  atomic<int> b{0};
  RunThreads(
      [&] {
        sequence.store(1, kRelaxed);
        if (writer_fence) mortsafe::atomic_thread_fence(kRelease);
        a.store(1, kRelaxed);
        b.store(1, kRelaxed);
        sequence.store(2, kRelease);
      },
      [&] {
        const int before = sequence.load(kAcquire);
        const int first = a.load(kRelaxed);
        const int second = b.load(kRelaxed);
        if (reader_fence) mortsafe::atomic_thread_fence(kAcquire);
        const int after = sequence.load(kRelaxed);
        if (before % 2 == 0 && before == after) MORTSAFE_CHECK(first == second);
      });
}

// The loads of the sequence number are s and t, those of the data a and b. The
// writer's data read by the reader makes t read 1 at least (the fences).
// s = 0: a and b as they like, 4 ways; t is 0, 1 or 2, but not 0 if a or b is
// 1: 3 + 3 * 2 = 9. s = 1: the same without t = 0: 4 * 2 = 8. s = 2: that
// synchronizes, a and b are 1 and t is 2: 1. Together 18.
TEST(LitmusC11AlgorithmsTest, Seqlock) {
  EXPECT_EQ(ExpectRight([] { Seqlock(true, true); }).executions, 18u);
  ExpectWrong("broken-invariant", [] { Seqlock(false, true); });
  ExpectWrong("broken-invariant", [] { Seqlock(true, false); });
}

// Each thread enters once. In a complete execution nobody is seen to wait, so
// that only who comes after whom is left: n!.
TEST(LitmusC11AlgorithmsTest, TicketLock) {
  const auto enter_all = [](Orders orders) {
    Section section;
    atomic<int> next{0};
    atomic<int> served{0};
    RunAlike<3>([&](size_t) {
      const int ticket = next.fetch_add(1, kRelaxed);
      while (served.load(orders.load) != ticket) {
      }
      section.Enter();
      served.store(ticket + 1, orders.store);
    });
  };
  const ExploreResult right = ExpectRight([&] { enter_all(kReleaseAcquire); });
  EXPECT_EQ(right.executions, 6u);
  ExpectWrong("data-race", [&] { enter_all(kAllRelaxed); });
  ExpectWrong("data-race", [&] { enter_all({kRelease, kRelaxed}); });
}

TEST(LitmusC11AlgorithmsTest, Spinlock) {
  const auto enter_all = [](std::memory_order take, std::memory_order give) {
    Section section;
    atomic<bool> locked{false};
    RunAlike<3>([&](size_t) {
      bool expected = false;
      while (!locked.compare_exchange_weak(expected, true, take, kRelaxed)) {
        expected = false;
      }
      section.Enter();
      locked.store(false, give);
    });
  };
  ExpectRight([&] { enter_all(kAcquire, kRelease); });
  ExpectWrong("data-race", [&] { enter_all(kRelaxed, kRelease); });
  ExpectWrong("data-race", [&] { enter_all(kAcquire, kRelaxed); });
}

// A stack of nodes that are not used again; what a node holds is plain.
class TreiberStack {
 public:
  explicit TreiberStack(Orders orders) : orders_(orders) {}

  void Push(int value) {
    Node* const node = &nodes_[static_cast<size_t>(value)];
    node->value.write() = value;
    Node* head = head_.load(kRelaxed);
    do {
      node->next.write() = head;
    } while (!head_.compare_exchange_weak(head, node, orders_.store, kRelaxed));
  }
  // 0 if it is empty.
  int Pop() {
    Node* head = head_.load(orders_.load);
    while (head != nullptr) {
      if (head_.compare_exchange_weak(head, head->next.read(), orders_.load,
                                      orders_.load)) {
        return head->value.read();
      }
    }
    return 0;
  }

 private:
  struct Node {
    plain<int> value{std::in_place, 0};
    plain<Node*> next{std::in_place, nullptr};
  };
  const Orders orders_;
  std::array<Node, 4> nodes_;
  atomic<Node*> head_{nullptr};
};

std::array<int, 2> PushAndPop(Orders orders) {
  TreiberStack stack(orders);
  std::array<int, 2> taken = {};
  RunThreads([&] { stack.Push(1); }, [&] { stack.Push(2); },
             [&] {
               for (int& each : taken) each = stack.Pop();
             });
  std::array<int, 3> found = {};
  for (const int value : taken) ++found[static_cast<size_t>(value)];
  while (const int value = stack.Pop()) ++found[static_cast<size_t>(value)];
  MORTSAFE_CHECK(found[1] == 1 && found[2] == 1);
  return taken;
}

TEST(LitmusC11AlgorithmsTest, TreiberStack) {
  const Explored explored =
      ExploreOutcomes([] { return PushAndPop(kReleaseAcquire); },
                      {.memory = MemoryModel::kC11});
  EXPECT_TRUE(explored.result.complete);
  EXPECT_EQ(explored.result.blocked, 0u);
  EXPECT_EQ(explored.outcomes,
            (Outcomes{"0 0", "0 1", "0 2", "1 0", "2 0", "1 2", "2 1"}));
  ExpectWrong("data-race", [] { PushAndPop(kAllRelaxed); });
  ExpectWrong("data-race", [] { PushAndPop({kRelaxed, kAcquire}); });
}

// Michael and Scott's queue of nodes that are not used again; node 1 is the
// first dummy.
class Queue {
 public:
  explicit Queue(Orders orders) : orders_(orders) {}

  void Enqueue(size_t node, int value) {
    values_[node].write() = value;
    while (true) {
      size_t tail = tail_.load(kAcquire);
      size_t next = next_[tail].load(orders_.load);
      if (next != 0) {
        tail_.compare_exchange_strong(tail, next, kRelease, kRelaxed);
      } else if (next_[tail].compare_exchange_strong(next, node, orders_.store,
                                                     kRelaxed)) {
        tail_.compare_exchange_strong(tail, node, kRelease, kRelaxed);
        return;
      }
    }
  }
  // 0 if it is empty.
  int Dequeue() {
    while (true) {
      size_t head = head_.load(kAcquire);
      size_t tail = tail_.load(kAcquire);
      const size_t next = next_[head].load(orders_.load);
      if (next == 0) return 0;
      if (head == tail) {
        tail_.compare_exchange_strong(tail, next, kRelease, kRelaxed);
      } else if (head_.compare_exchange_strong(head, next, kAcqRel, kRelaxed)) {
        return values_[next].read();
      }
    }
  }

 private:
  static constexpr size_t kNodes = 4;
  struct Value {
    int read() const { return value.read(); }
    int& write() { return value.write(); }
    plain<int> value{std::in_place, 0};
  };
  const Orders orders_;
  atomic<size_t> head_{1};
  atomic<size_t> tail_{1};
  std::array<atomic<size_t>, kNodes> next_ = {};
  std::array<Value, kNodes> values_;
};

TEST(LitmusC11AlgorithmsTest, QueueWithTwoProducers) {
  const auto produce = [](Orders orders) {
    Queue queue(orders);
    RunThreads([&] { queue.Enqueue(2, 20); }, [&] { queue.Enqueue(3, 30); });
    std::array<int, 3> taken = {};
    for (int& each : taken) each = queue.Dequeue();
    return taken;
  };
  const Explored explored = ExploreOutcomes(
      [&] { return produce(kReleaseAcquire); }, {.memory = MemoryModel::kC11});
  EXPECT_TRUE(explored.result.complete);
  EXPECT_EQ(explored.outcomes, (Outcomes{"20 30 0", "30 20 0"}));
}

TEST(LitmusC11AlgorithmsTest, QueueWithAProducerAndAConsumer) {
  const auto pass_on = [](Orders orders) {
    Queue queue(orders);
    int taken = 0;
    RunThreads([&] { queue.Enqueue(2, 20); }, [&] { taken = queue.Dequeue(); });
    return std::array<int, 1>{taken};
  };
  const Explored explored = ExploreOutcomes(
      [&] { return pass_on(kReleaseAcquire); }, {.memory = MemoryModel::kC11});
  EXPECT_TRUE(explored.result.complete);
  EXPECT_EQ(explored.outcomes, (Outcomes{"0", "20"}));
  ExpectWrong("data-race", [&] { pass_on(kAllRelaxed); });
}

// A thread waits for a flag. In a complete execution it sees it raised at once.
TEST(LitmusC11AlgorithmsTest, AnAwaitIsNotGoneThroughAgainAndAgain) {
  const auto wait = [](Orders orders) {
    atomic<int> flag{0};
    atomic<int> data{0};
    int seen = 0;
    RunThreads(
        [&] {
          data.store(7, kRelaxed);
          flag.store(1, orders.store);
        },
        [&] {
          while (flag.load(orders.load) == 0) this_thread::yield();
          seen = data.load(kRelaxed);
        });
    return std::array<int, 1>{seen};
  };
  const auto explore = [&](Orders orders) {
    return ExploreOutcomes([&] { return wait(orders); },
                           {.memory = MemoryModel::kC11});
  };
  const Explored strong = explore(kReleaseAcquire);
  EXPECT_TRUE(strong.result.complete);
  EXPECT_EQ(strong.outcomes, Outcomes{"7"});
  const Explored weak = explore(kAllRelaxed);
  EXPECT_TRUE(weak.result.complete);
  EXPECT_EQ(weak.outcomes, (Outcomes{"0", "7"}));
}

TEST(LitmusC11AlgorithmsTest, AThreadThatSpinsForEverIsALivelock) {
  ExpectFailureUnder(MemoryModel::kC11, "livelock", [] {
    atomic<int> flag{0};
    RunThreads(
        [&] {
          flag.store(1);
          flag.store(2);
        },
        [&] {
          while (flag.load() != 1) {
          }
        });
  });
}

// Its first round, which differs from the others, has read what is not the
// latest any more.
TEST(LitmusC11AlgorithmsTest, OnlyTheRoundInWhichAThreadSpinsCounts) {
  ExpectFailureUnder(MemoryModel::kC11, "livelock", [] {
    atomic<int> x{0};
    RunThreads([&] { x.store(2); },
               [&] {
                 bool saw_zero = false;
                 while (true) {
                   const int seen = x.load();
                   if (seen == 2 && !saw_zero) return;
                   if (seen == 0) saw_zero = true;
                 }
               });
  });
}

}  // namespace
}  // namespace mortsafe

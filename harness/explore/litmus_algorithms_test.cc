// Small concurrent algorithms, right and broken, with seq_cst alone (litmus.h).
// Where one would wait it tries once and gives up.

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "gtest/gtest.h"
#include "harness/explore/litmus.h"
#include "mortsafe/explore.h"

namespace mortsafe {
namespace {

// What mutual exclusion protects: two threads in it at once are a data race.
class Section {
 public:
  void Enter() { ++entered_.write(); }

 private:
  plain<int> entered_{std::in_place, 0};
};

using Entered = std::array<int, 2>;

Entered Dekker(bool announces_first) {
  Section section;
  std::array<atomic<int>, 2> wants = {};
  Entered entered = {};
  RunAlike<2>([&](size_t me) {
    int other = 0;
    if (announces_first) wants[me].store(1);
    other = wants[1 - me].load();
    if (!announces_first) wants[me].store(1);
    if (other == 0) {
      section.Enter();
      entered[me] = 1;
    }
    wants[me].store(0);
  });
  return entered;
}

// Each thread's load falls before, between or after the other's two stores: 9
// ways. Not both before (both would precede what precedes them), and not both
// after: 7.
TEST(LitmusAlgorithmsTest, DekkersAttempt) {
  ExpectExactly(7, {"0 0", "0 1", "1 0", "1 1"}, [] { return Dekker(true); });
}

TEST(LitmusAlgorithmsTest, DekkersAttemptThatLooksBeforeItAnnounces) {
  ExpectRace([] { Dekker(false); });
}

Entered Peterson(bool yields_the_turn) {
  Section section;
  std::array<atomic<int>, 2> wants = {};
  atomic<size_t> turn{0};
  Entered entered = {};
  RunAlike<2>([&](size_t me) {
    wants[me].store(1);
    turn.store(yields_the_turn ? 1 - me : me);
    if (wants[1 - me].load() == 0 || turn.load() == me) {
      section.Enter();
      entered[me] = 1;
    }
    wants[me].store(0);
  });
  return entered;
}

// Both may give up: one before the other has set the turn, and the other before
// the first has taken back its wish.
TEST(LitmusAlgorithmsTest, Peterson) {
  ExpectAsEnumerated({"0 0", "0 1", "1 0", "1 1"},
                     [] { return Peterson(true); });
}

TEST(LitmusAlgorithmsTest, PetersonThatKeepsTheTurn) {
  ExpectRace([] { Peterson(false); });
}

// A reader that takes a torn pair for good fails. `checks_again`: it asks for
// the sequence number a second time.
void Seqlock(bool checks_again) {
  atomic<int> sequence{0};
  atomic<int> a{0};
  atomic<int> b{0};
  RunThreads(
      [&] {
        sequence.store(1);
        a.store(1);
        b.store(1);
        sequence.store(2);
      },
      [&] {
        const int before = sequence.load();
        const int first = a.load();
        const int second = b.load();
        const int after = checks_again ? sequence.load() : before;
        if (before % 2 == 0 && before == after) MORTSAFE_CHECK(first == second);
      });
}

// The reads of a and b come before or after the writes: 4 ways, if the first
// read of the sequence number comes before its second write and the second read
// after the first write. Of these two, the first may be before both writes or
// between them, the second between or after: 4 * 4. The other orders are: the
// second read before all writes, the first after all: 18.
TEST(LitmusAlgorithmsTest, SeqlockShowsNoTornPair) {
  ExpectExactly(18, {"0"}, [] {
    Seqlock(true);
    return std::array<int, 1>{};
  });
}

TEST(LitmusAlgorithmsTest, SeqlockThatDoesNotCheckAgainShowsOne) {
  ExpectFailure("broken-invariant", [] { Seqlock(false); });
}

// All steps write one flag, so that only their sequences count. One of the
// three enters first; until it leaves, k of the other two fail. k = 0: what two
// threads do then, where by the same count one enters first (2 ways) and the
// other fails within or enters after (2): 4. k = 1: it is one of 2, and the
// other enters later. k = 2: in 2 orders. 3 * (4 + 2 + 2).
TEST(LitmusAlgorithmsTest, SpinlockByExchange) {
  const Explored explored = ExploreOutcomes([] {
    atomic<bool> locked{false};
    Section section;
    std::array<int, 3> took = {};
    RunAlike<3>([&](size_t me) {
      if (locked.exchange(true)) return;
      section.Enter();
      took[me] = 1;
      locked.store(false);
    });
    return took;
  });
  EXPECT_TRUE(explored.result.complete);
  EXPECT_EQ(explored.result.executions, 24u);
  EXPECT_EQ(explored.result.blocked, 0u);
  EXPECT_EQ(explored.outcomes.size(), 7u);  // Any but nobody.
}

// As above, but a failed attempt only reads: with k = 2 the two commute.
// 3 * (4 + 2 + 1).
TEST(LitmusAlgorithmsTest, SpinlockByCompareExchange) {
  ExpectExactly(
      21, {"1 1 1", "1 1 0", "1 0 1", "0 1 1", "1 0 0", "0 1 0", "0 0 1"}, [] {
        atomic<bool> locked{false};
        Section section;
        std::array<int, 3> took = {};
        RunAlike<3>([&](size_t me) {
          bool expected = false;
          if (!locked.compare_exchange_strong(expected, true)) return;
          section.Enter();
          took[me] = 1;
          locked.store(false);
        });
        return took;
      });
}

TEST(LitmusAlgorithmsTest, SpinlockByLoadAndStore) {
  ExpectRace([] {
    atomic<bool> locked{false};
    Section section;
    RunAlike<2>([&](size_t) {
      if (locked.load()) return;
      locked.store(true);
      section.Enter();
      locked.store(false);
    });
  });
}

// A ticket is drawn only if it is served at once.
TEST(LitmusAlgorithmsTest, TicketLock) {
  ExpectAsEnumerated({"1 1", "1 0", "0 1"}, [] {
    atomic<int> next{0};
    atomic<int> served{0};
    Section section;
    Entered entered = {};
    RunAlike<2>([&](size_t me) {
      int ticket = served.load();
      if (!next.compare_exchange_strong(ticket, ticket + 1)) return;
      section.Enter();
      entered[me] = 1;
      served.store(ticket + 1);
    });
    return entered;
  });
}

// A stack of the nodes 1, 2, … whose head is a node's number, and, if it is
// `tagged`, how often it was changed.
class TreiberStack {
 public:
  explicit TreiberStack(bool tagged) : tagged_(tagged) {}

  void Push(uint32_t node) {
    uint32_t head = head_.load();
    do {
      next_[node].store(head % kNodes);
    } while (!head_.compare_exchange_strong(head, Changed(head, node)));
  }
  // 0 if it is empty.
  uint32_t Pop() {
    uint32_t head = head_.load();
    while (head % kNodes != 0) {
      const uint32_t next = next_[head % kNodes].load();
      if (head_.compare_exchange_strong(head, Changed(head, next))) break;
    }
    return head % kNodes;
  }

 private:
  static constexpr uint32_t kNodes = 16;

  uint32_t Changed(uint32_t head, uint32_t node) const {
    return tagged_ ? (head / kNodes + 1) * kNodes + node : node;
  }

  const bool tagged_;
  atomic<uint32_t> head_{0};
  std::array<atomic<uint32_t>, kNodes> next_ = {};
};

// One thread takes a node; the other takes two and gives the first one back,
// which may then be on top again, over another node. Every node must be in one
// place.
std::array<uint32_t, 2> ReuseNodes(bool tagged) {
  TreiberStack stack(tagged);
  stack.Push(2);
  stack.Push(1);
  uint32_t first_taken = 0;
  uint32_t second_taken = 0;
  RunThreads([&] { first_taken = stack.Pop(); },
             [&] {
               const uint32_t reused = stack.Pop();
               second_taken = stack.Pop();
               if (reused != 0) stack.Push(reused);
             });
  std::array<uint32_t, 3> found = {};
  const auto find = [&](uint32_t node) {
    if (node != 0) ++found[node];
  };
  find(first_taken);
  find(second_taken);
  for (uint32_t node = stack.Pop(); node != 0; node = stack.Pop()) find(node);
  MORTSAFE_CHECK(found[1] == 1 && found[2] == 1);
  return {first_taken, second_taken};
}

// The first thread takes the top before the other does, the node below between
// the other's two, nothing after them, or the top again once it was given back.
TEST(LitmusAlgorithmsTest, TreiberStackWithTags) {
  ExpectAsEnumerated({"1 0", "2 0", "0 2", "1 2"},
                     [] { return ReuseNodes(true); });
}

TEST(LitmusAlgorithmsTest, TreiberStackWithoutTagsSuffersFromReuse) {
  ExpectFailure("broken-invariant", [] { ReuseNodes(false); });
}

// Michael and Scott's queue of nodes that are never used again; node 1 is the
// first dummy, and a node's number is its value.
class Queue {
 public:
  void Enqueue(size_t node) {
    while (true) {
      size_t tail = tail_.load();
      size_t next = next_[tail].load();
      if (next == 0) {
        if (next_[tail].compare_exchange_strong(next, node)) {
          tail_.compare_exchange_strong(tail, node);
          return;
        }
      } else {
        tail_.compare_exchange_strong(tail, next);
      }
    }
  }
  // 0 if it is empty.
  size_t Dequeue() {
    while (true) {
      size_t head = head_.load();
      size_t tail = tail_.load();
      const size_t next = next_[head].load();
      if (next == 0) return 0;
      if (head == tail) {
        tail_.compare_exchange_strong(tail, next);
      } else if (head_.compare_exchange_strong(head, next)) {
        return next;
      }
    }
  }

 private:
  static constexpr size_t kNodes = 8;
  atomic<size_t> head_{1};
  atomic<size_t> tail_{1};
  std::array<atomic<size_t>, kNodes> next_ = {};
};

TEST(LitmusAlgorithmsTest, QueueWithTwoProducers) {
  ExpectAsEnumerated({"2 3 0", "3 2 0"}, [] {
    Queue queue;
    RunThreads([&] { queue.Enqueue(2); }, [&] { queue.Enqueue(3); });
    std::array<size_t, 3> taken = {};
    for (size_t& each : taken) each = queue.Dequeue();
    return taken;
  });
}

TEST(LitmusAlgorithmsTest, QueueWithAProducerAndAConsumer) {
  ExpectAsEnumerated({"0 2 0", "2 0 0"}, [] {
    Queue queue;
    std::array<size_t, 3> taken = {};
    RunThreads([&] { queue.Enqueue(2); }, [&] { taken[0] = queue.Dequeue(); });
    taken[1] = queue.Dequeue();
    taken[2] = queue.Dequeue();
    return taken;
  });
}

TEST(LitmusAlgorithmsTest, QueueWithTwoConsumers) {
  ExpectAsEnumerated({"2 3", "3 2"}, [] {
    Queue queue;
    queue.Enqueue(2);
    queue.Enqueue(3);
    std::array<size_t, 2> taken = {};
    RunAlike<2>([&](size_t i) { taken[i] = queue.Dequeue(); });
    return taken;
  });
}

}  // namespace
}  // namespace mortsafe

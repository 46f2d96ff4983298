// The exhaustive search explores every Mazurkiewicz trace once. It is compared
// with an enumeration of all interleavings, on generated programs, and with
// counts that follow from the definition.

#include "harness/explore/exhaustive.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/explore/explore_all.h"
#include "harness/model/execution.h"
#include "harness/model/memory.h"
#include "harness/model/sanitizers.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

// Sanitized executions take ten times as long.
constexpr uint64_t kPrograms =
    kAddressSanitizer || kThreadSanitizer ? 100 : 1'500;

uint64_t TracesOf(const std::function<void()>& body) {
  const ExploredBody explored = ExploreAll([&](Execution&) {
    body();
    return std::string();
  });
  EXPECT_EQ(explored.blocked, 0u);
  return explored.executions;
}

// Starts `count` threads, each running body(number), and joins them.
template <class ThreadBody>
void RunThreads(int count, ThreadBody body) {
  std::vector<thread> threads;
  threads.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) threads.emplace_back(body, i);
  for (thread& each : threads) each.join();
}

// A generated program: a few threads of steps over two atomics and two locks,
// where what is done depends on what was read.
class GeneratedProgram {
 public:
  explicit GeneratedProgram(uint64_t seed) : random_(seed) {
    const uint64_t threads = 2 + random_.Below(2);
    uint64_t steps = 0;
    for (uint64_t i = 0; i < threads; ++i) {
      std::vector<int> actions;
      const uint64_t length = 1 + random_.Below(threads == 2 ? 4 : 3);
      for (uint64_t k = 0; k < length && steps < 8; ++k) {
        actions.push_back(static_cast<int>(random_.Below(kActions)));
        steps += actions.back() >= kFirstLocking ? 3 : 1;
      }
      threads_.push_back(actions);
    }
    operations_ = random_.Below(2) == 0;
  }

  // The actions of each thread, by number.
  std::string Text() const {
    std::string text = operations_ ? "operations" : "no operations";
    for (const std::vector<int>& actions : threads_) {
      text += " |";
      for (const int action : actions) absl::StrAppend(&text, " ", action);
    }
    return text;
  }

  std::string Run(Execution& execution) const {
    atomic<int> x{0};
    atomic<int> y{0};
    mutex m;
    shared_mutex n;
    std::vector<std::string> seen(threads_.size());
    RunThreads(static_cast<int>(threads_.size()), [&](int number) {
      int last = number + 1;
      for (const int action : threads_[static_cast<size_t>(number)]) {
        uint64_t call = 0;
        uint64_t ret = 0;
        if (operations_) execution.BeginOperation(&call);
        last = Perform(action, last, x, y, m, n);
        if (operations_) execution.EndOperation(&ret);
        absl::StrAppend(&seen[static_cast<size_t>(number)], last, " ");
      }
    });
    std::string outcome = absl::StrCat(x.load(), " ", y.load());
    for (const std::string& each : seen) absl::StrAppend(&outcome, "|", each);
    return outcome;
  }

 private:
  static constexpr uint64_t kActions = 13;
  static constexpr int kFirstLocking = 8;

  static int Perform(int action, int last, atomic<int>& x, atomic<int>& y,
                     mutex& m, shared_mutex& n) {
    switch (action) {
      case 0:
        return x.load();
      case 1:
        return y.load();
      case 2:
        x.store(last + 10);
        return last;
      case 3:
        y.store(last);
        return last;
      case 4:
        return x.fetch_add(last);
      case 5: {
        int expected = 0;
        x.compare_exchange_strong(expected, last + 5);
        return expected;
      }
      case 6: {
        int expected = last;
        y.compare_exchange_strong(expected, last + 7);
        return expected;
      }
      case 7:
        if (x.load() % 2 == 0) y.store(last + 3);
        return last;
      case 8: {
        const std::lock_guard<mutex> lock(m);
        const int value = x.load();
        return value;
      }
      case 9: {
        const std::lock_guard<shared_mutex> lock(n);
        y.store(last + 1);
        return last;
      }
      case 10: {
        const std::shared_lock<shared_mutex> lock(n);
        return y.load();
      }
      case 11: {
        const std::unique_lock<mutex> lock(m, std::try_to_lock);
        if (lock.owns_lock()) x.store(last + 2);
        return lock.owns_lock() ? 1 : 0;
      }
      default: {
        const std::unique_lock<shared_mutex> lock(n, std::try_to_lock);
        return lock.owns_lock() ? 1 : 0;
      }
    }
  }

  Random random_;
  std::vector<std::vector<int>> threads_;
  bool operations_ = false;  // Each action is an operation of a client.
};

TEST(ExhaustiveTest, FindsTheTracesThatAllInterleavingsHave) {
  for (uint64_t seed = 0; seed < kPrograms; ++seed) {
    const GeneratedProgram program(seed);
    const auto body = [&](Execution& execution) {
      return program.Run(execution);
    };
    const ExploredBody found = ExploreAll(body);
    const ExploredBody all = EnumerateAll(body);
    ASSERT_EQ(found.outcomes, all.outcomes) << program.Text();
    ASSERT_EQ(found.traces, all.traces) << program.Text();
    EXPECT_EQ(found.blocked, 0u) << program.Text();
    EXPECT_EQ(found.repeated, 0u) << program.Text();
  }
}

// What the bodies below change is put back with their stacks.
class NothingOutside final : public OutsideState {
 public:
  void Keep(size_t) override {}
  void PutBack(size_t) override {}
};

// The traces in the order in which they are explored, and the outcomes.
struct Sequence {
  std::vector<uint64_t> traces;
  std::vector<std::string> outcomes;
  uint64_t blocked = 0;

  friend bool operator==(const Sequence&, const Sequence&) = default;
};

Sequence ExploreInOrder(const ExecutionBody& body, bool from_kept_places) {
  Sequence sequence;
  Execution execution;
  NothingOutside outside;
  std::string outcome;
  const auto whole = [&] {
    const std::string text = body(execution);
    const HarnessAllocations harness;
    outcome = std::string(text);
  };
  ExhaustiveStrategy search(from_kept_places);
  while (search.Next()) {
    if (search.began_anew()) sequence = Sequence();
    outcome.clear();
    const Outcome ran = execution.Run(
        {.outside = from_kept_places ? &outside : nullptr}, search, whole);
    if (ran.failure.has_value()) outcome = ran.failure->message;
    sequence.traces.push_back(search.TraceDigest());
    sequence.outcomes.push_back(outcome);
  }
  sequence.blocked = search.blocked();
  return sequence;
}

TEST(ExhaustiveTest, GoingOnFromKeptPlacesChangesNothing) {
  if (kAddressSanitizer || kThreadSanitizer) {
    GTEST_SKIP() << "stacks and blocks cannot be put back under a sanitizer";
  }
  for (uint64_t seed = 0; seed < kPrograms; ++seed) {
    const GeneratedProgram program(seed);
    const auto body = [&](Execution& execution) {
      return program.Run(execution);
    };
    ASSERT_EQ(ExploreInOrder(body, true), ExploreInOrder(body, false))
        << program.Text();
  }
}

// A thread that spins, others that it waits for, and a race that a part of the
// executions shows.
TEST(ExhaustiveTest, GoingOnFromKeptPlacesKeepsSpinningAndRaces) {
  if (kAddressSanitizer || kThreadSanitizer) {
    GTEST_SKIP() << "stacks and blocks cannot be put back under a sanitizer";
  }
  const auto body = [](Execution&) {
    atomic<int> turn{0};
    atomic<int> order{0};
    plain<int> shared(std::in_place, 0);
    RunThreads(3, [&](int number) {
      if (number == 2) {
        const bool late = turn.load(std::memory_order_relaxed) == 2;
        if (late) shared.write() = 3;
        return;
      }
      order.fetch_add(number + 1);
      while (turn.load() != number) {
      }
      shared.write() = number;
      turn.store(number + 1);
    });
    return absl::StrCat(order.load());
  };
  const Sequence kept = ExploreInOrder(body, true);
  EXPECT_GT(kept.traces.size(), 5u);
  EXPECT_THAT(kept.outcomes, Contains(HasSubstr("nothing orders the two")));
  EXPECT_THAT(kept.outcomes, Contains("3"));
  EXPECT_EQ(kept, ExploreInOrder(body, false));
}

void Litmus(int threads, bool with_lock) {
  atomic<int> x{0};
  atomic<int> y{0};
  mutex m;
  RunThreads(threads, [&](int i) {
    x.store(i + 1);
    int r = y.load();
    x.compare_exchange_strong(r, i + 10);
    if (with_lock) {
      const std::lock_guard<mutex> lock(m);
      const int v = y.load();
      y.store(v + 1);
    }
    y.load();
  });
}

TEST(ExhaustiveTest, L2AndL3HaveThePublishedCounts) {
  EXPECT_EQ(TracesOf([] { Litmus(2, false); }), 4u);
  EXPECT_EQ(TracesOf([] { Litmus(3, false); }), 36u);
  EXPECT_EQ(TracesOf([] { Litmus(2, true); }), 28u);
  EXPECT_EQ(TracesOf([] { Litmus(3, true); }), 5292u);
}

// One thread waits for a flag that another raises. It sees it raised: that is
// one trace. It may have looked once too early, which is another, where the
// compiler leaves dead values in the thread's frame; no more than once.
TEST(ExhaustiveTest, AnAwaitIsNotGoneThroughAgainAndAgain) {
  const ExploredBody explored = ExploreAll([](Execution&) {
    atomic<int> flag{0};
    atomic<int> data{0};
    int seen = 0;
    RunThreads(2, [&](int number) {
      if (number == 0) {
        data.store(7);
        flag.store(1);
      } else {
        while (flag.load() == 0) this_thread::yield();
        seen = data.load();
      }
    });
    return absl::StrCat(seen);
  });
  EXPECT_EQ(explored.outcomes, std::set<std::string>{"7"});
  EXPECT_LE(explored.executions, 2u);
}

// Two orders of two critical sections, in each of which the second thread may
// have tried once too early.
TEST(ExhaustiveTest, ASpinlockOrdersCriticalSections) {
  for (const bool by_exchange : {false, true}) {
    const ExploredBody explored = ExploreAll([&](Execution&) {
      atomic<int> locked{0};
      atomic<int> value{0};
      RunThreads(2, [&](int number) {
        if (by_exchange) {
          while (locked.exchange(1) == 1) {
          }
        } else {
          int expected = 0;
          while (!locked.compare_exchange_weak(expected, 1)) expected = 0;
        }
        value.store(value.load() * 10 + number + 1);
        locked.store(0);
      });
      return absl::StrCat(value.load());
    });
    EXPECT_EQ(explored.outcomes, (std::set<std::string>{"12", "21"}));
    EXPECT_GE(explored.executions, 2u);
    EXPECT_LE(explored.executions, 4u);
  }
}

TEST(ExhaustiveTest, AThreadThatSpinsForEverIsALivelock) {
  const ExploredBody explored = ExploreAll([](Execution&) {
    atomic<int> flag{0};
    RunThreads(2, [&](int number) {
      if (number == 0) {
        flag.store(1);
        flag.store(2);
      } else {
        while (flag.load() != 1) {
        }
      }
    });
    return std::string("done");
  });
  EXPECT_EQ(explored.outcomes.count("done"), 1u);
  EXPECT_EQ(explored.outcomes.size(), 2u);
  EXPECT_EQ(explored.outcomes.rbegin()->substr(0, 8), "livelock");
}

// A loop that counts its rounds ends by itself; no round of it may be cut.
TEST(ExhaustiveTest, ABoundedLoopIsNoSpinning) {
  const ExploredBody explored = ExploreAll([](Execution&) {
    atomic<int> flag{0};
    int rounds = 0;
    RunThreads(2, [&](int number) {
      if (number == 0) {
        flag.store(1);
      } else {
        int mine = 0;
        while (mine < 3 && flag.load() == 0) ++mine;
        rounds = mine;
      }
    });
    return absl::StrCat(rounds);
  });
  EXPECT_EQ(explored.outcomes, (std::set<std::string>{"0", "1", "2", "3"}));
  EXPECT_EQ(explored.executions, 4u);
}

}  // namespace
}  // namespace mortsafe

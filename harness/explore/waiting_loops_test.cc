// What the exhaustive search makes of loops that wait: every way to leave them
// is found, rounds that changed nothing are not, and a livelock is one that
// lasts.

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/explore/explore_all.h"
#include "harness/model/execution.h"
#include "harness/model/memory.h"
#include "harness/model/sanitizers.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

// Where the compiler keeps dead values in memory, a thread may be followed for
// one round more: there are more executions then, with the same outcomes.
#if defined(__clang__) && defined(NDEBUG)
constexpr bool kRoundsAreAlike = !kAddressSanitizer && !kThreadSanitizer;
#else
constexpr bool kRoundsAreAlike = false;
#endif

constexpr absl::string_view kRepeats = "repeats";

// Starts `count` threads, each running body(number), and joins them.
template <class ThreadBody>
void RunThreads(int count, ThreadBody body) {
  std::vector<thread> threads;
  threads.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) threads.emplace_back(body, i);
  for (thread& each : threads) each.join();
}

std::set<std::string> WithoutLivelocks(const std::set<std::string>& outcomes) {
  std::set<std::string> others;
  for (const std::string& outcome : outcomes) {
    if (!absl::StartsWith(outcome, "livelock")) others.insert(outcome);
  }
  return others;
}

bool HasLivelock(const ExploredBody& explored) {
  return WithoutLivelocks(explored.outcomes) != explored.outcomes;
}

// A compare-exchange loop on `x` that looks again only through the attempt
// itself. `attempts` has what each attempt expected; it lies outside of the
// thread's frames, which a note there would make unlike.
struct Attempts {
  std::array<int, 8> expected = {};
  size_t count = 0;

  // One attempt expected what an earlier one did: what came between changed
  // nothing.
  bool Repeats() const {
    const std::set<int> different(expected.begin(), expected.begin() + count);
    return different.size() < count;
  }
};

[[gnu::noinline]] void Note(int expected, Attempts& attempts) {
  attempts.expected[attempts.count++] = expected;
}

void AddTen(atomic<int>& x, Attempts& attempts) {
  int expected = x.load();
  do {
    Note(expected, attempts);
  } while (!x.compare_exchange_strong(expected, expected + 10));
}

// One thread changes x from 0 to 1 and back, twice, and `adders` others add ten
// by compare-exchange.
ExecutionBody ChangeAndChangeBack(int adders) {
  return [adders](Execution&) {
    atomic<int> x{0};
    std::array<Attempts, 2> attempts;
    RunThreads(adders + 1, [&](int number) {
      if (number < adders) {
        AddTen(x, attempts[static_cast<size_t>(number)]);
      } else {
        for (const int value : {1, 0, 1, 0}) x.store(value);
      }
    });
    if (attempts[0].Repeats() || attempts[1].Repeats()) {
      return std::string(kRepeats);
    }
    return absl::StrCat(x.load());
  };
}

// Expects that `found` has the traces of `all` in which nothing repeats.
void ExpectAllWithoutRepeats(const ExploredBody& found,
                             const ExploredBody& all) {
  uint64_t count = 0;
  for (const auto& [trace, outcome] : all.traces) {
    if (outcome == kRepeats) continue;
    ++count;
    EXPECT_EQ(found.traces.count(trace), 1u) << outcome;
  }
  EXPECT_EQ(found.repeated, 0u);
  if (kRoundsAreAlike) {
    EXPECT_EQ(found.executions, count);
  }
}

// All steps are on x, and each of the adder's lies in one of five times, 0 to
// 4: so many of the stores come before it. x is 0 in even times, 1 in odd ones.
// The load in time a is followed by an attempt in b >= a, which succeeds if b -
// a is even (9 ways) and otherwise fails and is followed by one in c >= b,
// which succeeds if c - b is even (b = 1, 2: 2 ways, one a; b = 3, 4: 1 way,
// two a; 8 ways). If c - b is odd, what the third attempt would expect is what
// the first did (5 ways, each given up): a, b, c = 0 1 2; 0 1 4; 1 2 3; 0 3 4;
// 2 3 4. All interleavings go on from there, with f(c) ways after a failure in
// c: f(4) = 1, f(3) = 1 + f(4), f(2) = 2 + f(3); 17 + f(2) + f(3) + 3 f(4)
// = 26.
TEST(WaitingLoopsTest, AnAttemptThatFindsAValueThatCameBackIsNoLivelock) {
  const ExecutionBody body = ChangeAndChangeBack(1);
  const ExploredBody found = ExploreAll(body);
  const ExploredBody all = EnumerateAll(body);
  EXPECT_EQ(all.traces.size(), 26u);
  EXPECT_FALSE(HasLivelock(found));
  ExpectAllWithoutRepeats(found, all);
  if (kRoundsAreAlike) {
    EXPECT_EQ(found.executions, 17u);
    EXPECT_EQ(found.blocked, 5u);
  }
}

TEST(WaitingLoopsTest, NorAreTwoOfThem) {
  const ExecutionBody body = ChangeAndChangeBack(2);
  const ExploredBody found = ExploreAll(body);
  const ExploredBody all = EnumerateAll(body);
  EXPECT_FALSE(HasLivelock(found));
  ExpectAllWithoutRepeats(found, all);
  std::set<std::string> outcomes = all.outcomes;
  outcomes.erase(std::string(kRepeats));
  std::set<std::string> found_outcomes = found.outcomes;
  found_outcomes.erase(std::string(kRepeats));
  EXPECT_EQ(found_outcomes, outcomes);
}

// The second thread leaves its loop having seen the first store alone, the
// second alone or both. That it saw neither before the first says nothing of
// what it may see between the two.
TEST(WaitingLoopsTest, EveryWayToLeaveALoopIsFound) {
  const ExploredBody explored = ExploreAll([](Execution&) {
    atomic<int> x{0};
    atomic<int> y{0};
    int seen_x = 0;
    int seen_y = 0;
    RunThreads(2, [&](int number) {
      if (number == 0) {
        do {
          seen_x = x.load();
          seen_y = y.load();
        } while (seen_x == 0 && seen_y == 0);
      } else {
        x.store(1);
        y.store(1);
      }
    });
    return absl::StrCat(seen_x, seen_y);
  });
  EXPECT_EQ(explored.outcomes, (std::set<std::string>{"01", "10", "11"}));
}

TEST(WaitingLoopsTest, ASpinlockIsTakenInEveryOrder) {
  const ExploredBody explored = ExploreAll([](Execution&) {
    atomic<int> locked{0};
    atomic<int> order{0};
    RunThreads(3, [&](int number) {
      int expected = 0;
      while (!locked.compare_exchange_strong(expected, 1)) expected = 0;
      order.store(order.load() * 10 + number + 1);
      locked.store(0);
    });
    return absl::StrCat(order.load());
  });
  EXPECT_EQ(explored.outcomes,
            (std::set<std::string>{"123", "132", "213", "231", "312", "321"}));
  if (kRoundsAreAlike) {
    EXPECT_EQ(explored.executions, 6u);
  }
}

// The value that the thread read before its loop is not the latest, and what it
// reads in the loop is. That its first round differs from the others changes
// nothing.
TEST(WaitingLoopsTest, WhatWasReadBeforeTheRoundDoesNotEndALivelock) {
  const ExploredBody explored = ExploreAll([](Execution&) {
    atomic<int> x{0};
    RunThreads(2, [&](int number) {
      if (number == 1) return x.store(2);
      bool saw_zero = false;
      while (true) {
        const int seen = x.load();
        if (seen == 2 && !saw_zero) return;
        if (seen == 0) saw_zero = true;
      }
    });
    return std::string("done");
  });
  EXPECT_TRUE(HasLivelock(explored));
  EXPECT_EQ(explored.outcomes.count("done"), 1u);
}

// Two exchanges of a value that is there already change nothing for one
// another: nobody will ever unlock.
TEST(WaitingLoopsTest, ThreadsThatWaitForOneAnotherAreALivelock) {
  const ExploredBody explored = ExploreAll([](Execution&) {
    atomic<int> locked{1};
    RunThreads(2, [&](int) {
      while (locked.exchange(1) == 1) {
      }
      locked.store(0);
    });
    return std::string("done");
  });
  EXPECT_TRUE(HasLivelock(explored));
  EXPECT_EQ(explored.outcomes.size(), 1u);
}

// A generated program whose threads wait for one another. With `loops` they do
// so in loops; without, a thread whose condition does not hold ends there.
class GeneratedWaits {
 public:
  explicit GeneratedWaits(uint64_t seed) {
    Random random(seed);
    const uint64_t threads = 2 + random.Below(2);
    uint64_t steps = 0;
    for (uint64_t i = 0; i < threads; ++i) {
      std::vector<Action>& actions = threads_.emplace_back();
      const uint64_t length = 1 + random.Below(threads == 2 ? 4 : 3);
      for (uint64_t k = 0; k < length && steps < 8; ++k) {
        const Action action = {static_cast<int>(random.Below(kActions)),
                               static_cast<int>(random.Below(3))};
        steps += action.kind >= kFirstLong ? 2 : 1;
        actions.push_back(action);
      }
    }
  }

  std::string Text() const {
    std::string text;
    for (const auto& actions : threads_) {
      text += " |";
      for (const Action& action : actions) {
        absl::StrAppend(&text, " ", action.kind, ":", action.value);
      }
    }
    return text;
  }

  std::string Run(bool loops) const {
    Shared shared;
    std::array<int, 4> seen = {};
    std::array<const Action*, 4> unmet = {};
    RunThreads(static_cast<int>(threads_.size()), [&](int number) {
      const auto index = static_cast<size_t>(number);
      for (const Action& action : threads_[index]) {
        if (!IsAwait(action)) {
          seen[index] = seen[index] * 10 + Perform(action, shared);
          continue;
        }
        bool holds = Holds(action, shared);
        while (loops && !holds) holds = Holds(action, shared);
        if (holds) continue;
        unmet[index] = &action;
        return;
      }
    });
    bool all_met = true;
    bool all_stuck = true;
    for (const Action* const action : unmet) {
      if (action == nullptr) continue;
      all_met = false;
      all_stuck &= !Holds(*action, shared);
    }
    if (!all_met) return all_stuck ? "livelock" : std::string(kRepeats);
    std::string outcome = absl::StrCat(shared.x.load(), " ", shared.y.load());
    for (const int each : seen) absl::StrAppend(&outcome, "|", each);
    return outcome;
  }

 private:
  static constexpr uint64_t kActions = 12;
  static constexpr int kFirstAwait = 6;
  static constexpr int kFirstLong = 9;

  struct Action {
    int kind = 0;
    int value = 0;
  };
  struct Shared {
    atomic<int> x{0};
    atomic<int> y{0};
  };

  static bool IsAwait(const Action& action) {
    return action.kind >= kFirstAwait;
  }

  static int Perform(const Action& action, Shared& shared) {
    switch (action.kind) {
      case 0:
        return shared.x.load();
      case 1:
        return shared.y.load();
      case 2:
      case 3:
        shared.x.store(action.value);
        return 0;
      case 4:
        shared.y.store(action.value);
        return 0;
      default:
        return shared.x.fetch_add(1);
    }
  }

  static bool Holds(const Action& action, Shared& shared) {
    switch (action.kind) {
      case 6:
        return shared.x.load() == action.value;
      case 7:
        return shared.y.load() != action.value;
      case 8: {
        int expected = action.value;
        return shared.x.compare_exchange_strong(expected, action.value + 1);
      }
      case 9: {
        const int x = shared.x.load();
        const int y = shared.y.load();
        return x == action.value || y == action.value;
      }
      case 10: {
        const int x = shared.x.load();
        return x == shared.x.load() + action.value - 1;
      }
      default: {
        const int y = shared.y.load();
        return shared.x.load() > y;
      }
    }
  }

  std::vector<std::vector<Action>> threads_;
};

// An execution that ends has one of the same outcome without the rounds that
// changed nothing, so that a condition that does not hold when it is first
// looked at can as well be looked at later; and a livelock is one where each
// thread that waits would wait on what there is in the end.
TEST(WaitingLoopsTest, FindsWhatConditionsThatHoldAtOnceShow) {
  constexpr uint64_t kPrograms =
      kAddressSanitizer || kThreadSanitizer ? 100 : 1'500;
  uint64_t livelocks = 0;
  for (uint64_t seed = 0; seed < kPrograms; ++seed) {
    const GeneratedWaits program(seed);
    const ExploredBody found =
        ExploreAll([&](Execution&) { return program.Run(true); });
    ExploredBody all =
        EnumerateAll([&](Execution&) { return program.Run(false); });
    all.outcomes.erase(std::string(kRepeats));
    ASSERT_EQ(WithoutLivelocks(found.outcomes), WithoutLivelocks(all.outcomes))
        << program.Text();
    ASSERT_EQ(HasLivelock(found), HasLivelock(all)) << program.Text();
    livelocks += HasLivelock(all) ? 1 : 0;
    for (const auto& [trace, outcome] : all.traces) {
      if (outcome == kRepeats || outcome == "livelock") continue;
      ASSERT_EQ(found.traces.count(trace), 1u) << program.Text();
    }
    EXPECT_EQ(found.repeated, 0u) << program.Text();
  }
  EXPECT_GT(livelocks, kPrograms / 20);
  EXPECT_LT(livelocks, kPrograms - kPrograms / 20);
}

}  // namespace
}  // namespace mortsafe

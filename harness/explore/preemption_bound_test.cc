// The search with a bound on pre-emptions: all interleavings within it, each
// once, and it says when the bound left some out.

#include "harness/explore/preemption_bound.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/model/execution.h"
#include "harness/model/memory.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr uint32_t kNoBound = UINT32_MAX;

struct Searched {
  uint64_t executions = 0;
  bool cut = false;
  std::set<std::string> outcomes;
};

// `body` returns what it saw.
Searched SearchAll(uint32_t bound, const std::function<std::string()>& body) {
  Searched searched;
  Execution execution;
  PreemptionBoundedSearch search(bound);
  while (search.Next()) {
    const Outcome outcome = execution.Run({}, search, [&] {
      const std::string seen = body();
      const HarnessAllocations harness;
      searched.outcomes.insert(seen);
    });
    EXPECT_FALSE(outcome.failure.has_value()) << outcome.failure->message;
    ++searched.executions;
  }
  searched.cut = search.cut();
  return searched;
}

// Two threads with two steps each, and who came when.
std::string OrderOfSteps() {
  atomic<size_t> step{0};
  std::string order(4, ' ');
  const auto take = [&](char letter) {
    for (int i = 0; i < 2; ++i) order[step.fetch_add(1)] = letter;
  };
  thread first([&] { take('a'); });
  thread second([&] { take('b'); });
  first.join();
  second.join();
  return order;
}

TEST(PreemptionBoundTest, EachBoundAddsWhatItAllows) {
  const Searched none = SearchAll(0, OrderOfSteps);
  EXPECT_THAT(none.outcomes, ElementsAre("aabb", "bbaa"));
  EXPECT_TRUE(none.cut);

  const Searched one = SearchAll(1, OrderOfSteps);
  EXPECT_THAT(one.outcomes,
              UnorderedElementsAre("aabb", "bbaa", "abba", "baab"));
  EXPECT_TRUE(one.cut);

  const Searched all = SearchAll(kNoBound, OrderOfSteps);
  EXPECT_THAT(all.outcomes, UnorderedElementsAre("aabb", "bbaa", "abba", "baab",
                                                 "abab", "baba"));
  EXPECT_FALSE(all.cut);
}

TEST(PreemptionBoundTest, ABoundThatCutsNothingIsComplete) {
  const uint64_t everything = SearchAll(kNoBound, OrderOfSteps).executions;
  // Four steps of two threads, and thread 0's joins: no execution has more
  // than four switches away from a thread that can go on.
  const Searched bounded = SearchAll(6, OrderOfSteps);
  EXPECT_FALSE(bounded.cut);
  EXPECT_EQ(bounded.executions, everything);
}

TEST(PreemptionBoundTest, ABlockedThreadIsNotPreempted) {
  const Searched searched = SearchAll(0, [] {
    mutex lock;
    std::string order;
    const auto take = [&](char letter) {
      lock.lock();
      order += letter;
      lock.unlock();
    };
    lock.lock();
    thread first([&] { take('a'); });
    thread second([&] { take('b'); });
    lock.unlock();
    first.join();
    second.join();
    return order;
  });
  // Who waited goes on in either order, though no pre-emption is allowed.
  EXPECT_THAT(searched.outcomes, ElementsAre("ab", "ba"));
}

}  // namespace
}  // namespace mortsafe

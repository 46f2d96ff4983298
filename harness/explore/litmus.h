// What the litmus tests share: small concurrent programs explored to the end,
// whose outcomes and whose number of executions are known beforehand.
//
// The number of executions is that of Mazurkiewicz traces: of the ways to order
// the pairs of steps that do not commute. Loads of one atomic commute, and a
// failed compare-exchange is a load; anything else on one atomic, and what
// locks and unlocks exclusively, does not. Each test derives its number from
// that. In the derivations Wx and Rx are a store to and a load of x, 1 and 2
// the threads in order, a < b that a comes first.

#ifndef MORTSAFE_HARNESS_EXPLORE_LITMUS_H_
#define MORTSAFE_HARNESS_EXPLORE_LITMUS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "harness/explore/every_interleaving.h"
#include "harness/model/execution.h"
#include "harness/model/sanitizers.h"
#include "mortsafe/explore.h"

namespace mortsafe {

// "1 0": one number per thing that is watched.
using Outcomes = std::set<std::string>;

// Runs each of `bodies` in a thread of its own, and joins them.
template <class... Bodies>
void RunThreads(Bodies... bodies) {
  std::array<thread, sizeof...(Bodies)> threads = {
      thread(std::move(bodies))...};
  for (thread& each : threads) each.join();
}

// Starts `count` threads, each running body(number), and joins them.
template <size_t count, class Body>
void RunAlike(Body body) {
  std::array<thread, count> threads;
  for (size_t i = 0; i < count; ++i) threads[i] = thread(body, i);
  for (thread& each : threads) each.join();
}

struct Explored {
  ExploreResult result;
  Outcomes outcomes;
};

// Explores `body`, which returns an array of what is watched.
template <class Body>
Explored ExploreOutcomes(Body body, const ExploreOptions& options = {}) {
  Explored explored;
  explored.result = Explore(options, [&] {
    const auto outcome = body();
    const KeepAllocations keep;
    explored.outcomes.insert(absl::StrJoin(outcome, " "));
  });
  return explored;
}

// Sanitizer builds have no MemoryModel::kC11.
inline constexpr bool kWeakMemoryOffered =
    !kAddressSanitizer && !kThreadSanitizer;

// Expects that `body` has just these outcomes, in so many executions, under
// `memory`.
template <class Body>
void ExpectUnder(MemoryModel memory, uint64_t executions,
                 const Outcomes& outcomes, Body body) {
  const Explored explored = ExploreOutcomes(body, {.memory = memory});
  const ExploreResult& result = explored.result;
  EXPECT_TRUE(result.complete);
  EXPECT_FALSE(result.failure.has_value()) << result.failure->message << "\n"
                                           << result.failure->trace;
  EXPECT_EQ(result.executions, executions);
  EXPECT_EQ(result.blocked, 0u);
  EXPECT_EQ(explored.outcomes, outcomes);
}

// The same under every memory model: all orders in `body` are seq_cst, and it
// shares no locks. Then what each load reads and how each atomic's stores are
// ordered, which is what C11's executions differ in, says how all conflicting
// steps are ordered.
template <class Body>
void ExpectExactly(uint64_t executions, const Outcomes& outcomes, Body body) {
  ExpectUnder(MemoryModel::kSc, executions, outcomes, body);
  if (kWeakMemoryOffered) {
    ExpectUnder(MemoryModel::kC11, executions, outcomes, body);
  }
}

// The number of traces of `body`, found by trying all interleavings.
inline uint64_t TracesOfAllInterleavings(const std::function<void()>& body) {
  std::set<uint64_t> traces;
  Execution execution;
  EveryInterleaving search;
  while (search.Next()) {
    const Outcome outcome = execution.Run({}, search, body);
    EXPECT_FALSE(outcome.failure.has_value()) << outcome.failure->message;
    traces.insert(search.digest());
  }
  return traces.size();
}

// For programs too long to count by hand: expects just these outcomes, in as
// many executions as all interleavings have traces.
template <class Body>
void ExpectAsEnumerated(const Outcomes& outcomes, Body body) {
  ExpectExactly(TracesOfAllInterleavings([&] { body(); }), outcomes, body);
}

// Expects that `body` fails in that way, and returns how that is told.
inline ExploreFailure ExpectFailureUnder(MemoryModel memory,
                                         const std::string& kind,
                                         const std::function<void()>& body) {
  const ExploreResult result = Explore({.memory = memory}, body);
  EXPECT_FALSE(result.complete);
  EXPECT_TRUE(result.failure.has_value());
  const ExploreFailure failure = result.failure.value_or(ExploreFailure());
  EXPECT_EQ(failure.kind, kind) << failure.message;
  EXPECT_FALSE(failure.trace.empty());
  return failure;
}

// The same under every memory model; returns how it is told under kSc.
inline ExploreFailure ExpectFailure(const std::string& kind,
                                    const std::function<void()>& body) {
  if (kWeakMemoryOffered) ExpectFailureUnder(MemoryModel::kC11, kind, body);
  return ExpectFailureUnder(MemoryModel::kSc, kind, body);
}

// Expects that `body` races on a plain object. Not under ThreadSanitizer, which
// ends the process at the first race that it sees.
inline void ExpectRace(const std::function<void()>& body) {
  if (!kThreadSanitizer) ExpectFailure("data-race", body);
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_LITMUS_H_

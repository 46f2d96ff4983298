// What the litmus tests of C11's memory model share: memory orders by short
// names, as programs often differ in nothing else, and what is expected of a
// body.

#ifndef MORTSAFE_HARNESS_EXPLORE_LITMUS_WEAK_H_
#define MORTSAFE_HARNESS_EXPLORE_LITMUS_WEAK_H_

#include <atomic>
#include <cstdint>

#include "gtest/gtest.h"
#include "harness/explore/litmus.h"
#include "mortsafe/explore.h"

namespace mortsafe {

inline constexpr std::memory_order kRelaxed = std::memory_order_relaxed;
inline constexpr std::memory_order kAcquire = std::memory_order_acquire;
inline constexpr std::memory_order kRelease = std::memory_order_release;
inline constexpr std::memory_order kAcqRel = std::memory_order_acq_rel;
inline constexpr std::memory_order kSeqCst = std::memory_order_seq_cst;

// How a thread stores and loads.
struct Orders {
  std::memory_order store;
  std::memory_order load;
};
inline constexpr Orders kAllRelaxed = {kRelaxed, kRelaxed};
inline constexpr Orders kReleaseAcquire = {kRelease, kAcquire};
inline constexpr Orders kAllSeqCst = {kSeqCst, kSeqCst};

// Expects that `body` has just these outcomes, in so many executions, and that
// random executions show the same.
template <class Body>
void ExpectWeakly(uint64_t executions, const Outcomes& outcomes, Body body) {
  ExpectUnder(MemoryModel::kC11, executions, outcomes, body);
  const Explored drawn = ExploreOutcomes(
      body, {.memory = MemoryModel::kC11, .strategy = Strategy::kRandom});
  EXPECT_EQ(drawn.outcomes, outcomes);
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_LITMUS_WEAK_H_

// Just-in-time linearization (Lowe, "Testing for linearizability", 2017): the
// exact search behind the checker.
//
// Calls and returns are taken in time order, equal times as concurrent. A
// configuration says which open steps are already in effect and what the keys
// hold; only the current layer of configurations is kept. A step takes effect
// only when a return forces it: before the step itself, other open steps may.
//
// Five facts keep layers small; each drops only configurations for which a
// better one stays:
//  1. A read that is legal now may take effect now: it changes nothing.
//  2. Of two interchangeable open steps, the one that returns first goes first.
//  3. A state that no later step can bring back must not be left while a read
//     of it is still to be called.
//  4. A value that no step mentions is like any other such value; and where no
//     step answers by a difference ("anything but"), its Store can hide right
//     before any other blind write.
//  5. Having read more, or spent fewer optional steps, is never worse.

#ifndef MORTSAFE_HARNESS_LINEARIZE_SEARCH_H_
#define MORTSAFE_HARNESS_LINEARIZE_SEARCH_H_

#include <cstdint>
#include <memory>

#include "absl/types/span.h"
#include "harness/linearize/step.h"

namespace mortsafe {

// The whole history counts.
inline constexpr uint64_t kNoHorizon = kPending - 1;

// Keeps its memory between searches.
class Search {
 public:
  Search();
  ~Search();
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

  // Whether the steps, all of one key and sorted by call time, can be
  // linearized up to and including the returns at `horizon`. `state_count` is
  // one more than the greatest state. REQUIRES: at most kMaxOpenOperations
  // steps are open at any time; optional reads are left out.
  bool Succeeds(absl::Span<const Step> steps, CellState state_count,
                uint64_t horizon = kNoHorizon);

  // The same for steps of several keys and Clears over them.
  bool JointlySucceeds(absl::Span<const Step> steps, uint32_t key_count,
                       CellState state_count, uint64_t horizon = kNoHorizon);

 private:
  struct Engines;
  std::unique_ptr<Engines> engines_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_SEARCH_H_

// An oracle that is obviously right and hopelessly slow: it tries every order
// of the operations that respects their times, on the sequential specification.

#ifndef MORTSAFE_HARNESS_LINEARIZE_BRUTE_FORCE_H_
#define MORTSAFE_HARNESS_LINEARIZE_BRUTE_FORCE_H_

#include "harness/history/history.h"

namespace mortsafe {

// Whether `history` is linearizable, in the sense of Checker::IsLinearizable.
// REQUIRES: at most 64 operations, of which a Range counts once for each key
// of the history; meant for about eight.
bool BruteForceIsLinearizable(const History& history);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_BRUTE_FORCE_H_

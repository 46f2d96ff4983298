// Compares the checker with the brute-force oracle on one history. The
// differential test and the fuzzer share it.

#ifndef MORTSAFE_HARNESS_LINEARIZE_DIFFERENTIAL_H_
#define MORTSAFE_HARNESS_LINEARIZE_DIFFERENTIAL_H_

#include <optional>
#include <string>

#include "harness/history/history.h"
#include "harness/linearize/checker.h"

namespace mortsafe {

// What is wrong with the checker's answers about `history`, the history
// included as JSON Lines; nothing if all is well, which means:
//  - the verdict is the oracle's;
//  - a violation is explained exactly where there is one;
//  - its culprit is in its witness, and its witness alone is no longer
//    linearizable and has a violation of the same kind;
//  - a non-atomic Clear is one only if each key alone is linearizable.
// REQUIRES: the history is as small as BruteForceIsLinearizable needs.
std::optional<std::string> Disagreement(const History& history,
                                        Checker& checker);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_DIFFERENTIAL_H_

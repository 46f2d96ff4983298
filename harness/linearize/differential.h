// Compares all checkers with the brute-force oracle, one history at a time. The
// differential test, the trial and the fuzzer share it.

#ifndef MORTSAFE_HARNESS_LINEARIZE_DIFFERENTIAL_H_
#define MORTSAFE_HARNESS_LINEARIZE_DIFFERENTIAL_H_

#include <cstdint>
#include <optional>
#include <string>

#include "harness/history/history.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/map_search.h"
#include "harness/linearize/step_list.h"
#include "harness/linearize/stream_checker.h"
#include "harness/linearize/unambiguous.h"

namespace mortsafe {

// Keeps its memory between histories.
class Differential {
 public:
  // What is wrong with a verdict about `history`, the history included as JSON
  // Lines; nothing if the checker, the search alone, the stream and, where it
  // decides, the decision for distinct values say what the oracle says.
  // REQUIRES: the history is as small as BruteForceIsLinearizable needs.
  std::optional<std::string> WrongVerdict(const History& history);

  // The same, or what is wrong with the explanation, of which is asked that
  //  - a violation is explained exactly where there is one;
  //  - its culprit is in its witness, and its witness alone is no longer
  //    linearizable and has a violation of the same kind;
  //  - a non-atomic Clear is one only if each key alone is linearizable.
  std::optional<std::string> Disagreement(const History& history);

  // Of the histories so far: those that are not linearizable, and those that
  // the decision for distinct values decided.
  uint64_t violations() const { return violations_; }
  uint64_t decided_fast() const { return decided_fast_; }

 private:
  // Which checker is wrong; nullptr if none is.
  const char* WrongChecker(const History& history, bool linearizable);
  bool FastDecisionAgrees(bool linearizable);
  Verdict JudgeAsStream(History history);
  const char* WrongExplanation(const History& history);

  Checker checker_;
  MapSearch search_;
  StreamChecker stream_;
  UnambiguousChecker unambiguous_;
  StepList steps_;
  uint64_t violations_ = 0;
  uint64_t decided_fast_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_DIFFERENTIAL_H_

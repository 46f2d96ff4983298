// Decides whether a history of a map is linearizable (Herlihy and Wing, 1990),
// exactly, for all ten operations.

#ifndef MORTSAFE_HARNESS_LINEARIZE_CHECKER_H_
#define MORTSAFE_HARNESS_LINEARIZE_CHECKER_H_

#include <memory>
#include <optional>

#include "harness/history/history.h"
#include "harness/linearize/map_search.h"
#include "harness/linearize/violation.h"

namespace mortsafe {

// Judges histories that are in memory, one after the other; keeps its own
// memory between them, so that the hot path of the hunt does not allocate.
// Longer ones than fit are for the StreamChecker. Not thread-safe.
class Checker {
 public:
  Checker();
  ~Checker();
  Checker(const Checker&) = delete;
  Checker& operator=(const Checker&) = delete;

  // Whether some order of the calls, in which no call comes before one that
  // had returned before it was called, explains every result. A map starts
  // empty. Range counts as one read per key, each at its own moment inside the
  // Range's interval; Clear as one step over all keys. Unknown only where a
  // bound of MapSearch is hit, which no history of a program within program.h's
  // bounds does.
  Verdict Judge(const History& history);

  // Whether the verdict is kLinearizable.
  bool IsLinearizable(const History& history) {
    return Judge(history) == Verdict::kLinearizable;
  }

  // Names and explains the violation, or nothing if there is none, or none that
  // can be told within the bounds.
  std::optional<Violation> Explain(const History& history);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_CHECKER_H_

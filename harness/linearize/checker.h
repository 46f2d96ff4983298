// Decides whether a history of a map is linearizable (Herlihy and Wing, 1990),
// exactly, for all ten operations.

#ifndef MORTSAFE_HARNESS_LINEARIZE_CHECKER_H_
#define MORTSAFE_HARNESS_LINEARIZE_CHECKER_H_

#include <memory>
#include <optional>

#include "harness/history/history.h"
#include "harness/linearize/violation.h"

namespace mortsafe {

// At most this many operations may be open at the same time.
inline constexpr int kMaxOpenOperations = 64;

// Judges histories, one after the other; keeps its memory between them, so that
// the hot path of the hunt does not allocate. Not thread-safe.
class Checker {
 public:
  Checker();
  ~Checker();
  Checker(const Checker&) = delete;
  Checker& operator=(const Checker&) = delete;

  // Whether some order of the calls, in which no call comes before one that
  // had returned before it was called, explains every result. A map starts
  // empty. Range counts as one read per key, each at its own moment inside the
  // Range's interval; Clear as one step over all keys.
  // REQUIRES: IsWithinBounds(history), or it is of a program within program.h's
  // bounds.
  bool IsLinearizable(const History& history);

  // Names and explains the violation, or nothing if there is none.
  // REQUIRES: IsWithinBounds(history), or it is of a program within program.h's
  // bounds.
  std::optional<Violation> Explain(const History& history);

  // Whether at most kMaxOpenOperations operations are open at any time, counted
  // for each key; with Clears over several keys, for all keys together, where a
  // Range counts once for each key. Pending Loads and Ranges do not count.
  // A history from elsewhere should be asked. One of a program within
  // program.h's bounds need not: whatever keys a broken Range shows beyond
  // those that the program names, it is judged.
  bool IsWithinBounds(const History& history);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_CHECKER_H_

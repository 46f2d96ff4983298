// The sequential specification of the ten operations: what each does to a map
// that nobody else touches. The brute-force oracle and the history generator
// are built on it; the checker deliberately is not, so that the two can be
// compared.

#ifndef MORTSAFE_HARNESS_LINEARIZE_SPECIFICATION_H_
#define MORTSAFE_HARNESS_LINEARIZE_SPECIFICATION_H_

#include <optional>

#include "harness/history/history.h"

namespace mortsafe {

// What a map holds under one key.
using Cell = std::optional<Value>;

// What a call answers.
struct Answer {
  std::optional<Value> result;
  bool ok = false;

  friend bool operator==(const Answer&, const Answer&) = default;
};

// Performs the call of `operation`, whatever its result, on the cell of its
// key. A Range reads the cell; a Clear empties it.
Answer Perform(const HistoryOperation& operation, Cell& cell);

// Whether the recorded result of a completed `operation` is `answer`. REQUIRES:
// the operation has a key.
bool Recorded(const HistoryOperation& operation, const Answer& answer);

// Records `answer` as the result. REQUIRES: the operation has a key.
void Record(const Answer& answer, HistoryOperation& operation);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_SPECIFICATION_H_

// Puts a violation's explanation together: where the contradiction is complete,
// what suffices for it (witness.h), what it is called (classify.h), and how it
// is told (sentence.h).

#ifndef MORTSAFE_HARNESS_LINEARIZE_EXPLAIN_H_
#define MORTSAFE_HARNESS_LINEARIZE_EXPLAIN_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "harness/history/history.h"
#include "harness/linearize/map_search.h"
#include "harness/linearize/violation.h"

namespace mortsafe {

// Operations that are not in the history, of which only this is known: within
// this time, any number of them may have written under `key`.
struct FreeWrites {
  enum class What {
    kRemoval,
    kStore,       // Of `value`.
    kOtherStore,  // Of any values that the history does not speak of.
  };
  Key key = 0;
  What what = What::kRemoval;
  Value value = 0;
  uint64_t first_call = 0;
  uint64_t last_return = 0;
};

// What is known besides a history.
struct Surroundings {
  absl::Span<const FreeWrites> free_writes;
  // The history is complete as far as what had returned by then goes.
  uint64_t horizon = kNoHorizon;
};

// Names and explains the violation of `history`, whatever the free writes did;
// nothing if there is none. The witness alone has a violation of the same kind.
std::optional<Violation> ExplainHistory(
    const History& history, MapSearch& search,
    const Surroundings& surroundings = Surroundings());

// The history that is left of `history` when only these operations are kept.
History Restricted(const History& history, absl::Span<const size_t> operations);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_EXPLAIN_H_

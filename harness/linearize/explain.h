// Puts a violation's explanation together: where the contradiction is complete,
// what suffices for it (witness.h), what it is called (classify.h), and how it
// is told (sentence.h).

#ifndef MORTSAFE_HARNESS_LINEARIZE_EXPLAIN_H_
#define MORTSAFE_HARNESS_LINEARIZE_EXPLAIN_H_

#include <cstddef>
#include <optional>

#include "absl/types/span.h"
#include "harness/history/history.h"
#include "harness/linearize/map_search.h"
#include "harness/linearize/violation.h"

namespace mortsafe {

// Names and explains the violation, or nothing if there is none. The witness
// alone has a violation of the same kind.
std::optional<Violation> ExplainHistory(const History& history,
                                        MapSearch& search);

// The history that is left of `history` when only these operations are kept.
History Restricted(const History& history, absl::Span<const size_t> operations);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_EXPLAIN_H_

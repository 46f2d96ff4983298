// Why a history is not linearizable.

#ifndef MORTSAFE_HARNESS_LINEARIZE_VIOLATION_H_
#define MORTSAFE_HARNESS_LINEARIZE_VIOLATION_H_

#include <cstddef>
#include <string>
#include <vector>

#include "harness/base/violation_kind.h"

namespace mortsafe {

// How one call of a witness stands to another. Indices point into
// History::operations.
struct Constraint {
  enum class Relation {
    kFinishedBefore,  // `first` returned before `second` was called.
    kReadFrom,        // `second` saw the value that `first` stored.
    kOverwrote,       // `second` replaced or removed what `first` stored.
    // `first` did not find what `second` stores, which no call of the witness
    // takes away: `first` comes before `second`.
    kMissed,
  };
  size_t first = 0;
  size_t second = 0;
  Relation relation = Relation::kFinishedBefore;

  friend bool operator==(const Constraint&, const Constraint&) = default;
};

struct Violation {
  ViolationKind kind = ViolationKind::kStaleValueAfterDelete;
  // The operation whose answer no order of the calls explains.
  size_t culprit = 0;
  // The calls that prove it, by call time: alone they are already
  // contradictory, and no sound reduction makes them fewer.
  std::vector<size_t> witness;
  std::vector<Constraint> constraints;
  // One sentence for a newcomer, with clients, calls and results named.
  std::string sentence;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_VIOLATION_H_

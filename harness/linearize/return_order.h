// A quick proof for most linearizable histories: every write takes effect when
// it returns, every read at some moment between its call and its return.
//
// Where that explains all answers the history is linearizable; where it does
// not, nothing is known and the search must decide.

#ifndef MORTSAFE_HARNESS_LINEARIZE_RETURN_ORDER_H_
#define MORTSAFE_HARNESS_LINEARIZE_RETURN_ORDER_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "harness/linearize/step.h"

namespace mortsafe {

// Keeps its memory between histories.
class ReturnOrder {
 public:
  // Whether writes in the order of their returns explain the steps, which are
  // of one key. A history of several keys and Clears is explained if the steps
  // of each key are, as a Clear has one return for all. Linear for steps that
  // are sorted by their returns, up to their overlap.
  bool Explains(absl::Span<const Step> steps);

 private:
  // What the key held, and until when.
  struct Past {
    CellState state = kAbsent;
    uint64_t until = 0;
  };

  void SortByReturn(absl::Span<const Step> steps);
  bool WasAllowed(const Step& read) const;
  // Whether the next step by return can take effect as it answered.
  bool TakeEffect(const Step& step);

  std::vector<const Step*> by_return_;
  CellState current_ = kAbsent;
  std::vector<Past> past_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_RETURN_ORDER_H_

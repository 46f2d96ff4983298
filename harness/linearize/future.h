// What is known of the steps that are yet to be called: which values they need
// and which they can leave. A search may do without; with it, it need not leave
// a state that a later step must find and none can bring back.

#ifndef MORTSAFE_HARNESS_LINEARIZE_FUTURE_H_
#define MORTSAFE_HARNESS_LINEARIZE_FUTURE_H_

#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "harness/linearize/step.h"

namespace mortsafe {

class Future {
 public:
  // Nothing is known.
  void Forget() { Assign({}, 0); }

  // `ahead` are the next steps to be called, all that are called up to `until`;
  // what comes later is unknown. They must stay where they are until the next
  // change. Costs nothing until the first question, then O(steps) once.
  void Assign(absl::Span<const Step> ahead, uint64_t until);

  // The next of the steps has been called.
  void Advance() { ++position_; }

  // Whether under `key` a step is to come that must find `state`, and none that
  // can leave it comes before that step has to return.
  bool IsNeededAgain(uint32_t key, CellState state);

  // Whether no step that is yet to come can leave `state` under `key` before
  // `time`.
  bool CannotComeBack(uint32_t key, CellState state, uint64_t time);

 private:
  // Of one state of one key: the last steps ahead that must find it, and that
  // can leave it. The first step ahead is number 1; 0 stands for none.
  struct Uses {
    size_t last_need = 0;
    size_t last_store = 0;
  };

  void Survey();
  Uses UsesOf(uint32_t key, CellState state);

  absl::Span<const Step> ahead_;
  uint64_t until_ = 0;
  size_t position_ = 0;  // How many of them have been called.
  bool surveyed_ = false;
  absl::flat_hash_map<std::pair<uint32_t, CellState>, Uses> uses_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_FUTURE_H_

#include "harness/linearize/future.h"

namespace mortsafe {

void Future::Assign(absl::Span<const Step> ahead, uint64_t until) {
  ahead_ = ahead;
  until_ = until;
  position_ = 0;
  surveyed_ = false;
}

void Future::Survey() {
  surveyed_ = true;
  uses_.clear();
  size_t number = 0;
  for (const Step& step : ahead_) {
    ++number;
    if (!IsRead(step)) uses_[{step.key, step.stored}].last_store = number;
    if (step.need == Need::kExactly && !step.optional &&
        step.return_time <= until_) {
      uses_[{step.key, step.needed}].last_need = number;
    }
  }
}

Future::Uses Future::UsesOf(uint32_t key, CellState state) {
  if (!surveyed_) Survey();
  const auto found = uses_.find({key, state});
  return found == uses_.end() ? Uses() : found->second;
}

bool Future::IsNeededAgain(uint32_t key, CellState state) {
  const Uses uses = UsesOf(key, state);
  return uses.last_need > position_ && uses.last_store <= position_;
}

bool Future::CannotComeBack(uint32_t key, CellState state, uint64_t time) {
  return time <= until_ && UsesOf(key, state).last_store <= position_;
}

}  // namespace mortsafe

#include "harness/linearize/return_order.h"

#include <algorithm>
#include <cstddef>

#include "absl/types/span.h"
#include "harness/linearize/step.h"

namespace mortsafe {

void ReturnOrder::SortByReturn(absl::Span<const Step> steps) {
  by_return_.clear();
  for (const Step& step : steps) {
    if (step.return_time == kPending) continue;  // Need not take effect.
    size_t at = by_return_.size();
    by_return_.push_back(&step);
    for (; at > 0 && by_return_[at - 1]->return_time > step.return_time; --at) {
      by_return_[at] = by_return_[at - 1];
    }
    by_return_[at] = &step;
  }
}

bool ReturnOrder::WasAllowed(const Step& read) const {
  for (size_t i = past_.size(); i > 0 && past_[i - 1].until >= read.call_time;
       --i) {
    if (Allows(read, past_[i - 1].state)) return true;
  }
  return false;
}

bool ReturnOrder::TakeEffect(const Step& step) {
  const bool allowed = Allows(step, current_);
  if (IsRead(step)) return allowed || WasAllowed(step);
  past_.push_back({current_, step.return_time});
  current_ = StateAfter(step, current_);
  return allowed;
}

bool ReturnOrder::Explains(absl::Span<const Step> steps) {
  SortByReturn(steps);
  past_.clear();
  current_ = kAbsent;
  return std::all_of(by_return_.begin(), by_return_.end(),
                     [this](const Step* step) { return TakeEffect(*step); });
}

}  // namespace mortsafe

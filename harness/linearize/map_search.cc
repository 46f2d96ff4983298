#include "harness/linearize/map_search.h"

#include <algorithm>

#include "harness/base/check.h"

namespace mortsafe {

MapSearch::MapSearch() : worlds_(keys_, pool_) {}

void MapSearch::Reset() {
  for (KeyState& key : keys_) {
    if (key.search != nullptr) pool_.Return(std::move(key.search));
  }
  keys_.clear();
  closing_.clear();
  worlds_.Reset();
  pool_.future().Forget();
  verdict_ = Verdict::kLinearizable;
  bound_ = absl::string_view();
}

void MapSearch::LookAhead(absl::Span<const Step> ahead, uint64_t until) {
  pool_.future().Assign(ahead, until);
}

Verdict MapSearch::Decide(Verdict verdict, uint64_t time, uint32_t key) {
  verdict_ = verdict;
  decisive_time_ = time;
  decisive_key_ = key;
  return verdict;
}

Verdict MapSearch::GiveUp(absl::string_view bound, uint64_t time,
                          uint32_t key) {
  bound_ = bound;
  return Decide(Verdict::kUnknown, time, key);
}

Verdict MapSearch::Call(const Step& step) {
  if (step.call_time > 0) ReturnsUntil(step.call_time - 1);
  if (verdict_ != Verdict::kLinearizable) return verdict_;
  pool_.future().Advance();
  return step.key == kEveryKey ? CallClear(step) : CallKey(step);
}

Verdict MapSearch::CallKey(const Step& step) {
  while (step.key >= keys_.size()) {
    const auto next = static_cast<uint32_t>(keys_.size());
    keys_.emplace_back().key = next;
  }
  KeyState& key = keys_[step.key];
  if (key.search == nullptr && IsRead(step) && Allows(step, key.settled)) {
    return verdict_;
  }
  GrowingSearch& search = key.Searched(pool_);
  if (!search.MakeRoom()) {
    return GiveUp("the open operations of a key", step.call_time, step.key);
  }
  const std::optional<size_t> slot = search.Call(step);
  key.cleared.clear();
  if (slot.has_value()) Await(step, static_cast<uint32_t>(*slot));
  return verdict_;
}

Verdict MapSearch::CallClear(const Step& step) {
  if (worlds_.IsFull()) {
    return GiveUp("the open Clears", step.call_time, kEveryKey);
  }
  Await(step, worlds_.Call(step));
  return verdict_;
}

void MapSearch::Await(const Step& step, uint32_t slot) {
  if (step.return_time == kPending) return;
  closing_.push_back(Closing{step.return_time, step.key, slot});
  std::push_heap(closing_.begin(), closing_.end(), ReturnsLater);
}

Verdict MapSearch::ReturnsUntil(uint64_t time) {
  while (!closing_.empty() && closing_.front().time <= time &&
         verdict_ == Verdict::kLinearizable) {
    std::pop_heap(closing_.begin(), closing_.end(), ReturnsLater);
    const Closing closing = closing_.back();
    closing_.pop_back();
    Return(closing);
  }
  return verdict_;
}

void MapSearch::Return(const Closing& closing) {
  const bool split = worlds_.IsSplit();
  if (split && !worlds_.Split()) {
    GiveUp("the worlds that open Clears make", closing.time, kEveryKey);
    return;
  }
  if (closing.key == kEveryKey) {
    worlds_.ReturnClear(closing.slot);
  } else if (!ReturnUnder(keys_[closing.key], closing, split)) {
    return;
  }
  if (split && worlds_.size() == 0) {
    Decide(Verdict::kViolation, closing.time, kEveryKey);
  }
}

// False if that decided the history.
bool MapSearch::ReturnUnder(KeyState& key, const Closing& closing, bool split) {
  key.cleared.clear();
  if (!key.search->Return(closing.slot)) {
    GiveUp("the configurations of a key", closing.time, closing.key);
    return false;
  }
  if (split) {
    worlds_.AfterReturn(closing.key);
  } else if (key.search->IsDead(0)) {
    Decide(Verdict::kViolation, closing.time, closing.key);
    return false;
  }
  if (worlds_.size() > 0) key.Settle(pool_);
  return true;
}

Verdict MapSearch::Judge(absl::Span<const Step> steps, uint64_t horizon) {
  Reset();
  LookAhead(steps, horizon);
  for (const Step& step : steps) {
    if (step.call_time > horizon) break;
    if (Call(step) != Verdict::kLinearizable) return verdict_;
  }
  return ReturnsUntil(horizon);
}

bool MapSearch::IsForgettable(uint32_t key) const {
  return key >= keys_.size() ||
         (keys_[key].search == nullptr && keys_[key].settled == kAbsent);
}

}  // namespace mortsafe

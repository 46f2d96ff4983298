#include "harness/linearize/map_search.h"

#include <algorithm>
#include <thread>

#include "harness/base/check.h"

namespace mortsafe {
namespace {

// With fewer open steps, or fewer steps to come, threads cost more than they
// save.
constexpr size_t kManyOpen = 8;
constexpr ptrdiff_t kManySteps = 256;

}  // namespace

MapSearch::MapSearch(size_t workers) : lanes_(workers), worlds_(keys_) {
  Check(workers > 0, "somebody has to search");
}

void MapSearch::Reset() {
  for (KeyState& key : keys_) key.EndSearch();
  keys_.clear();
  for (Lane& lane : lanes_) {
    lane.closing.clear();
    lane.pool.future().Forget();
  }
  worlds_.Reset();
  outcome_ = Outcome();
}

void MapSearch::LookAhead(absl::Span<const Step> ahead, uint64_t until) {
  for (Lane& lane : lanes_) lane.pool.future().Assign(ahead, until);
}

bool MapSearch::ComesFirst(const Outcome& a, const Outcome& b) {
  if (a.time != b.time) return a.time < b.time;
  if (a.by_call != b.by_call) return a.by_call;
  return a.key < b.key;
}

Verdict MapSearch::Call(const Step& step) {
  if (step.call_time > 0) ReturnsUntil(step.call_time - 1);
  if (verdict() != Verdict::kLinearizable) return verdict();
  for (Lane& lane : lanes_) lane.pool.future().Advance();
  if (step.key == kEveryKey) {
    CallClear(step);
  } else {
    AddKeys(step.key);
    CallKey(step, LaneOf(step.key), outcome_);
  }
  return verdict();
}

Verdict MapSearch::CallAll(absl::Span<const Step> steps) {
  const auto is_clear = [](const Step& step) { return step.key == kEveryKey; };
  auto clear = steps.begin();  // The first one from `step` on.
  for (auto step = steps.begin();
       step != steps.end() && verdict() == Verdict::kLinearizable;) {
    if (lanes_.size() > 1 && clear <= step) {
      clear = std::find_if(step, steps.end(), is_clear);
    }
    if (clear - step >= kManySteps && LanesMayPart()) {
      CallApart(absl::MakeConstSpan(step, clear));
      step = clear;
    } else {
      Call(*step++);
    }
  }
  return verdict();
}

bool MapSearch::LanesMayPart() const {
  if (worlds_.IsSplit()) return false;
  size_t open = 0;
  for (const Lane& lane : lanes_) open += lane.closing.size();
  return open >= kManyOpen;
}

void MapSearch::CallApart(absl::Span<const Step> steps) {
  uint32_t last_key = 0;
  for (const Step& step : steps) last_key = std::max(last_key, step.key);
  AddKeys(last_key);
  std::vector<std::thread> threads;
  for (size_t i = 1; i < lanes_.size(); ++i) {
    threads.emplace_back([&, i] { CallLane(lanes_[i], steps); });
  }
  CallLane(lanes_[0], steps);
  for (std::thread& thread : threads) thread.join();
  for (const Lane& lane : lanes_) {
    if (lane.outcome.verdict == Verdict::kLinearizable) continue;
    if (verdict() == Verdict::kLinearizable ||
        ComesFirst(lane.outcome, outcome_)) {
      outcome_ = lane.outcome;
    }
  }
}

// As Call() for all `steps`, if there were no other keys.
void MapSearch::CallLane(Lane& lane, absl::Span<const Step> steps) {
  Outcome& outcome = lane.outcome;
  outcome = Outcome();
  const auto returns_before = [&](uint64_t time) {
    while (!lane.closing.empty() && lane.closing.front().time < time &&
           outcome.verdict == Verdict::kLinearizable) {
      const Closing closing = TakeNext(lane);
      ReturnAlone(keys_[closing.key], closing, outcome);
    }
    return outcome.verdict == Verdict::kLinearizable;
  };
  for (const Step& step : steps) {
    if (&LaneOf(step.key) == &lane) {
      if (!returns_before(step.call_time)) return;
      lane.pool.future().Advance();
      CallKey(step, lane, outcome);
      if (outcome.verdict != Verdict::kLinearizable) return;
    } else {
      lane.pool.future().Advance();
    }
  }
  returns_before(steps.back().call_time);
}

void MapSearch::AddKeys(uint32_t last) {
  while (last >= keys_.size()) {
    const auto next = static_cast<uint32_t>(keys_.size());
    KeyState& key = keys_.emplace_back();
    key.key = next;
    key.pool = &LaneOf(next).pool;
  }
}

void MapSearch::CallKey(const Step& step, Lane& lane, Outcome& outcome) {
  KeyState& key = keys_[step.key];
  if (key.search == nullptr && IsRead(step) && Allows(step, key.settled)) {
    return;
  }
  GrowingSearch& search = key.Searched();
  if (!search.MakeRoom()) {
    outcome = {Verdict::kUnknown, step.call_time, step.key,
               "the open operations of a key", true};
    return;
  }
  const std::optional<size_t> slot = search.Call(step);
  key.cleared.clear();
  if (slot.has_value()) Await(step, static_cast<uint32_t>(*slot), lane);
}

void MapSearch::CallClear(const Step& step) {
  if (worlds_.IsFull()) {
    outcome_ = {Verdict::kUnknown, step.call_time, kEveryKey, "the open Clears",
                true};
    return;
  }
  Await(step, worlds_.Call(step), lanes_[0]);
}

void MapSearch::Await(const Step& step, uint32_t slot, Lane& lane) {
  if (step.return_time == kPending) return;
  lane.closing.push_back(Closing{step.return_time, step.key, slot});
  std::push_heap(lane.closing.begin(), lane.closing.end(), ReturnsLater);
}

MapSearch::Lane& MapSearch::NextLane() {
  Lane* next = lanes_.data();
  for (size_t i = 1; i < lanes_.size(); ++i) {
    Lane& lane = lanes_[i];
    if (lane.closing.empty()) continue;
    if (next->closing.empty() ||
        ReturnsLater(next->closing.front(), lane.closing.front())) {
      next = &lane;
    }
  }
  return *next;
}

MapSearch::Closing MapSearch::TakeNext(Lane& lane) {
  std::pop_heap(lane.closing.begin(), lane.closing.end(), ReturnsLater);
  const Closing next = lane.closing.back();
  lane.closing.pop_back();
  return next;
}

Verdict MapSearch::ReturnsUntil(uint64_t time) {
  while (verdict() == Verdict::kLinearizable) {
    Lane& lane = NextLane();
    if (lane.closing.empty() || lane.closing.front().time > time) break;
    Return(TakeNext(lane));
  }
  return verdict();
}

void MapSearch::Return(const Closing& closing) {
  if (!worlds_.IsSplit()) {
    ReturnAlone(keys_[closing.key], closing, outcome_);
    return;
  }
  if (!worlds_.Split()) {
    outcome_ = {Verdict::kUnknown, closing.time, kEveryKey,
                "the worlds that open Clears make"};
    return;
  }
  if (closing.key == kEveryKey) {
    worlds_.ReturnClear(closing.slot);
  } else {
    KeyState& key = keys_[closing.key];
    if (!ReturnUnder(key, closing, outcome_)) return;
    worlds_.AfterReturn(closing.key);
    if (worlds_.size() > 0) key.Settle();
  }
  if (worlds_.size() == 0) {
    outcome_ = {Verdict::kViolation, closing.time, kEveryKey, ""};
  }
}

// While there is only one world.
void MapSearch::ReturnAlone(KeyState& key, const Closing& closing,
                            Outcome& outcome) {
  if (!ReturnUnder(key, closing, outcome)) return;
  if (key.search->IsDead(0)) {
    outcome = {Verdict::kViolation, closing.time, closing.key, ""};
    return;
  }
  key.Settle();
}

bool MapSearch::ReturnUnder(KeyState& key, const Closing& closing,
                            Outcome& outcome) {
  key.cleared.clear();
  if (key.search->Return(closing.slot)) return true;
  outcome = {Verdict::kUnknown, closing.time, closing.key,
             "the configurations of a key"};
  return false;
}

Verdict MapSearch::Judge(absl::Span<const Step> steps, uint64_t horizon) {
  Reset();
  LookAhead(steps, horizon);
  for (const Step& step : steps) {
    if (step.call_time > horizon) break;
    if (Call(step) != Verdict::kLinearizable) return verdict();
  }
  return ReturnsUntil(horizon);
}

bool MapSearch::IsForgettable(uint32_t key) const {
  return key >= keys_.size() ||
         (keys_[key].search == nullptr && keys_[key].settled == kAbsent);
}

}  // namespace mortsafe

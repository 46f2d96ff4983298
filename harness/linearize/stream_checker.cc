#include "harness/linearize/stream_checker.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "harness/base/check.h"

namespace mortsafe {
namespace {

constexpr CellState kNotShown = std::numeric_limits<CellState>::max();

bool IsPending(const HistoryOperation& operation) {
  return operation.return_time == kPending;
}

bool IsRead(OperationKind kind) {
  return kind == OperationKind::kLoad || kind == OperationKind::kRange;
}

}  // namespace

void StreamChecker::Reset() {
  search_.Reset();
  verdict_ = Verdict::kLinearizable;
  operations_ = latest_call_ = 0;
  window_.clear();
  names_.clear();
  keys_.clear();
  live_.clear();
  free_names_.clear();
  forget_at_ = kChunk;
}

void StreamChecker::Decide(Verdict verdict, uint64_t time,
                           std::optional<Key> key) {
  verdict_ = verdict;
  decision_ = Decision{time, key, std::string(search_.bound())};
}

Verdict StreamChecker::Add(const HistoryOperation& operation) {
  Check(operation.call_time >= latest_call_, "operations come in call order");
  latest_call_ = operation.call_time;
  ++operations_;
  // A read that never returned says nothing.
  if (verdict_ != Verdict::kLinearizable ||
      (IsPending(operation) && IsRead(operation.kind))) {
    return verdict_;
  }
  if (HasUnnamedValue(operation)) {
    Decide(Verdict::kUnknown, operation.call_time, std::nullopt);
    decision_.bound = absl::StrCat("no name for value ", ValueStates::kUnnamed);
    return verdict_;
  }
  if (operation.kind == OperationKind::kRange) {
    AddRange(operation);
  } else if (operation.kind == OperationKind::kClear) {
    AddStep(StepWithAnyResult(operation, ValueStates()), kEveryKey, operation);
  } else {
    AddStep(StepOf(operation, ValueStates()), Name(operation.key), operation);
  }
  if (window_.size() >= 2 * kChunk) {
    Search(window_.size() - kChunk, latest_call_ == 0 ? 0 : latest_call_ - 1);
    if (names_.size() >= forget_at_) ForgetKeys();
  }
  return verdict_;
}

bool StreamChecker::HasUnnamedValue(const HistoryOperation& operation) const {
  const auto unnamed = [](Value value) {
    return value == ValueStates::kUnnamed;
  };
  return unnamed(operation.value) || unnamed(operation.old_value) ||
         operation.result == ValueStates::kUnnamed ||
         std::any_of(operation.entries.begin(), operation.entries.end(),
                     [&](const auto& entry) { return unnamed(entry.second); });
}

StreamChecker::KeyName StreamChecker::Name(Key key) {
  const auto [found, is_new] = names_.try_emplace(key);
  if (!is_new) return found->second;
  if (free_names_.empty()) {
    free_names_.push_back(static_cast<KeyName>(keys_.size()));
    keys_.push_back(key);
    live_.push_back(false);
  }
  const KeyName name = free_names_.back();
  free_names_.pop_back();
  keys_[name] = key;
  live_[name] = true;
  return found->second = name;
}

void StreamChecker::AddStep(Step step, KeyName key,
                            const HistoryOperation& operation) {
  step.key = key;
  step.call_time = operation.call_time;
  step.return_time = operation.return_time;
  window_.push_back(step);
}

// A key that turns up only later was absent all the while.
void StreamChecker::AddRange(const HistoryOperation& range) {
  shown_.assign(keys_.size(), kNotShown);
  std::optional<KeyName> shown_twice;
  for (const auto& [key, value] : range.entries) {
    const KeyName name = Name(key);
    if (name >= shown_.size()) shown_.resize(name + 1, kNotShown);
    if (shown_[name] != kNotShown) shown_twice = name;
    shown_[name] = ValueStates().Of(value);
  }
  Step step;
  for (KeyName key = 0; key < shown_.size(); ++key) {
    if (!live_[key] || (shown_[key] == kNotShown && !range.ok)) continue;
    step.need = shown_twice == key ? Need::kImpossible : Need::kExactly;
    step.needed = shown_[key] == kNotShown ? kAbsent : shown_[key];
    AddStep(step, key, range);
  }
}

void StreamChecker::Search(size_t count, uint64_t until) {
  search_.LookAhead(window_, until);
  search_.CallAll(absl::MakeConstSpan(window_).first(count));
  NoteDecision();
  window_.erase(window_.begin(),
                window_.begin() + static_cast<ptrdiff_t>(count));
  // What was ahead is not where it was.
  search_.LookAhead({}, 0);
}

Verdict StreamChecker::Finish() {
  if (verdict_ != Verdict::kLinearizable) return verdict_;
  Search(window_.size(), kNoHorizon);
  if (verdict_ == Verdict::kLinearizable) {
    search_.ReturnsUntil(kNoHorizon);
    NoteDecision();
  }
  return verdict_;
}

void StreamChecker::NoteDecision() {
  if (search_.verdict() == Verdict::kLinearizable) return;
  std::optional<Key> key;
  if (search_.decisive_key() != kEveryKey) key = keys_[search_.decisive_key()];
  Decide(search_.verdict(), search_.decisive_time(), key);
}

void StreamChecker::ForgetKeys() {
  std::vector<bool> in_use(keys_.size(), false);
  for (const Step& step : window_) {
    if (step.key != kEveryKey) in_use[step.key] = true;
  }
  for (KeyName name = 0; name < keys_.size(); ++name) {
    if (!live_[name] || in_use[name] || !search_.IsForgettable(name)) continue;
    live_[name] = false;
    names_.erase(keys_[name]);
    free_names_.push_back(name);
  }
  forget_at_ = std::max(kChunk, 2 * names_.size());
}

}  // namespace mortsafe

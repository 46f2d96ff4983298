#include "harness/linearize/step_list.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>

namespace mortsafe {
namespace {

// So few calls are sorted faster by insertion, without std's overhead.
constexpr size_t kInsertionSorted = 24;
constexpr CellState kNotShown = static_cast<CellState>(-1);

bool IsPending(const HistoryOperation& operation) {
  return operation.return_time == kPending;
}

}  // namespace

void StepList::SurveyRange(const History& history, size_t operation) {
  const HistoryOperation& range = history.operations[operation];
  if (IsPending(range)) return;
  shown_.assign(keys_.size(), kNotShown);
  for (const auto& [key, value] : range.entries) {
    const uint32_t name = keys_.Intern(key);
    if (name == shown_.size()) shown_.push_back(kNotShown);
    const bool repeated = shown_[name] != kNotShown;
    shown_[name] = kAbsent;
    if (repeated && (!duplicated_range_.has_value() ||
                     range.return_time <
                         history.operations[*duplicated_range_].return_time)) {
      duplicated_range_ = operation;
    }
  }
}

void StepList::Survey(const History& history) {
  keys_.Clear();
  values_.Clear();
  duplicated_range_.reset();
  has_clear_ = false;
  for (size_t i = 0; i < history.operations.size(); ++i) {
    const OperationKind kind = history.operations[i].kind;
    if (HasKey(kind)) {
      keys_.Intern(history.operations[i].key);
    } else if (kind == OperationKind::kClear) {
      has_clear_ = true;
    } else {
      SurveyRange(history, i);
    }
  }
  joint_ = has_clear_ && keys_.size() > 1;
}

void StepList::OrderCalls(const History& history) {
  const auto& operations = history.operations;
  order_.resize(operations.size());
  std::iota(order_.begin(), order_.end(), 0u);
  const auto called_before = [&](uint32_t a, uint32_t b) {
    return operations[a].call_time != operations[b].call_time
               ? operations[a].call_time < operations[b].call_time
               : a < b;
  };
  if (operations.size() > kInsertionSorted) {
    std::sort(order_.begin(), order_.end(), called_before);
    return;
  }
  for (auto next = order_.begin(); next != order_.end(); ++next) {
    for (auto place = next;
         place != order_.begin() && called_before(*place, *(place - 1));
         --place) {
      std::iter_swap(place, place - 1);
    }
  }
}

void StepList::AppendRange(const HistoryOperation& range, uint32_t operation) {
  shown_.assign(keys_.size(), kNotShown);
  for (const auto& [key, value] : range.entries) {
    CellState& shown = shown_[keys_.Intern(key)];
    if (shown == kNotShown) shown = 1 + values_.Intern(value);
  }
  Step step;
  step.call_time = range.call_time;
  step.return_time = range.return_time;
  step.operation = operation;
  step.need = Need::kExactly;
  for (uint32_t key = 0; key < shown_.size(); ++key) {
    if (shown_[key] == kNotShown && !range.ok) continue;
    step.key = key;
    step.needed = shown_[key] == kNotShown ? kAbsent : shown_[key];
    steps_.push_back(step);
  }
}

void StepList::Append(const History& history, uint32_t operation) {
  const HistoryOperation& call = history.operations[operation];
  switch (call.kind) {
    case OperationKind::kRange:
      if (!IsPending(call)) AppendRange(call, operation);
      return;
    case OperationKind::kClear: {
      Step step = StepWithAnyResult(call, ValueStates(values_));
      step.operation = operation;
      step.key = joint_ ? kEveryKey : 0;
      steps_.push_back(step);
      return;
    }
    case OperationKind::kLoad:
      if (IsPending(call)) return;
      [[fallthrough]];
    default: {
      Step step = StepOf(call, ValueStates(values_));
      step.operation = operation;
      step.key = keys_.Intern(call.key);
      steps_.push_back(step);
    }
  }
}

void StepList::Assign(const History& history) {
  Survey(history);
  OrderCalls(history);
  steps_.clear();
  split_ = false;
  for (uint32_t operation : order_) Append(history, operation);
}

void StepList::SplitByKey() {
  const uint32_t keys = key_count();
  key_begin_.assign(keys + 1, 0);
  uint32_t clears = 0;
  for (const Step& step : steps_) {
    if (step.key == kEveryKey) {
      ++clears;
    } else {
      ++key_begin_[step.key + 1];
    }
  }
  for (uint32_t key = 0; key < keys; ++key) {
    key_begin_[key + 1] += key_begin_[key] + clears;
  }
  by_key_.resize(key_begin_[keys]);
  for (const Step& step : steps_) {
    const bool clear = step.key == kEveryKey;
    const uint32_t first = clear ? 0 : step.key;
    const uint32_t last = clear ? keys : step.key + 1;
    for (uint32_t key = first; key < last; ++key) {
      Step& copy = by_key_[key_begin_[key]++];
      copy = step;
      copy.key = key;
    }
  }
  // Each beginning has moved to its end, which is the next one's beginning.
  for (uint32_t key = keys; key > 0; --key) {
    key_begin_[key] = key_begin_[key - 1];
  }
  key_begin_[0] = 0;
  split_ = true;
}

absl::Span<const Step> StepList::steps_of(uint32_t key) {
  if (key_count() <= 1) return steps_;
  if (!split_) SplitByKey();
  return absl::MakeConstSpan(by_key_).subspan(
      key_begin_[key], key_begin_[key + 1] - key_begin_[key]);
}

}  // namespace mortsafe

#include "harness/linearize/return_order.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/base/operation_kind.h"
#include "harness/history/history.h"

namespace mortsafe {
namespace {

// So few operations are sorted faster by comparing each with each.
constexpr size_t kRanked = 24;
// Among so many of the next returns an open write is looked for.
constexpr size_t kLookAhead = 32;

// Contents of a key, beside a value: a bit each.
constexpr uint8_t kAbsent = 1;
constexpr uint8_t kOther = 2;
constexpr uint8_t kThatValue = 4;

// How an operation on one key treats what the key holds, as it answered.
struct Behavior {
  // What it can have found, beside its old value if it compares, else beside
  // its result.
  uint8_t accepts = kAbsent | kOther | kThatValue;
  bool compares = false;
  bool writes = false;
  bool leaves_value = false;   // Where it writes.
  bool returns_found = false;  // The value it found, where it found one.
};

constexpr Behavior BehaviorOf(OperationKind kind, bool ok) {
  const uint8_t as_answered = ok ? kThatValue : kAbsent;
  const uint8_t as_compared = ok ? kThatValue : kAbsent | kOther;
  switch (kind) {
    case OperationKind::kLoad:
      return {.accepts = as_answered, .returns_found = true};
    case OperationKind::kStore:
      return {.writes = true, .leaves_value = true};
    case OperationKind::kLoadOrStore:
      return {.accepts = as_answered, .writes = !ok, .leaves_value = true};
    case OperationKind::kLoadAndDelete:
      return {.accepts = as_answered, .writes = ok, .returns_found = true};
    case OperationKind::kDelete:
      return {.writes = true};
    case OperationKind::kSwap:
      return {.accepts = as_answered,
              .writes = true,
              .leaves_value = true,
              .returns_found = true};
    case OperationKind::kCompareAndSwap:
      return {.accepts = as_compared,
              .compares = true,
              .writes = ok,
              .leaves_value = true};
    case OperationKind::kCompareAndDelete:
      return {.accepts = as_compared, .compares = true, .writes = ok};
    case OperationKind::kRange:
    case OperationKind::kClear:
      break;
  }
  return {};
}

// Looked up, as nobody can predict which operation comes next.
constexpr auto kBehaviors = [] {
  std::array<std::array<Behavior, 2>, kOperationKindCount> behaviors;
  for (const OperationKind kind : kAllOperationKinds) {
    for (const bool ok : {false, true}) {
      behaviors[static_cast<size_t>(kind)][ok ? 1 : 0] = BehaviorOf(kind, ok);
    }
  }
  return behaviors;
}();

const Behavior& BehaviorOf(const HistoryOperation& operation) {
  return kBehaviors[static_cast<size_t>(operation.kind)][operation.ok ? 1 : 0];
}

// The answer contradicts itself: a value came back where none was found, or
// none where one was. REQUIRES: it has a key.
bool ContradictsItself(const HistoryOperation& operation,
                       const Behavior& behavior) {
  const bool returns = operation.result.has_value();
  if (operation.kind == OperationKind::kLoadOrStore) {
    return !returns || (!operation.ok && *operation.result != operation.value);
  }
  return behavior.returns_found && returns != operation.ok;
}

}  // namespace

template <class Predicate>
bool ReturnOrder::Held(const Cell& cell, uint64_t time, Predicate is_it) const {
  if (is_it(cell.now)) return true;
  for (uint32_t past = cell.latest_past;
       past != 0 && pasts_[past - 1].until >= time;
       past = pasts_[past - 1].earlier) {
    if (is_it(pasts_[past - 1].content)) return true;
  }
  return false;
}

void ReturnOrder::Put(Content content, uint64_t time, Cell& cell) {
  pasts_.push_back({cell.now, time, cell.latest_past});
  cell.latest_past = static_cast<uint32_t>(pasts_.size());
  cell.now = content;
}

void ReturnOrder::TakeBack(Cell& cell) {
  cell = {pasts_.back().content, pasts_.back().earlier};
  pasts_.pop_back();
}

inline uint32_t ReturnOrder::Name(Key key) {
  const uint32_t name = keys_.Intern(key);
  if (name == cells_.size()) [[unlikely]]
    AddCell();
  return name;
}

inline ReturnOrder::Cell& ReturnOrder::CellOf(Key key) {
  return cells_[Name(key)];
}

void ReturnOrder::AddCell() { cells_.emplace_back(); }

bool ReturnOrder::ShowsWhatWasThere(const HistoryOperation& range) {
  shown_.assign(cells_.size(), false);
  for (const auto& [key, value] : range.entries) {
    const uint32_t name = Name(key);
    if (name == shown_.size()) shown_.push_back(false);
    if (shown_[name]) return false;
    shown_[name] = true;
    const Value seen = value;
    if (!Held(cells_[name], range.call_time,
              [&](const Content& content) { return content.Is(seen); })) {
      return false;
    }
  }
  if (!range.ok) return true;
  for (size_t name = 0; name < cells_.size(); ++name) {
    if (!shown_[name] &&
        !Held(cells_[name], range.call_time,
              [](const Content& content) { return !content.present; })) {
      return false;
    }
  }
  return true;
}

void ReturnOrder::Clear(uint64_t time) {
  for (Cell& cell : cells_) {
    if (cell.now.present) Put({}, time, cell);
  }
}

bool ReturnOrder::TakeEffectOnAll(uint64_t time,
                                  const HistoryOperation& operation) {
  if (operation.kind == OperationKind::kRange) {
    return ShowsWhatWasThere(operation);
  }
  Clear(time);
  return true;
}

bool ReturnOrder::TakeEffect(uint64_t time, const HistoryOperation& operation) {
  if (!HasKey(operation.kind)) return TakeEffectOnAll(time, operation);
  const Behavior& behavior = BehaviorOf(operation);
  if (ContradictsItself(operation, behavior)) [[unlikely]]
    return false;
  Cell& cell = CellOf(operation.key);
  const Value beside =
      behavior.compares ? operation.old_value : operation.result.value_or(0);
  const auto accepts = [&](const Content& content) {
    const int present = content.present ? 1 : 0;
    const int same = content.value == beside ? 1 : 0;
    return (behavior.accepts >> (present + (present & same)) & 1) != 0;
  };
  if (!behavior.writes) return Held(cell, operation.call_time, accepts);
  const bool allowed = accepts(cell.now);
  if (allowed) Put({behavior.leaves_value, operation.value}, time, cell);
  return allowed;
}

bool ReturnOrder::HelpsAt(uint64_t time, const HistoryOperation& write,
                          const HistoryOperation& operation) {
  if (!HasKey(write.kind) || write.key != operation.key ||
      !BehaviorOf(write).writes) {
    return false;
  }
  if (!TakeEffect(time, write)) return false;
  if (TakeEffect(time, operation)) return true;
  TakeBack(CellOf(write.key));
  return false;
}

bool ReturnOrder::Return(size_t i) {
  const auto& [time, operation, done] = by_return_[i];
  if (done || TakeEffect(time, *operation)) return true;
  if (!HasKey(operation->kind)) return false;
  const size_t end = std::min(by_return_.size(), i + 1 + kLookAhead);
  for (size_t other = i + 1; other < end; ++other) {
    Returned& open = by_return_[other];
    if (open.done || open.operation->call_time > time) continue;
    open.done = HelpsAt(time, *open.operation, *operation);
    if (open.done) return true;
  }
  return false;
}

void ReturnOrder::SortByReturn(const History& history) {
  if (history.operations.size() <= kRanked) return RankByReturn(history);
  by_return_.clear();
  for (const HistoryOperation& operation : history.operations) {
    // Need not take effect.
    if (operation.return_time == kPending) continue;
    by_return_.push_back({operation.return_time, &operation});
  }
  std::sort(by_return_.begin(), by_return_.end(),
            [](const Returned& a, const Returned& b) {
              return a.time != b.time ? a.time < b.time
                                      : a.operation < b.operation;
            });
}

void ReturnOrder::RankByReturn(const History& history) {
  std::array<const HistoryOperation*, kRanked> returned;
  std::array<uint64_t, kRanked> times;
  std::array<uint32_t, kRanked> ranks;
  size_t count = 0;
  for (const HistoryOperation& operation : history.operations) {
    if (operation.return_time == kPending) continue;
    uint32_t rank = 0;
    // Which of two is later is a coin: it is added, and not asked.
#if defined(__clang__)
#pragma clang loop vectorize(disable) unroll(disable)
#endif
    for (size_t i = 0; i < count; ++i) {
      const uint32_t later = times[i] > operation.return_time ? 1 : 0;
      ranks[i] += later;
      rank += later ^ 1;
    }
    ranks[count] = rank;
    times[count] = operation.return_time;
    returned[count++] = &operation;
  }
  by_return_.resize(count);
  for (size_t i = 0; i < count; ++i)
    by_return_[ranks[i]] = {times[i], returned[i]};
}

bool ReturnOrder::Explains(const History& history) {
  SortByReturn(history);
  keys_.Clear();
  cells_.clear();
  pasts_.clear();
  for (size_t i = 0; i < by_return_.size(); ++i) {
    if (!Return(i)) return false;
  }
  return true;
}

}  // namespace mortsafe

#include "harness/linearize/return_order.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mortsafe {
namespace {

// So few operations are sorted faster by insertion, without std's overhead.
constexpr size_t kInsertionSorted = 24;
// Among so many of the next returns an open write is looked for.
constexpr size_t kLookAhead = 32;

// The answer contradicts itself: a value came back where none was found, or
// none where one was.
bool ContradictsItself(const HistoryOperation& operation) {
  switch (operation.kind) {
    case OperationKind::kLoad:
    case OperationKind::kLoadAndDelete:
    case OperationKind::kSwap:
      return operation.ok != operation.result.has_value();
    case OperationKind::kLoadOrStore:
      return !operation.result.has_value() ||
             (!operation.ok && operation.result != operation.value);
    default:
      return false;
  }
}

// Whether it found something else than it would have changed, and left it.
bool IsRead(const HistoryOperation& operation) {
  switch (operation.kind) {
    case OperationKind::kLoad:
      return true;
    case OperationKind::kLoadOrStore:
      return operation.ok;
    case OperationKind::kLoadAndDelete:
    case OperationKind::kCompareAndSwap:
    case OperationKind::kCompareAndDelete:
      return !operation.ok;
    default:
      return false;
  }
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
  if (name == cells_.size()) cells_.emplace_back();
  return name;
}

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

bool ReturnOrder::Write(uint64_t time, const HistoryOperation& operation,
                        Cell& cell) {
  Content found = cell.now;
  Content left = {true, operation.value};
  switch (operation.kind) {
    case OperationKind::kLoadOrStore:
      found = {};
      break;
    case OperationKind::kDelete:
      left = {};
      break;
    case OperationKind::kLoadAndDelete:
      found = {true, *operation.result};
      left = {};
      break;
    case OperationKind::kSwap:
      found = {operation.ok, operation.result.value_or(0)};
      break;
    case OperationKind::kCompareAndSwap:
      found = {true, operation.old_value};
      break;
    case OperationKind::kCompareAndDelete:
      found = {true, operation.old_value};
      left = {};
      break;
    default:
      break;
  }
  const bool allowed =
      found.present ? cell.now.Is(found.value) : !cell.now.present;
  if (allowed) Put(left, time, cell);
  return allowed;
}

bool ReturnOrder::TakeEffect(uint64_t time, const HistoryOperation& operation) {
  if (operation.kind == OperationKind::kRange) {
    return ShowsWhatWasThere(operation);
  }
  if (operation.kind == OperationKind::kClear) {
    Clear(time);
    return true;
  }
  if (ContradictsItself(operation)) return false;
  Cell& cell = cells_[Name(operation.key)];
  if (!IsRead(operation)) return Write(time, operation, cell);
  const bool compares = operation.kind == OperationKind::kCompareAndSwap ||
                        operation.kind == OperationKind::kCompareAndDelete;
  return Held(cell, operation.call_time, [&](const Content& content) {
    if (compares) return !content.Is(operation.old_value);
    return operation.result.has_value() ? content.Is(*operation.result)
                                        : !content.present;
  });
}

bool ReturnOrder::HelpsAt(uint64_t time, const HistoryOperation& write,
                          const HistoryOperation& operation) {
  if (!HasKey(write.kind) || write.key != operation.key || IsRead(write)) {
    return false;
  }
  if (!TakeEffect(time, write)) return false;
  if (TakeEffect(time, operation)) return true;
  TakeBack(cells_[Name(write.key)]);
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
  by_return_.clear();
  const bool few = history.operations.size() <= kInsertionSorted;
  for (const HistoryOperation& operation : history.operations) {
    // Need not take effect.
    if (operation.return_time == kPending) continue;
    const Returned added = {operation.return_time, &operation};
    size_t at = by_return_.size();
    by_return_.push_back(added);
    if (!few) continue;
    for (; at > 0 && by_return_[at - 1].time > added.time; --at) {
      by_return_[at] = by_return_[at - 1];
    }
    by_return_[at] = added;
  }
  if (few) return;
  std::sort(by_return_.begin(), by_return_.end(),
            [](const Returned& a, const Returned& b) {
              return a.time != b.time ? a.time < b.time
                                      : a.operation < b.operation;
            });
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

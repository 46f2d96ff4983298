// Writes histories down in tests, an operation a line:
//
//   HistoryBuilder h;
//   h.At(0, 1).By(0).Store(0, 1);
//   h.At(2, 3).By(1).Load(0, 1);       // returned 1
//   h.At(4, 5).By(2).Load(0, kNone);   // found nothing
//   h.PendingSince(6).By(1).Delete(0);

#ifndef MORTSAFE_HARNESS_LINEARIZE_HISTORY_BUILDER_H_
#define MORTSAFE_HARNESS_LINEARIZE_HISTORY_BUILDER_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "harness/history/history.h"

namespace mortsafe {

// Nothing was there.
inline constexpr std::nullopt_t kNone = std::nullopt;

class HistoryBuilder {
 public:
  // The interval of the next operation.
  HistoryBuilder& At(uint64_t call_time, uint64_t return_time) {
    next_ = HistoryOperation();
    next_.call_time = call_time;
    next_.return_time = return_time;
    return *this;
  }
  HistoryBuilder& PendingSince(uint64_t call_time) {
    return At(call_time, kPending);
  }
  // Its client.
  HistoryBuilder& By(uint32_t client) {
    next_.client = client;
    return *this;
  }

  // The operations; the last argument is what came back.
  void Load(Key key, std::optional<Value> found = kNone) {
    Add(OperationKind::kLoad, key, 0, 0, found, found.has_value());
  }
  void Store(Key key, Value value) {
    Add(OperationKind::kStore, key, value, 0, kNone, false);
  }
  void LoadOrStoreLoaded(Key key, Value value, Value found) {
    Add(OperationKind::kLoadOrStore, key, value, 0, found, true);
  }
  void LoadOrStoreStored(Key key, Value value) {
    Add(OperationKind::kLoadOrStore, key, value, 0, value, false);
  }
  void LoadAndDelete(Key key, std::optional<Value> found = kNone) {
    Add(OperationKind::kLoadAndDelete, key, 0, 0, found, found.has_value());
  }
  void Delete(Key key) { Add(OperationKind::kDelete, key, 0, 0, kNone, false); }
  void Swap(Key key, Value value, std::optional<Value> found = kNone) {
    Add(OperationKind::kSwap, key, value, 0, found, found.has_value());
  }
  void CompareAndSwap(Key key, Value old_value, Value value,
                      bool swapped = false) {
    Add(OperationKind::kCompareAndSwap, key, value, old_value, kNone, swapped);
  }
  void CompareAndDelete(Key key, Value old_value, bool deleted = false) {
    Add(OperationKind::kCompareAndDelete, key, 0, old_value, kNone, deleted);
  }
  void Range(std::vector<std::pair<Key, Value>> entries) {
    next_.entries = std::move(entries);
    Add(OperationKind::kRange, 0, 0, 0, kNone, true);
  }
  void StoppedRange(std::vector<std::pair<Key, Value>> entries) {
    next_.entries = std::move(entries);
    Add(OperationKind::kRange, 0, 0, 0, kNone, false);
  }
  void Clear() { Add(OperationKind::kClear, 0, 0, 0, kNone, false); }

  const History& history() const { return history_; }

 private:
  void Add(OperationKind kind, Key key, Value value, Value old_value,
           std::optional<Value> result, bool ok) {
    next_.kind = kind;
    next_.key = key;
    next_.value = value;
    next_.old_value = old_value;
    if (next_.return_time != kPending) {
      next_.result = result;
      next_.ok = ok;
    }
    history_.operations.push_back(std::move(next_));
  }

  HistoryOperation next_;
  History history_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_HISTORY_BUILDER_H_

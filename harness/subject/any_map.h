// A map on trial behind one virtual call per operation, so that drivers are
// compiled once for all maps.

#ifndef MORTSAFE_HARNESS_SUBJECT_ANY_MAP_H_
#define MORTSAFE_HARNESS_SUBJECT_ANY_MAP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "harness/base/check.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"
#include "harness/program/operation.h"
#include "harness/subject/concurrent_map.h"

namespace mortsafe {

// Makes `record` that of a call of `operation` which nothing came back from.
// Neither client nor times are touched, and `entries` keeps its room.
inline void PrepareRecord(const Operation& operation,
                          HistoryOperation& record) {
  record.kind = operation.kind;
  record.key = operation.key;
  record.value = operation.value;
  record.old_value = operation.old_value;
  record.result.reset();
  record.ok = false;
  record.entries.clear();
}

class AnyMap {
 public:
  virtual ~AnyMap() = default;

  // Performs `operation` and writes what came back into `record` (result, ok,
  // entries; nothing else). REQUIRES: the map offers the operation, and
  // record.entries has room for what a Range may visit where the caller must
  // not allocate.
  virtual void Perform(const Operation& operation,
                       HistoryOperation& record) = 0;

  // What is wrong with the map's structure, or nothing. REQUIRES: no operation
  // is in progress.
  virtual std::optional<std::string> CheckInvariants() = 0;

  // The map's inner state (concurrent_map.h), or nothing if it does not tell.
  // REQUIRES: no operation is in progress.
  virtual std::optional<std::string> StateText() = 0;
  // The same as people want to see it.
  virtual std::optional<std::string> StateJson() = 0;
};

template <ConcurrentMap Map>
class MapAdapter final : public AnyMap {
 public:
  template <class... Arguments>
  explicit MapAdapter(Arguments&&... arguments)
      : map_(std::forward<Arguments>(arguments)...) {}

  void Perform(const Operation& operation, HistoryOperation& record) override {
    const auto& [kind, key, value, old_value, stop_after] = operation;
    switch (kind) {
      case OperationKind::kLoad:
        Put(map_.Load(key), record);
        return;
      case OperationKind::kStore:
        map_.Store(key, value);
        return;
      case OperationKind::kDelete:
        map_.Delete(key);
        return;
      case OperationKind::kLoadOrStore:
        if constexpr (HasLoadOrStore<Map>) {
          const std::pair<Value, bool> actual = map_.LoadOrStore(key, value);
          record.result = actual.first;
          record.ok = actual.second;
          return;
        }
        break;
      case OperationKind::kLoadAndDelete:
        if constexpr (HasLoadAndDelete<Map>) {
          Put(map_.LoadAndDelete(key), record);
          return;
        }
        break;
      case OperationKind::kSwap:
        if constexpr (HasSwap<Map>) {
          Put(map_.Swap(key, value), record);
          return;
        }
        break;
      case OperationKind::kCompareAndSwap:
        if constexpr (HasCompareAndSwap<Map>) {
          record.ok = map_.CompareAndSwap(key, old_value, value);
          return;
        }
        break;
      case OperationKind::kCompareAndDelete:
        if constexpr (HasCompareAndDelete<Map>) {
          record.ok = map_.CompareAndDelete(key, old_value);
          return;
        }
        break;
      case OperationKind::kRange:
        if constexpr (HasRange<Map>) {
          PerformRange(stop_after, record);
          return;
        }
        break;
      case OperationKind::kClear:
        if constexpr (HasClear<Map>) {
          map_.Clear();
          return;
        }
        break;
    }
    Check(false, "a program uses an operation that the map does not offer");
  }

  std::optional<std::string> CheckInvariants() override {
    if constexpr (HasCheckInvariants<Map>) {
      return map_.CheckInvariants();
    } else {
      return std::nullopt;
    }
  }

  std::optional<std::string> StateText() override {
    if constexpr (HasStateText<Map>) {
      return map_.StateText();
    } else {
      return std::nullopt;
    }
  }

  std::optional<std::string> StateJson() override {
    if constexpr (HasStateJson<Map>) {
      return map_.StateJson();
    } else {
      return std::nullopt;
    }
  }

 private:
  static void Put(const std::optional<Value>& result,
                  HistoryOperation& record) {
    record.result = result;
    record.ok = result.has_value();
  }

  void PerformRange(uint32_t stop_after, HistoryOperation& record) {
    record.ok = true;
    map_.Range([&](Key key, Value value) {
      // A map that shows more keys than there are is wrong already; what is
      // recorded of it stays within the room that there is.
      if (record.entries.size() < record.entries.capacity()) {
        record.entries.emplace_back(key, value);
      }
      record.ok = record.entries.size() != stop_after;
      return record.ok;
    });
  }

  Map map_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SUBJECT_ANY_MAP_H_

// What the clients of a map saw: calls, returns and results on one clock.

#ifndef MORTSAFE_HARNESS_HISTORY_HISTORY_H_
#define MORTSAFE_HARNESS_HISTORY_HISTORY_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/base/operation_kind.h"

namespace mortsafe {

// Return time of an operation that has not returned: it may have taken effect,
// or may yet, or may never.
inline constexpr uint64_t kPending = std::numeric_limits<uint64_t>::max();

// One operation that a client performed. Members that the kind does not use
// keep their defaults; results of a pending operation mean nothing.
struct HistoryOperation {
  uint32_t client = 0;
  OperationKind kind = OperationKind::kLoad;
  Key key = 0;
  Value value = 0;
  Value old_value = 0;
  // Load, LoadAndDelete, Swap: what was there, if anything. LoadOrStore: the
  // actual value, loaded or stored.
  std::optional<Value> result;
  // Load: found. LoadOrStore: loaded. LoadAndDelete, Swap: present before.
  // CompareAndSwap, CompareAndDelete: done. Range: not stopped by its callback.
  bool ok = false;
  // What Range visited, in order.
  std::vector<std::pair<Key, Value>> entries;
  // Times on one clock; an operation that returned before another was called
  // precedes it, and equal times are concurrent.
  uint64_t call_time = 0;
  uint64_t return_time = kPending;

  friend bool operator==(const HistoryOperation&,
                         const HistoryOperation&) = default;
};

struct History {
  std::vector<HistoryOperation> operations;
  // Client 0 performed a program's initial operations, and the others are its
  // threads; in a history from elsewhere client 0 is a client like any other.
  bool has_initial_client = true;

  friend bool operator==(const History&, const History&) = default;
};

// Sorts the operations by call; equal calls by return, then by client.
inline void SortByCall(History& history) {
  const auto key = [](const HistoryOperation& operation) {
    return std::tuple(operation.call_time, operation.return_time,
                      operation.client);
  };
  std::sort(history.operations.begin(), history.operations.end(),
            [&](const HistoryOperation& a, const HistoryOperation& b) {
              return key(a) < key(b);
            });
}

// Whether `first` returned before `second` was called.
inline bool Precedes(const HistoryOperation& first,
                     const HistoryOperation& second) {
  return first.return_time < second.call_time;
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_HISTORY_H_

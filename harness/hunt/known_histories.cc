#include "harness/hunt/known_histories.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "harness/history/history.h"

namespace mortsafe {

void KnownHistories::Describe(const History& history) {
  words_.clear();
  // Time matters as far as it tells which operations had returned when another
  // was called: each operation is told by how many had, of each client. A
  // client's operations stand together, in their order.
  const std::vector<HistoryOperation>& operations = history.operations;
  const size_t count = operations.size();
  for (size_t i = 0; i < count; ++i) {
    const HistoryOperation& operation = operations[i];
    Append(operation.result.value_or(0));
    uint64_t flags = operation.result.has_value() ? 1 : 0;
    if (operation.ok) flags |= 2;
    if (operation.call_time == 0) flags |= 4;
    if (operation.return_time == kPending) flags |= 8;
    Append(flags | operation.entries.size() << 4);
    for (const auto& [key, value] : operation.entries) {
      Append(key);
      Append(value);
    }
    uint64_t before = 0;  // A bit for each operation that returned before.
    for (size_t k = 0; k < count; ++k) {
      if (k % 64 == 0 && k > 0) {
        Append(before);
        before = 0;
      }
      before |= uint64_t{operations[k].return_time < operation.call_time}
                << k % 64;
    }
    Append(before);
  }
}

bool KnownHistories::Contains(const History& history) {
  Describe(history);
  return known_.contains(words_);
}

void KnownHistories::AddLatest() {
  if (known_.size() >= kMost) known_.clear();
  known_.insert(words_);
}

}  // namespace mortsafe

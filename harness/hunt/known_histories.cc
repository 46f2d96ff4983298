#include "harness/hunt/known_histories.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/history/history.h"

namespace mortsafe {

void KnownHistories::Describe(const History& history) {
  words_.clear();
  // Time matters as far as it tells which operations had returned when another
  // was called.
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
    // A bit for each operation that had returned before.
    for (size_t begin = 0; begin < count; begin += 64) {
      uint64_t before = 0;
      const size_t end = std::min(count, begin + 64);
      for (size_t k = end; k > begin; --k) {
        before <<= 1;
        before |= operations[k - 1].return_time < operation.call_time ? 1 : 0;
      }
      Append(before);
    }
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

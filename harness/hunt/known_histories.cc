#include "harness/hunt/known_histories.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/base/operation_kind.h"
#include "harness/history/history.h"

namespace mortsafe {

void KnownHistories::DescribeOrder(uint64_t call_time, uint64_t flags) {
  // Time matters as far as it tells which operations had returned when another
  // was called: a bit for each.
  constexpr size_t kBits = 64 - kFlags;
  for (size_t begin = 0; begin < return_times_.size(); begin += kBits) {
    const size_t end = std::min(return_times_.size(), begin + kBits);
    uint64_t before = 0;
    for (size_t k = end; k > begin; --k) {
      before = 2 * before + (return_times_[k - 1] < call_time ? 1 : 0);
    }
    words_.push_back(before << kFlags | flags);
  }
}

void KnownHistories::Describe(const History& history) {
  words_.clear();
  return_times_.resize(history.operations.size());
  for (size_t i = 0; i < return_times_.size(); ++i) {
    return_times_[i] = history.operations[i].return_time;
  }
  for (const HistoryOperation& operation : history.operations) {
    uint64_t flags = operation.result.has_value() ? 1 : 0;
    if (operation.ok) flags |= 2;
    if (operation.call_time == 0) flags |= 4;
    if (operation.return_time == kPending) flags |= 8;
    DescribeOrder(operation.call_time, flags);
    words_.push_back(operation.result.value_or(0));
    if (operation.kind != OperationKind::kRange) continue;
    words_.push_back(operation.entries.size());
    for (const auto& [key, value] : operation.entries) {
      words_.push_back(key);
      words_.push_back(value);
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

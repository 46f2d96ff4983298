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
  const uint64_t* const times = return_times_.data();
  const size_t count = return_times_.size();
  size_t begin = 0;
  do {
    const size_t bits = std::min(count - begin, kBits);
    uint64_t before = 0;
    for (size_t k = 0; k < bits; ++k) {
      before |= uint64_t{times[begin + k] < call_time} << (kFlags + k);
    }
    words_.push_back(before | flags);
    begin += bits;
  } while (begin < count);
}

void KnownHistories::Describe(const History& history) {
  words_.clear();
  return_times_.clear();
  for (const HistoryOperation& operation : history.operations) {
    if (operation.client != 0) return_times_.push_back(operation.return_time);
  }
  for (const HistoryOperation& operation : history.operations) {
    uint64_t flags = operation.result.has_value() ? 1 : 0;
    if (operation.ok) flags |= 2;
    if (operation.call_time == 0) flags |= 4;
    if (operation.return_time == kPending) flags |= 8;
    if (operation.client != 0) {
      DescribeOrder(operation.call_time, flags);
    } else {
      words_.push_back(flags);
    }
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

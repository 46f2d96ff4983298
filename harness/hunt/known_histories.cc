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
  const uint64_t* time = return_times_.data();
  const uint64_t* const end = time + return_times_.size();
  do {
    const uint64_t* const last = time + std::min<size_t>(end - time, kBits);
    uint64_t before = 0;
    // One instruction compares and one appends: not worth vectors.
#if defined(__clang__)
#pragma clang loop vectorize(disable)
#endif
    for (; time != last; ++time) before += before + (*time < call_time ? 1 : 0);
    words_.push_back(before << kFlags | flags);
  } while (time != end);
}

void KnownHistories::Describe(const History& history) {
  words_.clear();
  words_.reserve(2 * history.operations.size());
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

#include "harness/hunt/known_histories.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/base/operation_kind.h"
#include "harness/history/history.h"

namespace mortsafe {
namespace {

// Which of the `count` times lie before `call_time`, a bit each.
uint64_t Before(uint64_t call_time, const uint64_t* times, ptrdiff_t count) {
  uint64_t before = 0;
  // One instruction compares and one appends: not worth vectors.
#if defined(__clang__)
#pragma clang loop vectorize(disable)
#endif
  for (ptrdiff_t i = 0; i < count; ++i) {
    before += before + (times[i] < call_time ? 1 : 0);
  }
  return before;
}

}  // namespace

size_t KnownHistories::Hash::operator()(
    const std::vector<uint64_t>& words) const {
  // Words are mixed in pairs, each pair by what tells its place too: none has
  // to wait for another.
  __extension__ using Product = unsigned __int128;
  uint64_t hash = words.size();
  uint64_t place = 0x9e3779b97f4a7c15;
  for (size_t i = 0; i < words.size(); i += 2, place += 0xd1342543de82ef95) {
    const uint64_t second = i + 1 < words.size() ? words[i + 1] : 0;
    const Product product =
        static_cast<Product>(words[i] ^ place) * (second + (place << 1));
    hash +=
        static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }
  return hash;
}

void KnownHistories::DescribeOrder(uint64_t call_time, uint64_t* words) const {
  // Time matters as far as it tells which operations had returned when another
  // was called: a bit for each.
  const uint64_t* time = return_times_.data();
  const uint64_t* const end = time + return_times_.size();
  for (; end - time >= 64; time += 64) *words++ = Before(call_time, time, 64);
  if (time != end) *words = Before(call_time, time, end - time);
}

void KnownHistories::Describe(const History& history) {
  const std::vector<HistoryOperation>& operations = history.operations;
  return_times_.clear();
  for (const HistoryOperation& operation : operations) {
    if (operation.client != 0) return_times_.push_back(operation.return_time);
  }
  const size_t order_words = (return_times_.size() + 63) / 64;
  words_.resize(2 * operations.size() + return_times_.size() * order_words);
  uint64_t* next = words_.data();
  bool ranges = false;
  for (const HistoryOperation& operation : operations) {
    *next++ = uint64_t{operation.result.has_value()} |
              uint64_t{operation.ok} << 1 |
              uint64_t{operation.call_time == 0} << 2 |
              uint64_t{operation.return_time == kPending} << 3;
    *next++ = operation.result.value_or(0);
    if (operation.client != 0) {
      DescribeOrder(operation.call_time, next);
      next += order_words;
    }
    ranges |= operation.kind == OperationKind::kRange;
  }
  if (ranges) DescribeRanges(operations);
}

void KnownHistories::DescribeRanges(
    const std::vector<HistoryOperation>& operations) {
  for (const HistoryOperation& operation : operations) {
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

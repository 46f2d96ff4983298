#include "harness/linearize/history_codec.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/base/check.h"

namespace mortsafe {
namespace {

constexpr size_t kBytes = 4;  // For each operation.
constexpr Key kKeys = 3;

// `count` bits of `byte` from bit `first` on.
unsigned Bits(uint8_t byte, unsigned first, unsigned count) {
  return byte >> first & ((1u << count) - 1);
}

void DecodeEntries(const uint8_t* bytes, HistoryOperation& range) {
  for (Key key = 0; key < kKeys; ++key) {
    const Value value = Bits(bytes[2], static_cast<unsigned>(2 * key), 2);
    if (value != 0) range.entries.emplace_back(key, value);
  }
  if (Bits(bytes[1], 7, 1) != 0 && !range.entries.empty()) {
    range.entries.push_back(range.entries.front());
  }
}

void DecodeResult(const uint8_t* bytes, HistoryOperation& operation) {
  const Value seen = Bits(bytes[2], 0, 2);
  const bool ok = Bits(bytes[1], 6, 1) != 0;
  switch (operation.kind) {
    case OperationKind::kLoad:
    case OperationKind::kLoadAndDelete:
    case OperationKind::kSwap:
      operation.ok = ok;
      if (ok) operation.result = seen;
      break;
    case OperationKind::kLoadOrStore:
      operation.ok = ok;
      operation.result = ok ? seen : operation.value;
      break;
    case OperationKind::kCompareAndSwap:
    case OperationKind::kCompareAndDelete:
      operation.ok = ok;
      break;
    case OperationKind::kRange:
      operation.ok = ok;
      DecodeEntries(bytes, operation);
      break;
    case OperationKind::kStore:
    case OperationKind::kDelete:
    case OperationKind::kClear:
      break;
  }
}

HistoryOperation DecodeOperation(const uint8_t* bytes) {
  HistoryOperation operation;
  operation.kind =
      kAllOperationKinds[Bits(bytes[0], 0, 4) %
                         static_cast<unsigned>(kOperationKindCount)];
  operation.client = Bits(bytes[0], 4, 3) % 4;
  if (HasKey(operation.kind)) operation.key = Bits(bytes[1], 0, 2) % kKeys;
  if (StoresValue(operation.kind)) operation.value = Bits(bytes[1], 2, 2);
  if (ComparesValue(operation.kind)) operation.old_value = Bits(bytes[1], 4, 2);
  operation.call_time = Bits(bytes[3], 0, 4);
  if (Bits(bytes[0], 7, 1) == 0) {
    operation.return_time = operation.call_time + Bits(bytes[3], 4, 4);
    DecodeResult(bytes, operation);
  }
  return operation;
}

void EncodeOperation(const HistoryOperation& operation,
                     std::vector<uint8_t>& bytes) {
  const bool pending = operation.return_time == kPending;
  const bool repeats =
      operation.entries.size() > 1 &&
      operation.entries.front().first == operation.entries.back().first;
  uint64_t seen = operation.result.value_or(0);
  for (const auto& [key, value] : operation.entries) {
    seen |= value << (2 * key);
  }
  const uint64_t duration =
      pending ? 0 : operation.return_time - operation.call_time;
  const auto put = [&](uint64_t byte) {
    bytes.push_back(static_cast<uint8_t>(byte));
  };
  put(static_cast<uint64_t>(operation.kind) | operation.client << 4 |
      uint64_t{pending} << 7);
  put(operation.key | operation.value << 2 | operation.old_value << 4 |
      uint64_t{operation.ok} << 6 | uint64_t{repeats} << 7);
  put(seen);
  put(operation.call_time | duration << 4);
}

}  // namespace

History DecodeHistory(absl::Span<const uint8_t> bytes) {
  History history;
  const size_t operations =
      std::min(bytes.size() / kBytes, kMaxDecodedOperations);
  for (size_t i = 0; i < operations; ++i) {
    history.operations.push_back(DecodeOperation(&bytes[kBytes * i]));
  }
  return history;
}

std::vector<uint8_t> EncodeHistory(const History& history) {
  std::vector<uint8_t> bytes;
  for (const HistoryOperation& operation : history.operations) {
    EncodeOperation(operation, bytes);
  }
  Check(DecodeHistory(bytes) == history, "an encoded history is within bounds");
  return bytes;
}

}  // namespace mortsafe

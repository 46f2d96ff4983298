#include "harness/stress/record.h"

#include <algorithm>

#include "harness/base/operation_kind.h"

namespace mortsafe {
namespace {

// The last word of a first cell: the number of entries, then these.
constexpr int kClientShift = 32;
constexpr int kKindShift = 48;
constexpr uint64_t kOk = uint64_t{1} << 56;
constexpr uint64_t kHasResult = uint64_t{1} << 57;

RecordCell MakeFirstCell(const HistoryOperation& operation) {
  // No kind has both.
  const uint64_t seen = ComparesValue(operation.kind)
                            ? operation.old_value
                            : operation.result.value_or(0);
  const uint64_t rest =
      operation.entries.size() | uint64_t{operation.client} << kClientShift |
      uint64_t{static_cast<uint8_t>(operation.kind)} << kKindShift |
      (operation.ok ? kOk : 0) |
      (operation.result.has_value() ? kHasResult : 0);
  return {operation.call_time,
          operation.return_time,
          operation.key,
          operation.value,
          seen,
          rest};
}

void ReadFirstCell(const RecordCell& cell, HistoryOperation& operation) {
  const auto& [call, returned, key, value, seen, rest] = cell;
  operation.client = static_cast<uint16_t>(rest >> kClientShift);
  operation.kind =
      static_cast<OperationKind>(static_cast<uint8_t>(rest >> kKindShift));
  operation.key = key;
  operation.value = value;
  operation.old_value = ComparesValue(operation.kind) ? seen : 0;
  operation.result.reset();
  if ((rest & kHasResult) != 0) operation.result = seen;
  operation.ok = (rest & kOk) != 0;
  operation.entries.resize(static_cast<uint32_t>(rest));
  operation.call_time = call;
  operation.return_time = returned;
}

}  // namespace

RecordCell MakeCell(const HistoryOperation& operation, size_t i) {
  if (i == 0) return MakeFirstCell(operation);
  RecordCell cell = {};
  const size_t first = (i - 1) * kEntriesPerCell;
  const size_t count =
      std::min(kEntriesPerCell, operation.entries.size() - first);
  for (size_t j = 0; j < count; ++j) {
    cell[2 * j] = operation.entries[first + j].first;
    cell[2 * j + 1] = operation.entries[first + j].second;
  }
  return cell;
}

void ReadCell(const RecordCell& cell, size_t i, HistoryOperation& operation) {
  if (i == 0) {
    ReadFirstCell(cell, operation);
    return;
  }
  const size_t first = (i - 1) * kEntriesPerCell;
  const size_t count =
      std::min(kEntriesPerCell, operation.entries.size() - first);
  for (size_t j = 0; j < count; ++j) {
    operation.entries[first + j] = {cell[2 * j], cell[2 * j + 1]};
  }
}

}  // namespace mortsafe

#include "harness/stress/operation_mix.h"

#include <algorithm>
#include <cstddef>

#include "harness/base/check.h"

namespace mortsafe {
namespace {

// A Range shows all keys, and a Clear removes them: on average both together
// cost one key's operation at most, so that maps of many keys fill up.
uint64_t WeightOverAllKeys(uint64_t keys) {
  return std::max<uint64_t>(1, 5'000 / ((keys + 99) / 100));
}

// Of a million operations, where the map offers all.
uint64_t Weight(OperationKind kind, uint64_t keys) {
  switch (kind) {
    case OperationKind::kLoad:
      return 400'000;
    case OperationKind::kStore:
    case OperationKind::kDelete:
      return 110'000;
    case OperationKind::kLoadOrStore:
    case OperationKind::kLoadAndDelete:
    case OperationKind::kSwap:
      return 90'000;
    case OperationKind::kCompareAndSwap:
    case OperationKind::kCompareAndDelete:
      return 50'000;
    case OperationKind::kRange:
    case OperationKind::kClear:
      return WeightOverAllKeys(keys);
  }
  Check(false, "a kind of operation has no weight");
  return 0;
}

}  // namespace

OperationMix::OperationMix(const MixOptions& options)
    : random_(options.seed),
      keys_(options.keys),
      value_step_(options.value_step),
      next_value_(options.first_value),
      latest_(options.keys, 0) {
  uint64_t sum = 0;
  for (size_t i = 0; i < kAllOperationKinds.size(); ++i) {
    const OperationKind kind = kAllOperationKinds[i];
    if (options.operations.Has(kind)) sum += Weight(kind, options.keys);
    up_to_[i] = sum;
  }
  Check(sum > 0, "a map offers some operation");
}

OperationKind OperationMix::DrawKind() {
  const uint64_t drawn = random_.Below(up_to_.back());
  size_t i = 0;
  while (drawn >= up_to_[i]) ++i;
  return kAllOperationKinds[i];
}

Operation OperationMix::Next() {
  Operation operation;
  operation.kind = DrawKind();
  if (!HasKey(operation.kind)) return operation;
  operation.key = random_.Below(keys_);
  if (ComparesValue(operation.kind)) {
    operation.old_value = latest_[operation.key];
  }
  if (StoresValue(operation.kind)) {
    operation.value = next_value_;
    next_value_ += value_step_;
  }
  return operation;
}

void OperationMix::Learn(const HistoryOperation& operation) {
  if (!HasKey(operation.kind)) return;
  Value& latest = latest_[operation.key];
  switch (operation.kind) {
    case OperationKind::kLoad:
    case OperationKind::kLoadOrStore:
      latest = operation.result.value_or(0);
      return;
    case OperationKind::kStore:
    case OperationKind::kSwap:
      latest = operation.value;
      return;
    case OperationKind::kCompareAndSwap:
      if (operation.ok) latest = operation.value;
      return;
    default:
      return;
  }
}

void OperationMix::Restart() { std::fill(latest_.begin(), latest_.end(), 0); }

}  // namespace mortsafe

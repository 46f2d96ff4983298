#include "harness/stress/operation_bytes.h"

#include <array>

namespace mortsafe {
namespace {

using enum OperationKind;

// Codes of kinds. A Clear leaves nothing to be wrong about and a Range reads
// all there is: both are rare.
constexpr std::array<OperationKind, 32> kKinds = {
    kLoad,           kStore,
    kLoadOrStore,    kLoadAndDelete,
    kDelete,         kSwap,
    kCompareAndSwap, kCompareAndDelete,
    kRange,          kClear,
    kLoad,           kStore,
    kLoadOrStore,    kLoadAndDelete,
    kDelete,         kSwap,
    kCompareAndSwap, kCompareAndDelete,
    kLoad,           kStore,
    kLoadOrStore,    kLoadAndDelete,
    kDelete,         kSwap,
    kCompareAndSwap, kCompareAndDelete,
    kLoad,           kLoad,
    kLoad,           kStore,
    kStore,          kDelete,
};

constexpr unsigned kHeldCodes = 5;
constexpr unsigned kNeverStored = 5;
constexpr unsigned kLatest = 6;

}  // namespace

OperationBytes::OperationBytes(absl::Span<const uint8_t> bytes) : rest_(bytes) {
  if (rest_.size() < 2) return;
  map_ = rest_[0];
  keys_ = uint64_t{1} + rest_[1];
  rest_.remove_prefix(2);
}

std::optional<Operation> OperationBytes::Next(OperationKindSet offered,
                                              const ReferenceMap& reference) {
  if (rest_.size() < 2) return std::nullopt;
  const unsigned code = rest_[0] >> 5;
  Operation operation;
  operation.kind = kKinds[rest_[0] & 31u];
  if (!offered.Has(operation.kind)) operation.kind = kLoad;
  if (operation.kind == kRange) operation.stop_after = code;
  if (HasKey(operation.kind)) operation.key = rest_[1] % keys_;
  if (ComparesValue(operation.kind)) {
    operation.old_value = OldValue(code, reference.Get(operation.key));
  }
  if (StoresValue(operation.kind)) operation.value = ++latest_;
  rest_.remove_prefix(2);
  return operation;
}

Value OperationBytes::OldValue(unsigned code, std::optional<Value> held) const {
  if (code < kHeldCodes) return held.value_or(0);
  if (code == kNeverStored) return 0;
  if (code == kLatest) return latest_;
  return latest_ > 0 ? latest_ - 1 : 0;
}

}  // namespace mortsafe

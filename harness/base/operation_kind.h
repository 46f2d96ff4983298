// The vocabulary that programs and histories share: the ten operations of a
// concurrent map, and the integers that stand for its keys and values.

#ifndef MORTSAFE_HARNESS_BASE_OPERATION_KIND_H_
#define MORTSAFE_HARNESS_BASE_OPERATION_KIND_H_

#include <array>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace mortsafe {

using Key = uint64_t;
using Value = uint64_t;

enum class OperationKind : uint8_t {
  kLoad,
  kStore,
  kLoadOrStore,
  kLoadAndDelete,
  kDelete,
  kSwap,
  kCompareAndSwap,
  kCompareAndDelete,
  kRange,
  kClear,
};

inline constexpr int kOperationKindCount = 10;

inline constexpr std::array<OperationKind, kOperationKindCount>
    kAllOperationKinds = {
        OperationKind::kLoad,           OperationKind::kStore,
        OperationKind::kLoadOrStore,    OperationKind::kLoadAndDelete,
        OperationKind::kDelete,         OperationKind::kSwap,
        OperationKind::kCompareAndSwap, OperationKind::kCompareAndDelete,
        OperationKind::kRange,          OperationKind::kClear,
};

// A set of operation kinds.
class OperationKindSet {
 public:
  constexpr OperationKindSet() = default;
  constexpr void Add(OperationKind kind) {
    bits_ = static_cast<uint16_t>(bits_ | (1u << static_cast<int>(kind)));
  }
  constexpr bool Has(OperationKind kind) const {
    return (bits_ >> static_cast<int>(kind) & 1u) != 0;
  }
  friend constexpr bool operator==(OperationKindSet,
                                   OperationKindSet) = default;

 private:
  uint16_t bits_ = 0;
};

// All ten.
constexpr OperationKindSet AllOperations() {
  OperationKindSet all;
  for (OperationKind kind : kAllOperationKinds) all.Add(kind);
  return all;
}

// The method's name, as code calls it: "LoadOrStore".
absl::string_view ApiName(OperationKind kind);
std::optional<OperationKind> OperationKindFromApiName(absl::string_view name);

// The name in history files: "load_or_store".
absl::string_view HistoryName(OperationKind kind);
std::optional<OperationKind> OperationKindFromHistoryName(
    absl::string_view name);

// Whether the operation names one key (all but Range and Clear).
constexpr bool HasKey(OperationKind kind) {
  return kind != OperationKind::kRange && kind != OperationKind::kClear;
}

// Whether the operation takes a value to be stored.
constexpr bool StoresValue(OperationKind kind) {
  return kind == OperationKind::kStore || kind == OperationKind::kLoadOrStore ||
         kind == OperationKind::kSwap || kind == OperationKind::kCompareAndSwap;
}

// Whether the operation takes an old value to compare with.
constexpr bool ComparesValue(OperationKind kind) {
  return kind == OperationKind::kCompareAndSwap ||
         kind == OperationKind::kCompareAndDelete;
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_BASE_OPERATION_KIND_H_

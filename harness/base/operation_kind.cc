#include "harness/base/operation_kind.h"

#include <array>
#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"

namespace mortsafe {
namespace {

struct Names {
  absl::string_view api;
  absl::string_view history;
};

// In the order of OperationKind.
constexpr std::array<Names, kOperationKindCount> kNames = {{
    {"Load", "load"},
    {"Store", "store"},
    {"LoadOrStore", "load_or_store"},
    {"LoadAndDelete", "load_and_delete"},
    {"Delete", "delete"},
    {"Swap", "swap"},
    {"CompareAndSwap", "compare_and_swap"},
    {"CompareAndDelete", "compare_and_delete"},
    {"Range", "range"},
    {"Clear", "clear"},
}};

std::optional<OperationKind> Find(absl::string_view name,
                                  absl::string_view Names::* column) {
  for (OperationKind kind : kAllOperationKinds) {
    if (kNames[static_cast<size_t>(kind)].*column == name) return kind;
  }
  return std::nullopt;
}

}  // namespace

absl::string_view ApiName(OperationKind kind) {
  return kNames[static_cast<size_t>(kind)].api;
}

std::optional<OperationKind> OperationKindFromApiName(absl::string_view name) {
  return Find(name, &Names::api);
}

absl::string_view HistoryName(OperationKind kind) {
  return kNames[static_cast<size_t>(kind)].history;
}

std::optional<OperationKind> OperationKindFromHistoryName(
    absl::string_view name) {
  return Find(name, &Names::history);
}

}  // namespace mortsafe

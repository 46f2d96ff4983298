#include "harness/program/operation.h"

#include "absl/strings/str_cat.h"

namespace mortsafe {
namespace {

std::string RangeText(const Operation& operation) {
  if (operation.stop_after == 0) return "Range()";
  return absl::StrCat("Range(stop ", operation.stop_after, ")");
}

}  // namespace

std::string ToText(const Operation& operation) {
  if (operation.kind == OperationKind::kRange) return RangeText(operation);
  std::string text = absl::StrCat(ApiName(operation.kind), "(");
  if (HasKey(operation.kind)) absl::StrAppend(&text, operation.key);
  if (ComparesValue(operation.kind)) {
    absl::StrAppend(&text, ", ", operation.old_value);
  }
  if (StoresValue(operation.kind)) {
    absl::StrAppend(&text, ", ", operation.value);
  }
  absl::StrAppend(&text, ")");
  return text;
}

}  // namespace mortsafe

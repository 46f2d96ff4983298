#include "harness/history/text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "harness/base/operation_kind.h"

namespace mortsafe {
namespace {

bool IsPending(const HistoryOperation& operation) {
  return operation.return_time == kPending;
}

// Whether the operation answers with a value, or with nothing in its place.
bool HasResult(OperationKind kind) {
  return kind == OperationKind::kLoad || kind == OperationKind::kLoadOrStore ||
         kind == OperationKind::kLoadAndDelete || kind == OperationKind::kSwap;
}

bool HasOk(OperationKind kind) {
  return kind != OperationKind::kStore && kind != OperationKind::kDelete &&
         kind != OperationKind::kClear;
}

void AppendAnswer(const HistoryOperation& operation, std::string& line) {
  if (HasResult(operation.kind)) {
    absl::StrAppend(&line, ",\"result\":");
    if (operation.result.has_value()) {
      absl::StrAppend(&line, *operation.result);
    } else {
      absl::StrAppend(&line, "null");
    }
  }
  if (HasOk(operation.kind)) {
    absl::StrAppend(&line, ",\"ok\":", operation.ok ? "true" : "false");
  }
  if (operation.kind == OperationKind::kRange) {
    const auto pair = [](std::string* out, const auto& entry) {
      absl::StrAppend(out, "[", entry.first, ",", entry.second, "]");
    };
    absl::StrAppend(&line, ",\"entries\":[",
                    absl::StrJoin(operation.entries, ",", pair), "]");
  }
}

void AppendLine(const HistoryOperation& operation, std::string& text) {
  absl::StrAppend(&text, "{\"client\":", operation.client, ",\"op\":\"",
                  HistoryName(operation.kind), "\"");
  if (HasKey(operation.kind))
    absl::StrAppend(&text, ",\"key\":", operation.key);
  if (ComparesValue(operation.kind)) {
    absl::StrAppend(&text, ",\"old\":", operation.old_value);
  }
  if (StoresValue(operation.kind)) {
    absl::StrAppend(&text, ",\"value\":", operation.value);
  }
  if (!IsPending(operation)) AppendAnswer(operation, text);
  absl::StrAppend(&text, ",\"call\":", operation.call_time);
  if (!IsPending(operation)) {
    absl::StrAppend(&text, ",\"return\":", operation.return_time);
  }
  absl::StrAppend(&text, "}\n");
}

std::string ValueOrAbsent(const std::optional<Value>& value) {
  return value.has_value() ? absl::StrCat(*value) : "absent";
}

std::string EntriesText(const HistoryOperation& range) {
  return absl::StrCat(
      "{", absl::StrJoin(range.entries, ", ", absl::PairFormatter(": ")), "}",
      range.ok ? "" : " (stopped)");
}

}  // namespace

std::string ToJsonLines(const History& history) {
  const std::vector<HistoryOperation>& operations = history.operations;
  std::vector<size_t> order(operations.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto key = [&](size_t index) {
    return std::make_tuple(operations[index].call_time,
                           operations[index].client, index);
  };
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return key(a) < key(b); });
  std::string text;
  for (size_t index : order) AppendLine(operations[index], text);
  return text;
}

std::string CallText(const HistoryOperation& operation) {
  std::vector<uint64_t> arguments;
  if (HasKey(operation.kind)) arguments.push_back(operation.key);
  if (ComparesValue(operation.kind)) arguments.push_back(operation.old_value);
  if (StoresValue(operation.kind)) arguments.push_back(operation.value);
  return absl::StrCat(ApiName(operation.kind), "(",
                      absl::StrJoin(arguments, ", "), ")");
}

std::string ResultText(const HistoryOperation& operation) {
  if (IsPending(operation)) return "pending";
  switch (operation.kind) {
    case OperationKind::kLoad:
    case OperationKind::kLoadAndDelete:
    case OperationKind::kSwap:
      return ValueOrAbsent(operation.result);
    case OperationKind::kLoadOrStore:
      return absl::StrCat(operation.ok ? "loaded " : "stored ",
                          ValueOrAbsent(operation.result));
    case OperationKind::kCompareAndSwap:
      return operation.ok ? "swapped" : "not swapped";
    case OperationKind::kCompareAndDelete:
      return operation.ok ? "deleted" : "not deleted";
    case OperationKind::kRange:
      return EntriesText(operation);
    case OperationKind::kStore:
    case OperationKind::kDelete:
    case OperationKind::kClear:
      break;
  }
  return "done";
}

}  // namespace mortsafe

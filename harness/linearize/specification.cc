#include "harness/linearize/specification.h"

#include <utility>

namespace mortsafe {
namespace {

// Whether the kind answers with a value or its absence.
bool HasResult(OperationKind kind) {
  return kind == OperationKind::kLoad || kind == OperationKind::kLoadOrStore ||
         kind == OperationKind::kLoadAndDelete || kind == OperationKind::kSwap;
}

// Store and Delete answer nothing.
bool HasOk(OperationKind kind) {
  return kind != OperationKind::kStore && kind != OperationKind::kDelete &&
         kind != OperationKind::kClear;
}

Answer Found(Cell cell) { return Answer{cell, cell.has_value()}; }

}  // namespace

Answer Perform(const HistoryOperation& operation, Cell& cell) {
  switch (operation.kind) {
    case OperationKind::kLoad:
    case OperationKind::kRange:
      return Found(cell);
    case OperationKind::kStore:
      cell = operation.value;
      return Answer();
    case OperationKind::kLoadOrStore: {
      const bool loaded = cell.has_value();
      if (!loaded) cell = operation.value;
      return Answer{cell, loaded};
    }
    case OperationKind::kLoadAndDelete:
      return Found(std::exchange(cell, std::nullopt));
    case OperationKind::kDelete:
    case OperationKind::kClear:
      cell.reset();
      return Answer();
    case OperationKind::kSwap:
      return Found(std::exchange(cell, operation.value));
    case OperationKind::kCompareAndSwap:
    case OperationKind::kCompareAndDelete: {
      const bool equal = cell == operation.old_value;
      if (equal) {
        cell = operation.kind == OperationKind::kCompareAndSwap
                   ? Cell(operation.value)
                   : std::nullopt;
      }
      return Answer{std::nullopt, equal};
    }
  }
  return Answer();
}

bool Recorded(const HistoryOperation& operation, const Answer& answer) {
  return (!HasResult(operation.kind) || operation.result == answer.result) &&
         (!HasOk(operation.kind) || operation.ok == answer.ok);
}

void Record(const Answer& answer, HistoryOperation& operation) {
  if (HasResult(operation.kind)) operation.result = answer.result;
  if (HasOk(operation.kind)) operation.ok = answer.ok;
}

}  // namespace mortsafe

#include "harness/linearize/step.h"

#include <optional>

#include "harness/base/check.h"

namespace mortsafe {
namespace {

Step Shape(Need need, CellState needed, Effect effect, CellState stored) {
  Step step;
  step.need = need;
  step.needed = needed;
  step.effect = effect;
  step.stored = stored;
  return step;
}

Step Impossible() {
  return Shape(Need::kImpossible, kAbsent, Effect::kNone, kAbsent);
}

// A step that answers what it found.
Step Found(const HistoryOperation& operation, Effect effect, CellState stored,
           ValueStates values) {
  if (operation.ok != operation.result.has_value()) return Impossible();
  return Shape(Need::kExactly, values.Of(operation.result), effect, stored);
}

Step LoadOrStoreShape(const HistoryOperation& operation, ValueStates values) {
  if (!operation.result.has_value()) return Impossible();
  if (operation.ok) return Found(operation, Effect::kNone, kAbsent, values);
  if (*operation.result != operation.value) return Impossible();
  return Shape(Need::kExactly, kAbsent, Effect::kSet,
               values.Of(operation.value));
}

Step CompareShape(const HistoryOperation& operation, CellState stored,
                  ValueStates values) {
  const CellState old = values.Of(operation.old_value);
  return operation.ok ? Shape(Need::kExactly, old, Effect::kSet, stored)
                      : Shape(Need::kAnythingBut, old, Effect::kNone, kAbsent);
}

Step ShapeOf(const HistoryOperation& operation, ValueStates values) {
  switch (operation.kind) {
    case OperationKind::kLoad:
      return Found(operation, Effect::kNone, kAbsent, values);
    case OperationKind::kStore:
      return Shape(Need::kAnything, kAbsent, Effect::kSet,
                   values.Of(operation.value));
    case OperationKind::kLoadOrStore:
      return LoadOrStoreShape(operation, values);
    case OperationKind::kLoadAndDelete:
      return operation.ok ? Found(operation, Effect::kSet, kAbsent, values)
                          : Found(operation, Effect::kNone, kAbsent, values);
    case OperationKind::kDelete:
      return Shape(Need::kAnything, kAbsent, Effect::kSet, kAbsent);
    case OperationKind::kSwap:
      return Found(operation, Effect::kSet, values.Of(operation.value), values);
    case OperationKind::kCompareAndSwap:
      return CompareShape(operation, values.Of(operation.value), values);
    case OperationKind::kCompareAndDelete:
      return CompareShape(operation, kAbsent, values);
    case OperationKind::kRange:
    case OperationKind::kClear:
      break;
  }
  Check(false, "only operations on one key have a step of their own");
  return Impossible();
}

Step ShapeWithAnyResult(const HistoryOperation& operation, ValueStates values) {
  switch (operation.kind) {
    case OperationKind::kStore:
    case OperationKind::kSwap:
      return Shape(Need::kAnything, kAbsent, Effect::kSet,
                   values.Of(operation.value));
    case OperationKind::kLoadAndDelete:
    case OperationKind::kDelete:
    case OperationKind::kClear:
      return Shape(Need::kAnything, kAbsent, Effect::kSet, kAbsent);
    case OperationKind::kLoadOrStore:
      return Shape(Need::kAnything, kAbsent, Effect::kSetIfEqual,
                   values.Of(operation.value));
    case OperationKind::kCompareAndSwap:
      return Shape(Need::kAnything, values.Of(operation.old_value),
                   Effect::kSetIfEqual, values.Of(operation.value));
    case OperationKind::kCompareAndDelete:
      return Shape(Need::kAnything, values.Of(operation.old_value),
                   Effect::kSetIfEqual, kAbsent);
    case OperationKind::kLoad:
    case OperationKind::kRange:
      break;
  }
  Check(false, "a read with any result is no step at all");
  return Impossible();
}

}  // namespace

Step StepOf(const HistoryOperation& operation, ValueStates values) {
  const bool pending = operation.return_time == kPending;
  Step step = pending ? ShapeWithAnyResult(operation, values)
                      : ShapeOf(operation, values);
  step.optional = pending;
  step.call_time = operation.call_time;
  step.return_time = operation.return_time;
  return step;
}

Step StepWithAnyResult(const HistoryOperation& operation, ValueStates values) {
  Step step = ShapeWithAnyResult(operation, values);
  step.optional = operation.return_time == kPending;
  step.call_time = operation.call_time;
  step.return_time = operation.return_time;
  return step;
}

}  // namespace mortsafe

#include "harness/linearize/value_conservation.h"

namespace mortsafe {
namespace {

// Whether the operation may have stored its value: one that never returned may.
bool MayStore(const HistoryOperation& operation) {
  if (!StoresValue(operation.kind)) return false;
  if (operation.return_time == kPending) return true;
  switch (operation.kind) {
    case OperationKind::kLoadOrStore:
      return !operation.ok;
    case OperationKind::kCompareAndSwap:
      return operation.ok;
    default:
      return true;
  }
}

// The value that the operation took away, by its own account.
std::optional<Value> Taken(const HistoryOperation& operation) {
  if (operation.return_time == kPending) return std::nullopt;
  switch (operation.kind) {
    case OperationKind::kLoadAndDelete:
    case OperationKind::kSwap:
      return operation.result;
    case OperationKind::kCompareAndSwap:
    case OperationKind::kCompareAndDelete:
      if (operation.ok) return operation.old_value;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace

void ValueConservation::Add(const HistoryOperation& operation) {
  if (MayStore(operation)) Count(operation.key, operation.value, -1);
  const std::optional<Value> taken = Taken(operation);
  if (taken.has_value()) Count(operation.key, *taken, 1);
}

void ValueConservation::Count(Key key, Value value, int64_t change) {
  const auto balance = balances_.try_emplace({key, value}, 0).first;
  balance->second += change;
  if (balance->second == 0) balances_.erase(balance);
}

std::optional<ValueConservation::Excess> ValueConservation::FindExcess() const {
  std::optional<Excess> least;
  for (const auto& [what, balance] : balances_) {
    if (balance <= 0) continue;
    if (!least.has_value() || what < std::pair(least->key, least->value)) {
      least = Excess{what.first, what.second, balance};
    }
  }
  return least;
}

}  // namespace mortsafe

#include "harness/linearize/differential.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/history/text.h"
#include "harness/linearize/brute_force.h"
#include "harness/linearize/explain.h"

namespace mortsafe {
namespace {

// Whether the history is linearizable when each Clear is a Delete of every key,
// each at its own moment.
bool EachKeyIsLinearizable(const History& history) {
  History independent;
  std::vector<Key> keys;
  for (const HistoryOperation& operation : history.operations) {
    if (HasKey(operation.kind)) keys.push_back(operation.key);
    for (const auto& entry : operation.entries) keys.push_back(entry.first);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  for (const HistoryOperation& operation : history.operations) {
    if (operation.kind != OperationKind::kClear) {
      independent.operations.push_back(operation);
      continue;
    }
    for (Key key : keys) {
      HistoryOperation removal = operation;
      removal.kind = OperationKind::kDelete;
      removal.key = key;
      independent.operations.push_back(removal);
    }
  }
  return BruteForceIsLinearizable(independent);
}

std::optional<std::string> WrongExplanation(const History& history,
                                            const Violation& violation,
                                            Checker& checker) {
  if (!std::count(violation.witness.begin(), violation.witness.end(),
                  violation.culprit)) {
    return "the culprit is not in the witness";
  }
  const History alone = Restricted(history, violation.witness);
  if (BruteForceIsLinearizable(alone)) {
    return "the witness alone is linearizable";
  }
  const std::optional<Violation> again = checker.Explain(alone);
  if (!again.has_value() || again->kind != violation.kind) {
    return "the witness alone has another kind";
  }
  if (violation.kind == ViolationKind::kNonAtomicClear &&
      !EachKeyIsLinearizable(history)) {
    return "a key alone is not linearizable, but the Clear is blamed";
  }
  return std::nullopt;
}

std::optional<std::string> Wrong(const History& history, Checker& checker) {
  const bool linearizable = checker.IsLinearizable(history);
  if (linearizable != BruteForceIsLinearizable(history)) {
    return linearizable ? "the checker accepts what the oracle rejects"
                        : "the checker rejects what the oracle accepts";
  }
  const std::optional<Violation> violation = checker.Explain(history);
  if (violation.has_value() == linearizable) {
    return "the explanation contradicts the verdict";
  }
  if (linearizable) return std::nullopt;
  return WrongExplanation(history, *violation, checker);
}

}  // namespace

std::optional<std::string> Disagreement(const History& history,
                                        Checker& checker) {
  const std::optional<std::string> wrong = Wrong(history, checker);
  if (!wrong.has_value()) return std::nullopt;
  return absl::StrCat(*wrong, ":\n", ToJsonLines(history));
}

}  // namespace mortsafe

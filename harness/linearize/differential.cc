#include "harness/linearize/differential.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
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

}  // namespace

Verdict Differential::JudgeAsStream(History history) {
  SortByCall(history);
  stream_.Reset();
  for (const HistoryOperation& operation : history.operations) {
    stream_.Add(operation);
  }
  return stream_.Finish();
}

bool Differential::FastDecisionAgrees(bool linearizable) {
  // It is for the steps of one key.
  if (steps_.key_count() != 1) return true;
  const UnambiguousVerdict verdict =
      unambiguous_.Judge(steps_.steps_of(0), steps_.state_count());
  if (verdict == UnambiguousVerdict::kUndecided) return true;
  ++decided_fast_;
  return (verdict == UnambiguousVerdict::kLinearizable) == linearizable;
}

const char* Differential::WrongChecker(const History& history,
                                       bool linearizable) {
  const Verdict right =
      linearizable ? Verdict::kLinearizable : Verdict::kViolation;
  if (checker_.Judge(history) != right) return "the checker is wrong";
  if (JudgeAsStream(history) != right) return "the stream's verdict is wrong";
  steps_.Assign(history);
  if (steps_.duplicated_range().has_value()) return nullptr;
  if (search_.Judge(steps_.steps()) != right) return "the search is wrong";
  if (!FastDecisionAgrees(linearizable)) {
    return "the decision for distinct values is wrong";
  }
  return nullptr;
}

const char* Differential::WrongExplanation(const History& history) {
  const std::optional<Violation> violation = checker_.Explain(history);
  if (violation.has_value() == checker_.IsLinearizable(history)) {
    return "the explanation contradicts the verdict";
  }
  if (!violation.has_value()) return nullptr;
  if (!std::count(violation->witness.begin(), violation->witness.end(),
                  violation->culprit)) {
    return "the culprit is not in the witness";
  }
  const History alone = Restricted(history, violation->witness);
  if (BruteForceIsLinearizable(alone)) {
    return "the witness alone is linearizable";
  }
  const std::optional<Violation> again = checker_.Explain(alone);
  if (!again.has_value() || again->kind != violation->kind) {
    return "the witness alone has another kind";
  }
  if (violation->kind == ViolationKind::kNonAtomicClear &&
      !EachKeyIsLinearizable(history)) {
    return "a key alone is not linearizable, but the Clear is blamed";
  }
  return nullptr;
}

std::optional<std::string> Differential::WrongVerdict(const History& history) {
  const bool linearizable = BruteForceIsLinearizable(history);
  violations_ += linearizable ? 0 : 1;
  const char* const wrong = WrongChecker(history, linearizable);
  if (wrong == nullptr) return std::nullopt;
  return absl::StrCat(wrong, ", the history is ", linearizable ? "" : "not ",
                      "linearizable:\n", ToJsonLines(history));
}

std::optional<std::string> Differential::Disagreement(const History& history) {
  std::optional<std::string> wrong = WrongVerdict(history);
  if (wrong.has_value()) return wrong;
  const char* const explanation = WrongExplanation(history);
  if (explanation == nullptr) return std::nullopt;
  return absl::StrCat(explanation, ":\n", ToJsonLines(history));
}

}  // namespace mortsafe

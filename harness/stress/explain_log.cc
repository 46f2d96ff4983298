#include "harness/stress/explain_log.h"

#include <optional>
#include <utility>

#include "harness/base/check.h"
#include "harness/base/operation_kind.h"
#include "harness/linearize/evidence.h"
#include "harness/linearize/explain.h"
#include "harness/linearize/map_search.h"

namespace mortsafe {
namespace {

Evidence CollectEvidence(const RecordLog& log, const Decision& decision) {
  EvidenceCollector collector(decision);
  log.ForEach([&](const HistoryOperation& operation) {
    return collector.Survey(operation);
  });
  log.ForEach([&](const HistoryOperation& operation) {
    return collector.Collect(operation);
  });
  return collector.TakeEvidence();
}

// All that concerns the key in question, if there is one.
History AllUpTo(const RecordLog& log, const Decision& decision) {
  History history;
  log.ForEach([&](const HistoryOperation& operation) {
    if (operation.call_time > decision.time) return false;
    if (!decision.key.has_value() || !HasKey(operation.kind) ||
        operation.key == *decision.key) {
      history.operations.push_back(operation);
      std::erase_if(history.operations.back().entries, [&](const auto& entry) {
        return decision.key.has_value() && entry.first != *decision.key;
      });
    }
    return true;
  });
  return history;
}

}  // namespace

LogExplanation ExplainLog(const RecordLog& log, const Decision& decision) {
  MapSearch search;
  Evidence evidence = CollectEvidence(log, decision);
  std::optional<Violation> violation = ExplainEvidence(evidence, search);
  if (violation.has_value()) {
    return {std::move(evidence.history), *std::move(violation)};
  }
  // What was set free could be the reason after all, or what other keys say of
  // when a Clear took effect. It takes long, but seldom.
  History history = AllUpTo(log, decision);
  violation = ExplainHistory(history, search);
  if (!violation.has_value()) {
    Decision of_all_keys = decision;
    of_all_keys.key.reset();
    history = AllUpTo(log, of_all_keys);
    violation = ExplainHistory(history, search);
  }
  Check(violation.has_value(),
        "a logged violation is one when looked at again");
  return {std::move(history), *std::move(violation)};
}

}  // namespace mortsafe

#include "harness/report/wording.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/base/check.h"
#include "harness/base/operation_kind.h"
#include "harness/base/violation_kind.h"
#include "harness/history/history.h"
#include "harness/history/text.h"
#include "harness/linearize/violation.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"
#include "harness/report/text_layout.h"

namespace mortsafe {
namespace {

const HistoryOperation& At(const Finding& finding, size_t operation) {
  Check(operation < finding.history.operations.size(),
        "a violation names operations of its history");
  return finding.history.operations[operation];
}

bool Removes(OperationKind kind) {
  return kind == OperationKind::kDelete ||
         kind == OperationKind::kLoadAndDelete ||
         kind == OperationKind::kCompareAndDelete ||
         kind == OperationKind::kClear;
}

// "12 to 3 operations", or "3 operations" where nothing was removed.
std::string Shrunk(uint64_t from, uint64_t to, absl::string_view noun) {
  if (from <= to) return Counted(to, noun);
  return absl::StrCat(Grouped(from), " to ", Counted(to, noun));
}

std::string FoundText(const Finding& finding) {
  std::string text =
      absl::StrCat("execution ", Grouped(finding.executions_to_find));
  if (!finding.strategy.empty()) {
    absl::StrAppend(&text, ", strategy ", finding.strategy);
  }
  return absl::StrCat(text, ", seed ", finding.seed);
}

std::string BuildText(const Finding& finding) {
  if (finding.build.empty()) return absl::StrCat("Mortsafe ", finding.version);
  if (finding.version.empty()) return finding.build;
  return absl::StrCat(finding.build, ", Mortsafe ", finding.version);
}

}  // namespace

Role RoleOf(const Finding& finding, std::optional<size_t> operation) {
  if (!operation.has_value() || !finding.violation.has_value()) {
    return Role::kBystander;
  }
  if (*operation == finding.violation->culprit) return Role::kCulprit;
  return WitnessNumber(finding, *operation) > 0 ? Role::kWitness
                                                : Role::kBystander;
}

std::string MapName(const Finding& finding) {
  return absl::StrCat(finding.map, finding.defect.empty() ? "" : ":",
                      finding.defect);
}

std::string KindTitle(const Finding& finding) {
  std::string title(Title(finding.kind));
  title[0] = absl::ascii_toupper(static_cast<unsigned char>(title[0]));
  return title;
}

std::string Headline(const Finding& finding) {
  return absl::StrCat(KindTitle(finding), " in ", MapName(finding));
}

std::string ClientName(const History& history, uint32_t client) {
  return history.has_initial_client ? ClientName(client)
                                    : absl::StrCat("client ", client);
}

std::string ClientName(uint32_t client) {
  return client == 0 ? "initial" : absl::StrCat("client ", client);
}

std::string AnswerText(const HistoryOperation& operation) {
  std::string text = ResultText(operation);
  const bool is_number =
      absl::ascii_isdigit(static_cast<unsigned char>(text[0]));
  return is_number ? absl::StrCat("= ", text) : text;
}

size_t WitnessNumber(const Finding& finding, size_t operation) {
  if (!finding.violation.has_value()) return 0;
  const std::vector<size_t>& witness = finding.violation->witness;
  const auto at = std::find(witness.begin(), witness.end(), operation);
  return at == witness.end() ? 0
                             : static_cast<size_t>(at - witness.begin()) + 1;
}

std::string WitnessLabel(const Finding& finding, size_t operation) {
  const std::string call = CallText(At(finding, operation));
  const size_t number = WitnessNumber(finding, operation);
  return number == 0 ? call : absl::StrCat("(", number, ") ", call);
}

std::string ConstraintText(const Finding& finding,
                           const Constraint& constraint) {
  const std::string first = WitnessLabel(finding, constraint.first);
  const std::string second = WitnessLabel(finding, constraint.second);
  switch (constraint.relation) {
    case Constraint::Relation::kFinishedBefore:
      return absl::StrCat(first, " finished before ", second, " was called");
    case Constraint::Relation::kReadFrom:
      return absl::StrCat(second, " read the value that ", first, " stored");
    case Constraint::Relation::kMissed:
      return absl::StrCat(first, " did not find the value that ", second,
                          " stores, so it comes before it");
    case Constraint::Relation::kOverwrote:
      break;
  }
  const bool removed = Removes(At(finding, constraint.second).kind);
  return absl::StrCat(second, removed ? " removed" : " replaced",
                      " the value that ", first, " stored");
}

std::vector<Fact> Facts(const Finding& finding) {
  std::vector<Fact> facts;
  if (finding.executions_to_find > 0) {
    facts.push_back({"found in", FoundText(finding)});
  }
  facts.push_back(
      {"minimised",
       absl::StrCat(Shrunk(finding.original_operations,
                           OperationCount(finding.input.program), "operation"),
                    ", ",
                    Shrunk(finding.original_switches,
                           finding.input.schedule.schedule.switches.size(),
                           "thread switch"))});
  if (!finding.memory.empty()) facts.push_back({"memory", finding.memory});
  if (!finding.build.empty() || !finding.version.empty()) {
    facts.push_back({"build", BuildText(finding)});
  }
  return facts;
}

}  // namespace mortsafe

// C10, C7 and C13: every state of the map, and what each operation does to it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "harness/base/check.h"
#include "harness/base/operation_kind.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/initial_states.h"
#include "harness/hunt/program_runner.h"
#include "harness/program/operation.h"
#include "harness/report/text_layout.h"
#include "harness/stress/sequential_trial.h"
#include "harness/subject/any_map.h"
#include "harness/subject/concurrent_map.h"
#include "harness/subject/registry.h"
#include "harness/verdict/arena_map.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/exhibits.h"
#include "harness/verdict/named_inputs.h"
#include "harness/verdict/places.h"
#include "harness/verdict/specials.h"
#include "maps/defects.h"
#include "maps/read_dirty_state.h"

namespace mortsafe {
namespace {

using State = ReadDirtyState<Key, Value>;

// One to look at, others to bring the tables into every state.
constexpr int kKeys = 3;
constexpr Key kKey = 0;
constexpr Value kNewValue = 1000;

// The inner state of a map, with that defect, after these operations of one
// client.
State StateAfter(const std::vector<Operation>& operations,
                 ReadDirtyDefect defect = ReadDirtyDefect::kNone) {
  ArenaReadDirtyMap<SelectedDefect<ReadDirtyDefect>> map(
      (SelectedDefect(defect)));
  for (const Operation& operation : operations) {
    const auto& [kind, key, value, old_value, stop_after] = operation;
    switch (kind) {
      case OperationKind::kLoad:
        map.Load(key);
        break;
      case OperationKind::kStore:
        map.Store(key, value);
        break;
      case OperationKind::kLoadOrStore:
        map.LoadOrStore(key, value);
        break;
      case OperationKind::kLoadAndDelete:
        map.LoadAndDelete(key);
        break;
      case OperationKind::kDelete:
        map.Delete(key);
        break;
      case OperationKind::kSwap:
        map.Swap(key, value);
        break;
      case OperationKind::kCompareAndSwap:
        map.CompareAndSwap(key, old_value, value);
        break;
      case OperationKind::kCompareAndDelete:
        map.CompareAndDelete(key, old_value);
        break;
      case OperationKind::kRange:
        map.Range([](Key, Value) { return true; });
        break;
      case OperationKind::kClear:
        map.Clear();
        break;
    }
  }
  return map.State();
}

// What is done to the key, whose value is `present` or 0: what compares does so
// with that.
std::vector<Operation> OperationsOn(Key key, Value present) {
  using enum OperationKind;
  return {{kLoad, key},
          {kStore, key, kNewValue},
          {kLoadOrStore, key, kNewValue},
          {kSwap, key, kNewValue},
          {kDelete, key},
          {kLoadAndDelete, key},
          {kCompareAndSwap, key, kNewValue, present},
          {kCompareAndDelete, key, 0, present},
          {kRange},
          {kClear}};
}

// Whether the key, of that value, must be gone after the operation.
bool Deletes(OperationKind kind) {
  return kind == OperationKind::kDelete ||
         kind == OperationKind::kLoadAndDelete ||
         kind == OperationKind::kCompareAndDelete;
}

using Operations = std::vector<Operation>;

std::string ProgramText(const Operations& operations) {
  if (operations.empty()) return "(empty)";
  return absl::StrJoin(operations, "; ",
                       [](std::string* text, const Operation& operation) {
                         absl::StrAppend(text, ToText(operation));
                       });
}

Operations Then(Operations operations, const Operation& operation) {
  operations.push_back(operation);
  return operations;
}

// All that came of going through the states.
struct Survey {
  bool complete = false;  // There are no other states of so many keys.
  std::vector<InitialState> states;
  size_t transitions = 0;
  size_t wrong_answers = 0;
  size_t deviations = 0;  // From what the design says of the state.
  // A shortest way to each cell.
  std::map<Place, Operations> reached_by;
  // Where each operation takes the key from each cell, over all states that
  // are in that cell, with a shortest way to a state that shows it.
  std::map<Place, std::map<OperationKind, std::map<Place, Operations>>>
      outcomes;
};

// Performs the operations on a map of its own, which is held against the
// specification and the design; the survey counts what differs.
void HoldAgainst(const SubjectChoice& choice, const Operations& operations,
                 Survey& survey) {
  SequentialTrial trial(choice);
  for (const Operation& operation : operations) {
    if (trial.Perform(operation).has_value()) ++survey.wrong_answers;
  }
  if (trial.Deviation().has_value()) ++survey.deviations;
}

// States come by the length of their prefixes: what is there already took a way
// that is no longer.
void VisitState(const SubjectChoice& choice, const InitialState& state,
                Survey& survey) {
  const Place before = PlaceOf(StateAfter(state.prefix), kKey);
  survey.reached_by.emplace(before, state.prefix);
  HoldAgainst(choice, state.prefix, survey);
  for (const Operation& operation : OperationsOn(kKey, state.present[kKey])) {
    const Operations operations = Then(state.prefix, operation);
    HoldAgainst(choice, operations, survey);
    ++survey.transitions;
    survey.outcomes[before][operation.kind].emplace(
        PlaceOf(StateAfter(operations), kKey), state.prefix);
  }
}

Survey MakeSurvey() {
  const SubjectChoice choice = NamedMap("read-dirty");
  const InitialStates states = FindInitialStates(choice, kKeys);
  Survey survey;
  survey.complete = states.complete;
  survey.states = states.states;
  for (const InitialState& state : survey.states) {
    VisitState(choice, state, survey);
  }
  return survey;
}

const Survey& TheSurvey() {
  static const auto* const survey = new Survey(MakeSurvey());
  return *survey;
}

std::string SurveyBounds(const Survey& survey) {
  return absl::StrCat(survey.complete ? "every state" : "states", " of up to ",
                      kKeys, " keys x every operation");
}

Evidence EvidenceOf(const Survey& survey, absl::string_view what,
                    bool happens) {
  Evidence evidence = {
      .leg = Leg::kMechanism,
      .map = "read-dirty",
      .bounds = absl::StrCat(what, ", ", SurveyBounds(survey)),
      .complete = survey.complete,
      .happens = happens,
      .programs = survey.states.size(),
      .operations = survey.transitions,
      .note = absl::StrCat(survey.wrong_answers, " wrong answers, ",
                           survey.deviations, " deviations from the design")};
  if (survey.wrong_answers > 0) evidence.found = "a wrong answer";
  return evidence;
}

// After a deletion from some state, on a map with that defect, or none, the key
// is live; `unamended`: of states that are not amended alone.
bool SomeDeletionLeavesLive(const Survey& survey, ReadDirtyDefect defect,
                            bool unamended) {
  for (const InitialState& state : survey.states) {
    if (unamended && StateAfter(state.prefix, defect).amended) continue;
    for (const Operation& operation : OperationsOn(kKey, state.present[kKey])) {
      if (!Deletes(operation.kind)) continue;
      const State after = StateAfter(Then(state.prefix, operation), defect);
      if (PlaceOf(after, kKey).entry == Place::Entry::kLive) return true;
    }
  }
  return false;
}

// Of the map as it should be, and of the one with that defect.
std::vector<Evidence> DeletionEvidence(absl::string_view broken,
                                       ReadDirtyDefect defect, bool unamended) {
  const Survey& survey = TheSurvey();
  const std::string what = absl::StrCat(
      "a Delete, LoadAndDelete or CompareAndDelete",
      unamended ? ", while read is not amended," : "", " leaves its key live");
  std::vector<Evidence> both = {
      EvidenceOf(
          survey, what,
          SomeDeletionLeavesLive(survey, ReadDirtyDefect::kNone, unamended)),
      {.leg = Leg::kDefect,
       .map = std::string(broken),
       .bounds = absl::StrCat(what, ", ", SurveyBounds(survey))}};
  if (SomeDeletionLeavesLive(survey, defect, unamended)) {
    both[1].found = "a deletion that leaves its key live";
  }
  return both;
}

std::string CellsText(const std::vector<Place>& cells) {
  return absl::StrJoin(cells, "; ", [](std::string* text, const Place& cell) {
    absl::StrAppend(text, PlaceText(cell));
  });
}

// The cells that one client does not reach.
std::string UnreachedText(const Survey& survey) {
  std::vector<Place> unreached;
  for (const Place& place : AllPlaces()) {
    if (!survey.reached_by.contains(place)) unreached.push_back(place);
  }
  return absl::StrCat(
      survey.complete
          ? "Cells in no state that one client can bring the map to: "
          : "Cells that were not reached by one client: ",
      CellsText(unreached), ".");
}

// The letters of the cells, in order.
std::string LetterOf(const Place& cell, const Survey& survey) {
  const auto number =
      std::distance(survey.reached_by.begin(), survey.reached_by.find(cell));
  return std::string(1, static_cast<char>('A' + number));
}

Table CellsTable(const Survey& survey) {
  Table table = {
      .title = absl::StrCat("Where a key can be, and how it gets there, over ",
                            survey.complete ? "all " : "",
                            Grouped(survey.states.size()),
                            " states that one client can bring a map of up to ",
                            kKeys, " keys to"),
      .columns = {"cell", "key 0 is", "reached by"}};
  for (const auto& [cell, prefix] : survey.reached_by) {
    table.rows.push_back({LetterOf(cell, survey), PlaceText(cell),
                          absl::StrCat("`", ProgramText(prefix), "`")});
  }
  return table;
}

std::string OutcomesText(const Place& cell,
                         const std::map<Place, Operations>& outcomes,
                         const Survey& survey) {
  return absl::StrJoin(
      outcomes, " or ", [&](std::string* text, const auto& outcome) {
        absl::StrAppend(text, outcome.first == cell
                                  ? "same"
                                  : LetterOf(outcome.first, survey));
      });
}

// A row for each operation, and a column for each cell: names of operations are
// longer than letters.
Table TransitionsTable(const Survey& survey) {
  Table table = {.title =
                     "Where each operation takes the key from each of these "
                     "cells, over all these states; what compares expects the "
                     "key's value",
                 .columns = {"from"}};
  for (const auto& [cell, prefix] : survey.reached_by) {
    table.columns.push_back(LetterOf(cell, survey));
  }
  for (const Operation& operation : OperationsOn(kKey, 1)) {
    std::vector<std::string> row = {std::string(ApiName(operation.kind))};
    for (const auto& [cell, prefix] : survey.reached_by) {
      row.push_back(OutcomesText(
          cell, survey.outcomes.at(cell).at(operation.kind), survey));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

// Where several clients leave keys, in the map as it should be and in that with
// the defect.
class SeveralClients {
 public:
  SeveralClients(const Survey& survey, absl::string_view broken,
                 ReadDirtyDefect defect)
      : survey_(survey),
        broken_(broken),
        faithful_(SurveyClients(ReadDirtyDefect::kNone)),
        defect_(SurveyClients(defect)) {}

  // Whether several clients leave a key where one never does: they should not.
  Evidence FaithfulEvidence() const {
    Evidence evidence = EvidenceOf(Leg::kMechanism, "read-dirty", faithful_);
    if (LeavesTheCells(faithful_)) evidence.found = kWhereItMustNotBe;
    return evidence;
  }

  // The same of the broken map, which should.
  Evidence DefectEvidence() const {
    Evidence evidence = EvidenceOf(Leg::kDefect, broken_, defect_);
    if (LeavesTheCells(defect_)) evidence.found = kWhereItMustNotBe;
    return evidence;
  }

  Table Places() const {
    Table table = {
        .title = absl::StrCat(
            "Cells that a key is in at the end of the executions of all "
            "claims' ",
            faithful_.programs,
            " programs, with several clients, of which "
            "there are ",
            Grouped(faithful_.executions), " and ", Grouped(defect_.executions),
            "; other programs of several clients are not covered"),
        .columns = {"a key is", "one client", "several clients",
                    absl::StrCat("several clients, ", broken_)}};
    for (const Place& place : AllPlaces()) {
      const bool one = survey_.reached_by.contains(place);
      const bool several = faithful_.places.contains(place);
      const bool broken = defect_.places.contains(place);
      if (!one && !several && !broken) continue;
      table.rows.push_back({PlaceText(place), one ? "yes" : "**never**",
                            several ? "yes" : "no", broken ? "yes" : "no"});
    }
    return table;
  }

 private:
  static constexpr char kWhereItMustNotBe[] = "a key where it must not be";

  static Evidence EvidenceOf(Leg leg, absl::string_view map,
                             const ClientsSurvey& clients) {
    return {.leg = leg,
            .map = std::string(map),
            .bounds =
                "several clients leave a key in a cell that one never "
                "does, in every execution of all claims' programs",
            .not_run = clients.not_run,
            .complete = clients.complete,
            .programs = clients.programs,
            .executions = clients.executions};
  }
  bool LeavesTheCells(const ClientsSurvey& clients) const {
    return absl::c_any_of(clients.places, [&](const Place& place) {
      return !survey_.reached_by.contains(place);
    });
  }

  const Survey& survey_;
  const absl::string_view broken_;
  const ClientsSurvey faithful_;
  const ClientsSurvey defect_;
};

// A state for each outcome of an operation that has several, those of several
// operations in one row.
Table OutcomesTable(const Survey& survey) {
  Table table = {
      .title =
          "States that tell apart the outcomes of an operation that has "
          "several",
      .columns = {"key 0 is", "after", "becomes", "by"}};
  for (const auto& [cell, by_kind] : survey.outcomes) {
    std::map<std::pair<Place, std::string>, std::vector<std::string>> rows;
    for (const Operation& operation : OperationsOn(kKey, 1)) {
      const auto& outcomes = by_kind.at(operation.kind);
      if (outcomes.size() < 2) continue;
      for (const auto& [after, prefix] : outcomes) {
        rows[{after, ProgramText(prefix)}].emplace_back(
            ApiName(operation.kind));
      }
    }
    for (const auto& [outcome, operations] : rows) {
      table.rows.push_back(
          {PlaceText(cell), absl::StrCat("`", outcome.second, "`"),
           outcome.first == cell ? "same" : PlaceText(outcome.first),
           absl::StrJoin(operations, ", ")});
    }
  }
  return table;
}

}  // namespace

Special StateTable() {
  constexpr absl::string_view kBroken = "read-dirty:c10-delete-stops-at-dirty";
  constexpr ReadDirtyDefect kDefect = ReadDirtyDefect::kDeleteStopsAtDirty;
  const Survey& survey = TheSurvey();
  Special special = {DeletionEvidence(kBroken, kDefect, false),
                     {CellsTable(survey), TransitionsTable(survey),
                      OutcomesTable(survey), Paragraph{UnreachedText(survey)}}};
  const SeveralClients several(survey, kBroken, kDefect);
  special.evidence.push_back(several.FaithfulEvidence());
  special.evidence.push_back(several.DefectEvidence());
  if (special.evidence.back().ran()) {
    special.exhibits.emplace_back(several.Places());
  }
  return special;
}

Special DeletesWhileNotAmended() {
  return {DeletionEvidence("read-dirty:c7-delete-skips-read",
                           ReadDirtyDefect::kDeleteSkipsUnamendedRead, true),
          {}};
}

Special Snapshots() {
  const Survey& survey = TheSurvey();
  Evidence evidence = EvidenceOf(
      survey, "the snapshot from inside is what the design says", false);
  evidence.happens.reset();
  if (survey.deviations > 0) evidence.found = "another state than designed";
  return {{std::move(evidence)}, {}};
}

}  // namespace mortsafe

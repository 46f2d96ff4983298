// C10, C7 and C13: every state of the map, and what each operation does to it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "harness/base/check.h"
#include "harness/base/operation_kind.h"
#include "harness/hunt/initial_states.h"
#include "harness/program/operation.h"
#include "harness/stress/sequential_trial.h"
#include "harness/subject/registry.h"
#include "harness/verdict/counted_map.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/exhibits.h"
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

// Where a key is: one cell of the table.
struct Place {
  enum class Entry : uint8_t { kAbsent, kLive, kNil, kExpunged };
  Entry entry = Entry::kAbsent;
  bool in_read = false;
  bool in_dirty = false;
  bool amended = false;

  friend auto operator<=>(const Place&, const Place&) = default;
};

std::string PlaceText(const Place& cell) {
  constexpr std::array<absl::string_view, 4> kEntries = {"absent", "live",
                                                         "nil", "expunged"};
  std::string text(kEntries[static_cast<size_t>(cell.entry)]);
  if (cell.in_read && cell.in_dirty) {
    text += " in both";
  } else if (cell.in_read || cell.in_dirty) {
    text += cell.in_read ? " in read" : " in dirty";
  }
  return text + (cell.amended ? ", amended" : "");
}

Place PlaceOf(const State& state, Key key) {
  Place cell = {.amended = state.amended};
  const auto found = state.rows.find(key);
  if (found == state.rows.end()) return cell;
  const State::Row& row = found->second;
  cell.in_read = row.in_read;
  cell.in_dirty = row.in_dirty;
  if (row.entry.HasValue()) {
    cell.entry = Place::Entry::kLive;
  } else {
    cell.entry = row.entry.pointer == State::Pointer::kExpunged
                     ? Place::Entry::kExpunged
                     : Place::Entry::kNil;
  }
  return cell;
}

// The map's inner state after these operations of one client.
State StateAfter(const std::vector<Operation>& operations) {
  ArenaReadDirtyMap<NoDefects> map;
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

// What is done to the key, whose value is `present` or 0.
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

std::string ProgramText(const std::vector<Operation>& operations) {
  if (operations.empty()) return "(empty)";
  return absl::StrJoin(operations, "; ",
                       [](std::string* text, const Operation& operation) {
                         absl::StrAppend(text, ToText(operation));
                       });
}

// All that came of going through the states.
struct Survey {
  bool complete = false;  // There are no other states of so many keys.
  size_t states = 0;
  size_t transitions = 0;
  size_t wrong_answers = 0;
  size_t deviations = 0;  // From what the design says of the state.
  // After a Delete, or one while not amended, the key is live in read.
  bool delete_leaves_live = false;
  bool unamended_delete_leaves_live = false;
  std::map<Place, std::vector<Operation>> reached_by;
  std::map<Place, std::vector<Place>> after;  // By operation.
};

// Performs the operations on a map of its own, which is held against the
// specification and the design; the survey counts what differs.
void HoldAgainst(const SubjectChoice& choice,
                 const std::vector<Operation>& operations, Survey& survey) {
  SequentialTrial trial(choice);
  for (const Operation& operation : operations) {
    if (trial.Perform(operation).has_value()) ++survey.wrong_answers;
  }
  if (trial.Deviation().has_value()) ++survey.deviations;
}

void VisitState(const SubjectChoice& choice, const InitialState& state,
                Survey& survey) {
  const Place before = PlaceOf(StateAfter(state.prefix), kKey);
  const bool first = survey.reached_by.emplace(before, state.prefix).second;
  HoldAgainst(choice, state.prefix, survey);
  for (const Operation& operation : OperationsOn(kKey, state.present[kKey])) {
    std::vector<Operation> operations = state.prefix;
    operations.push_back(operation);
    HoldAgainst(choice, operations, survey);
    ++survey.transitions;
    const Place after = PlaceOf(StateAfter(operations), kKey);
    if (first) survey.after[before].push_back(after);
    if (operation.kind != OperationKind::kDelete ||
        after.entry != Place::Entry::kLive) {
      continue;
    }
    survey.delete_leaves_live = true;
    if (!before.amended) survey.unamended_delete_leaves_live = true;
  }
}

Survey MakeSurvey() {
  const absl::StatusOr<SubjectChoice> choice =
      FindScheduledSubject("read-dirty");
  Check(choice.ok(), "the map on trial is missing");
  const InitialStates states = FindInitialStates(*choice, kKeys);
  Survey survey;
  survey.complete = states.complete;
  survey.states = states.states.size();
  for (const InitialState& state : states.states) {
    VisitState(*choice, state, survey);
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
      .programs = survey.states,
      .operations = survey.transitions,
      .note = absl::StrCat(survey.wrong_answers, " wrong answers, ",
                           survey.deviations, " deviations from the design")};
  if (survey.wrong_answers > 0) evidence.found = "a wrong answer";
  return evidence;
}

// The cells that nothing reaches.
std::string UnreachedText(const Survey& survey) {
  std::vector<std::string> unreached;
  for (const auto entry :
       {Place::Entry::kLive, Place::Entry::kNil, Place::Entry::kExpunged}) {
    for (const auto& [in_read, in_dirty] :
         {std::pair(true, false), std::pair(false, true),
          std::pair(true, true)}) {
      for (const bool amended : {false, true}) {
        const Place cell = {entry, in_read, in_dirty, amended};
        if (!survey.reached_by.contains(cell)) {
          unreached.push_back(PlaceText(cell));
        }
      }
    }
  }
  return absl::StrJoin(unreached, "; ");
}

}  // namespace

Special StateTable() {
  const Survey& survey = TheSurvey();
  Table table = {.title =
                     "Where a key can be, how it gets there, and where each "
                     "operation takes it",
                 .columns = {"key 0 is", "reached by"}};
  for (const Operation& operation : OperationsOn(kKey, 1)) {
    table.columns.emplace_back(ApiName(operation.kind));
  }
  for (const auto& [cell, prefix] : survey.reached_by) {
    std::vector<std::string> row = {
        PlaceText(cell), absl::StrCat("`", ProgramText(prefix), "`")};
    for (const Place& after : survey.after.at(cell)) {
      row.push_back(after == cell ? "same" : PlaceText(after));
    }
    table.rows.push_back(std::move(row));
  }
  Special special;
  special.evidence.push_back(EvidenceOf(survey, "a Delete leaves its key live",
                                        survey.delete_leaves_live));
  special.exhibits.emplace_back(std::move(table));
  special.exhibits.emplace_back(Paragraph{absl::StrCat(
      survey.complete
          ? "These cells are in no state that one client can bring the map to: "
          : "These cells were not reached: ",
      UnreachedText(survey), ".")});
  return special;
}

Special DeletesWhileNotAmended() {
  const Survey& survey = TheSurvey();
  return {{EvidenceOf(survey,
                      "a Delete while read is not amended leaves its "
                      "key live",
                      survey.unamended_delete_leaves_live)},
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

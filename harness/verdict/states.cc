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

// Every cell that there could be.
std::vector<Place> AllCells() {
  std::vector<Place> cells = {{.amended = false}, {.amended = true}};
  for (const auto entry :
       {Place::Entry::kLive, Place::Entry::kNil, Place::Entry::kExpunged}) {
    for (const auto& [in_read, in_dirty] :
         {std::pair(true, false), std::pair(false, true),
          std::pair(true, true)}) {
      for (const bool amended : {false, true}) {
        cells.push_back({entry, in_read, in_dirty, amended});
      }
    }
  }
  return cells;
}

// By number in AllCells().
using CellSet = uint32_t;

// The read/dirty map, which notes when its operations are over where its keys
// are: the harness asks for its invariants then.
class PlacedMap : public ArenaReadDirtyMap<NoDefects> {
 public:
  explicit PlacedMap(CellSet* cells) : cells_(cells) {}

  std::optional<std::string> CheckInvariants() {
    const ReadDirtyState<Key, Value> state = State();
    const std::vector<Place> all = AllCells();
    for (Key key = 0; key < kKeys; ++key) {
      const auto found = absl::c_find(all, PlaceOf(state, key));
      Check(found != all.end(), "a cell that the table does not have");
      *cells_ |= CellSet{1} << (found - all.begin());
    }
    return ArenaReadDirtyMap<NoDefects>::CheckInvariants();
  }

 private:
  CellSet* const cells_;
};

// What several clients bring the map to.
struct ConcurrentSurvey {
  uint64_t programs = 0;
  uint64_t executions = 0;
  CellSet cells = 0;
};

// In every execution of every claim's programs; nothing where builds cannot.
ConcurrentSurvey MakeConcurrentSurvey() {
  ConcurrentSurvey survey;
  if (!ExhaustiveIsOffered().ok()) return survey;
  SubjectInfo subject;
  subject.name = "read-dirty-placed";
  subject.operations = OperationsOf<PlacedMap>();
  subject.create = [&survey](const DefectInfo*) {
    return std::make_unique<MapAdapter<PlacedMap>>(&survey.cells);
  };
  ProgramRunner runner({&subject, nullptr});
  for (const Claim& claim : Claims()) {
    for (const std::string& text : claim.scenario) {
      ++survey.programs;
      survey.executions +=
          ExploreProgram(runner, NamedProgram(text)).executions;
    }
  }
  return survey;
}

std::string CellsText(const std::vector<Place>& cells) {
  return absl::StrJoin(cells, "; ", [](std::string* text, const Place& cell) {
    absl::StrAppend(text, PlaceText(cell));
  });
}

// The cells that nothing reaches, and who tried to.
std::string UnreachedText(const Survey& survey) {
  const std::vector<Place> all = AllCells();
  const ConcurrentSurvey concurrent = MakeConcurrentSurvey();
  std::vector<Place> unreached;
  std::vector<Place> by_several_alone;
  size_t by_several = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    const bool is_reached = survey.reached_by.contains(all[i]);
    const bool is_reached_by_several = (concurrent.cells >> i & 1) != 0;
    if (!is_reached) unreached.push_back(all[i]);
    if (is_reached && is_reached_by_several) ++by_several;
    if (!is_reached && is_reached_by_several)
      by_several_alone.push_back(all[i]);
  }
  std::string text = absl::StrCat(
      survey.complete
          ? "Cells in no state that one client can bring the map to: "
          : "Cells that were not reached by one client: ",
      CellsText(unreached), ".");
  if (concurrent.programs == 0) return text;
  absl::StrAppend(
      &text, " The ", Grouped(concurrent.executions),
      " executions of all claims' ", concurrent.programs,
      " programs, with several clients, end in ", by_several, " of the ",
      survey.reached_by.size(), " cells above, and ",
      by_several_alone.empty()
          ? "in none of these"
          : absl::StrCat("in these, too: ", CellsText(by_several_alone)),
      "; other programs of several clients are not covered.");
  return text;
}

std::string OutcomesText(const Place& cell,
                         const std::map<Place, Operations>& outcomes) {
  return absl::StrJoin(
      outcomes, " or ", [&](std::string* text, const auto& outcome) {
        absl::StrAppend(
            text, outcome.first == cell ? "same" : PlaceText(outcome.first));
      });
}

Table CellsTable(const Survey& survey) {
  Table table = {
      .title = absl::StrCat(
          "Where a key can be, how it gets there, and where each operation "
          "takes it, over ",
          survey.complete ? "all " : "", Grouped(survey.states.size()),
          " states that one client can bring a map of up to ", kKeys,
          " keys to; what compares expects the key's value"),
      .columns = {"key 0 is", "reached by"}};
  for (const Operation& operation : OperationsOn(kKey, 1)) {
    table.columns.emplace_back(ApiName(operation.kind));
  }
  for (const auto& [cell, prefix] : survey.reached_by) {
    std::vector<std::string> row = {
        PlaceText(cell), absl::StrCat("`", ProgramText(prefix), "`")};
    for (const Operation& operation : OperationsOn(kKey, 1)) {
      row.push_back(
          OutcomesText(cell, survey.outcomes.at(cell).at(operation.kind)));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

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
  const Survey& survey = TheSurvey();
  return {DeletionEvidence("read-dirty:c10-delete-stops-at-dirty",
                           ReadDirtyDefect::kDeleteStopsAtDirty, false),
          {CellsTable(survey), OutcomesTable(survey),
           Paragraph{UnreachedText(survey)}}};
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

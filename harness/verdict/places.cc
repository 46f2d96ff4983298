#include "harness/verdict/places.h"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "harness/base/check.h"
#include "harness/base/operation_kind.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/program_runner.h"
#include "harness/subject/any_map.h"
#include "harness/subject/concurrent_map.h"
#include "harness/subject/registry.h"
#include "harness/verdict/arena_map.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/named_inputs.h"
#include "maps/defects.h"
#include "maps/read_dirty_state.h"

namespace mortsafe {
namespace {

using State = ReadDirtyState<Key, Value>;

constexpr Key kKeys = 3;

// By number in AllPlaces().
using PlaceSet = std::bitset<32>;

// The read/dirty map, which notes when its operations are over where its keys
// are: the harness asks for its invariants then.
using PlacedBase = ArenaReadDirtyMap<SelectedDefect<ReadDirtyDefect>>;
class PlacedMap : public PlacedBase {
 public:
  PlacedMap(ReadDirtyDefect defect, PlaceSet* places)
      : PlacedBase(SelectedDefect(defect)), places_(places) {}

  std::optional<std::string> CheckInvariants() {
    const ReadDirtyState<Key, Value> state = State();
    const std::vector<Place> all = AllPlaces();
    for (Key key = 0; key < kKeys; ++key) {
      const auto found = absl::c_find(all, PlaceOf(state, key));
      Check(found != all.end(), "a key is in a place that there cannot be");
      places_->set(static_cast<size_t>(found - all.begin()));
    }
    return PlacedBase::CheckInvariants();
  }

 private:
  PlaceSet* const places_;
};

// Goes on after findings.
class Onwards final : public ExecutionVisitor {
 public:
  void Visit(const RunResult&) override {}
  void BeginAnew() override {}
};

}  // namespace

std::string PlaceText(const Place& place) {
  constexpr std::array<absl::string_view, 4> kEntries = {"absent", "live",
                                                         "nil", "expunged"};
  std::string text(kEntries[static_cast<size_t>(place.entry)]);
  if (place.in_read && place.in_dirty) {
    text += " in both";
  } else if (place.in_read || place.in_dirty) {
    text += place.in_read ? " in read" : " in dirty";
  }
  return text + (place.amended ? ", amended" : "");
}

Place PlaceOf(const State& state, Key key) {
  Place place = {.amended = state.amended};
  const auto found = state.rows.find(key);
  if (found == state.rows.end()) return place;
  const State::Row& row = found->second;
  place.in_read = row.in_read;
  place.in_dirty = row.in_dirty;
  if (row.entry.HasValue()) {
    place.entry = Place::Entry::kLive;
  } else {
    place.entry = row.entry.pointer == State::Pointer::kExpunged
                      ? Place::Entry::kExpunged
                      : Place::Entry::kNil;
  }
  return place;
}

std::vector<Place> AllPlaces() {
  std::vector<Place> places = {{.amended = false}, {.amended = true}};
  for (const auto entry :
       {Place::Entry::kLive, Place::Entry::kNil, Place::Entry::kExpunged}) {
    for (const auto& [in_read, in_dirty] :
         {std::pair(true, false), std::pair(false, true),
          std::pair(true, true)}) {
      for (const bool amended : {false, true}) {
        places.push_back({entry, in_read, in_dirty, amended});
      }
    }
  }
  return places;
}

ClientsSurvey SurveyClients(ReadDirtyDefect defect) {
  ClientsSurvey survey;
  const absl::Status offered = ExhaustiveIsOffered();
  if (!offered.ok()) {
    survey.not_run = std::string(offered.message());
    return survey;
  }
  PlaceSet places;
  SubjectInfo subject;
  subject.name = "read-dirty-placed";
  subject.operations = OperationsOf<PlacedMap>();
  subject.create = [&places, defect](const DefectInfo*) {
    return std::make_unique<MapAdapter<PlacedMap>>(defect, &places);
  };
  ProgramRunner runner({&subject, nullptr});
  Onwards onwards;
  std::set<std::string> texts;  // Claims share some.
  for (const Claim& claim : Claims()) {
    texts.insert(claim.scenario.begin(), claim.scenario.end());
  }
  for (const std::string& text : texts) {
    const ExploredProgram explored =
        ExploreProgram(runner, NamedProgram(text), {.visitor = &onwards});
    ++survey.programs;
    survey.executions += explored.executions;
    survey.complete = survey.complete && explored.complete;
  }
  const std::vector<Place> all = AllPlaces();
  for (size_t i = 0; i < all.size(); ++i) {
    if (places.test(i)) survey.places.insert(all[i]);
  }
  return survey;
}

}  // namespace mortsafe

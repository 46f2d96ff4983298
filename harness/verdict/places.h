// Where a key of a read/dirty map is: in which tables, and in what state its
// entry is there. And where several clients can leave a key.

#ifndef MORTSAFE_HARNESS_VERDICT_PLACES_H_
#define MORTSAFE_HARNESS_VERDICT_PLACES_H_

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "harness/base/operation_kind.h"
#include "maps/defects.h"
#include "maps/read_dirty_state.h"

namespace mortsafe {

struct Place {
  enum class Entry : uint8_t { kAbsent, kLive, kNil, kExpunged };
  Entry entry = Entry::kAbsent;
  bool in_read = false;
  bool in_dirty = false;
  bool amended = false;

  friend auto operator<=>(const Place&, const Place&) = default;
};

// "live in both, amended"
std::string PlaceText(const Place& place);

Place PlaceOf(const ReadDirtyState<Key, Value>& state, Key key);

// Every place that there could be.
std::vector<Place> AllPlaces();

// NOLINTBEGIN(readability-redundant-member-init): compilers let designated
// initializers skip what is initialized.
struct ClientsSurvey {
  std::string not_run = {};  // Why it could not be made here; empty if it was.
  bool complete = true;
  uint64_t programs = 0;
  uint64_t executions = 0;
  std::set<Place> places = {};
};
// NOLINTEND(readability-redundant-member-init)

// Where keys of the map with that defect, or none, are at the end of every
// execution of all claims' programs.
ClientsSurvey SurveyClients(ReadDirtyDefect defect);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_PLACES_H_

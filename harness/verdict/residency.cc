// C6: what a deleted key still costs, step by step, in the map as it should be
// and in those that leak.

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/base/operation_kind.h"
#include "harness/verdict/counted_map.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/exhibits.h"
#include "harness/verdict/specials.h"
#include "maps/defects.h"
#include "maps/read_dirty_state.h"

namespace mortsafe {
namespace {

using Map = ArenaReadDirtyMap<SelectedDefect<ReadDirtyDefect>>;
using State = ReadDirtyState<Key, Value>;

// The key whose life is told, and others.
constexpr Key kKey = 0;
constexpr Key kResident = 1;
constexpr Key kAbsent = 99;
constexpr Value kValue = 10;

struct Deletion {
  absl::string_view name;
  void (*perform)(Map& map);
};

constexpr std::array<Deletion, 4> kDeletions = {{
    {"Delete", [](Map& map) { map.Delete(kKey); }},
    {"LoadAndDelete", [](Map& map) { map.LoadAndDelete(kKey); }},
    {"CompareAndDelete", [](Map& map) { map.CompareAndDelete(kKey, kValue); }},
    {"Clear", [](Map& map) { map.Clear(); }},
}};

struct Kind {
  absl::string_view name;
  ReadDirtyDefect defect;
};

constexpr std::array<Kind, 3> kKinds = {{
    {"read-dirty", ReadDirtyDefect::kNone},
    {"read-dirty:c6-delete-keeps-key", ReadDirtyDefect::kDeleteKeepsKey},
    {"read-dirty:c6-delete-counts-no-miss",
     ReadDirtyDefect::kDeleteCountsNoMiss},
}};

// Misses until `dirty` is promoted, or, where it never is, many times.
void MissUntilPromotion(Map& map) {
  for (int i = 0; i < 100 && map.State().amended; ++i) map.Load(kAbsent);
}

void StoreNew(Map& map, Key key) { map.Store(key, 100 + key); }

absl::string_view PointerText(State::Pointer pointer) {
  switch (pointer) {
    case State::Pointer::kNil:
      return "nil";
    case State::Pointer::kExpunged:
      return "expunged";
    case State::Pointer::kValue:
      return "value";
    case State::Pointer::kMarked:
      break;
  }
  return "marked";
}

absl::string_view TablesText(const State::Row& row) {
  if (row.in_read && row.in_dirty) return "both";
  return row.in_read ? "read" : "dirty";
}

// "nil in read; 2 / 1"
std::string CellText(const State& state) {
  const auto found = state.rows.find(kKey);
  std::string text = "gone";
  if (found != state.rows.end()) {
    text = absl::StrCat(PointerText(found->second.entry.pointer), " in ",
                        TablesText(found->second));
  }
  return absl::StrCat(text, "; ", state.entry_count(), " / ",
                      state.value_count());
}

struct Life {
  std::vector<std::string> cells;
  bool entry_stays = false;  // Of a key that read had, until a promotion.
  bool value_goes = false;   // With the deletion itself.
};

Life LifeOf(const Kind& kind, const Deletion& deletion, bool in_read) {
  Map map((SelectedDefect(kind.defect)));
  StoreNew(map, kResident);
  if (in_read) map.Store(kKey, kValue);
  MissUntilPromotion(map);
  if (!in_read) map.Store(kKey, kValue);
  Life life;
  const auto look = [&] { life.cells.push_back(CellText(map.State())); };
  look();
  const size_t values = map.State().value_count();
  deletion.perform(map);
  look();
  life.value_goes = map.State().value_count() < values;
  for (int i = 0; i < 100; ++i) map.Load(kKey);
  look();
  life.entry_stays = map.State().rows.contains(kKey);
  StoreNew(map, 2);
  look();
  MissUntilPromotion(map);
  look();
  StoreNew(map, 3);
  MissUntilPromotion(map);
  look();
  return life;
}

}  // namespace

Special LivesOfDeletedKeys() {
  Table table = {
      .title =
          "The life of a deleted key: its entry, and the map's entries / "
          "values",
      .columns = {"map", "deleted by", "key was in", "before", "deleted",
                  "100 Loads of it later", "a new key stored", "dirty promoted",
                  "another new key, promoted"}};
  bool stays = false;
  bool value_goes = true;
  for (const Kind& kind : kKinds) {
    for (const Deletion& deletion : kDeletions) {
      for (const bool in_read : {true, false}) {
        const Life life = LifeOf(kind, deletion, in_read);
        std::vector<std::string> row = {std::string(kind.name),
                                        std::string(deletion.name),
                                        in_read ? "read" : "dirty alone"};
        row.insert(row.end(), life.cells.begin(), life.cells.end());
        table.rows.push_back(std::move(row));
        if (kind.defect != ReadDirtyDefect::kNone) continue;
        stays = stays || (in_read && life.entry_stays);
        value_goes = value_goes && life.value_goes;
      }
    }
  }
  Special special;
  special.evidence.push_back(
      {.leg = Leg::kMechanism,
       .map = "read-dirty",
       .bounds = "a deleted key of read keeps its entry while nothing is "
                 "promoted",
       .happens = stays,
       .note = value_goes ? "the value is unlinked by the deletion itself"
                          : "the value stays"});
  special.evidence.push_back(
      {.leg = Leg::kMeasured,
       .map = "read-dirty",
       .bounds = absl::StrCat("values left by a deletion: ",
                              value_goes ? "none" : "some")});
  special.exhibits.emplace_back(std::move(table));
  return special;
}

}  // namespace mortsafe

// C6: what a deleted key still costs, step by step and over many cycles, in the
// map as it should be and in those that leak.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "harness/base/check.h"
#include "harness/base/operation_kind.h"
#include "harness/report/text_layout.h"
#include "harness/verdict/arena_map.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/exhibits.h"
#include "harness/verdict/specials.h"
#include "maps/defects.h"
#include "maps/read_dirty_counters.h"
#include "maps/read_dirty_state.h"

namespace mortsafe {
namespace {

using Map =
    ArenaReadDirtyMap<SelectedDefect<ReadDirtyDefect>, ReadDirtyCounters>;
using State = ReadDirtyState<Key, Value>;

// The key whose life is told, and others.
constexpr Key kKey = 0;
constexpr Key kResident = 1;
constexpr Key kAbsent = 99;
constexpr Value kValue = 10;

// Of a key that has the value kValue.
struct Deletion {
  absl::string_view name;
  void (*perform)(Map& map, Key key);
  bool of_all = false;  // Of all keys.
};

constexpr std::array<Deletion, 4> kDeletions = {{
    {"Delete", [](Map& map, Key key) { map.Delete(key); }},
    {"LoadAndDelete", [](Map& map, Key key) { map.LoadAndDelete(key); }},
    {"CompareAndDelete",
     [](Map& map, Key key) { map.CompareAndDelete(key, kValue); }},
    {"Clear", [](Map& map, Key) { map.Clear(); }, true},
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
  bool entry_stays = false;  // Until a promotion.
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
  deletion.perform(map, kKey);
  look();
  life.value_goes = map.State().value_count() < values;
  for (int i = 0; i < 100; ++i) map.Load(kResident);
  life.entry_stays = map.State().rows.contains(kKey);
  MissUntilPromotion(map);
  look();
  StoreNew(map, 2);
  look();
  MissUntilPromotion(map);
  look();
  StoreNew(map, 3);
  MissUntilPromotion(map);
  look();
  return life;
}

// Rows, whose cells end the row, by what they have in common: the names of
// those that share it, in order of appearance.
class SharedRows {
 public:
  void Add(std::vector<std::string> shared, absl::string_view name) {
    for (auto& [cells, names] : rows_) {
      if (cells == shared) {
        absl::StrAppend(&names, ", ", name);
        return;
      }
    }
    rows_.emplace_back(std::move(shared), name);
  }
  const std::vector<std::pair<std::vector<std::string>, std::string>>& rows()
      const {
    return rows_;
  }

 private:
  std::vector<std::pair<std::vector<std::string>, std::string>> rows_;
};

Evidence Sighting(absl::string_view bounds, bool happens) {
  return {.leg = Leg::kMechanism,
          .map = "read-dirty",
          .bounds = std::string(bounds),
          .happens = happens};
}

Evidence LeakEvidence(absl::string_view map, absl::string_view bounds,
                      absl::string_view found, bool leaks) {
  return {.leg = Leg::kDefect,
          .map = std::string(map),
          .bounds = std::string(bounds),
          .found = leaks ? std::string(found) : ""};
}

// A table with a column for the maps and one for the deletions in front, rows
// that are the same for several of either written once.
class ByMapAndDeletion {
 public:
  void Add(const Kind& kind, const Deletion& deletion,
           std::vector<std::string> cells) {
    by_deletion_[&kind - kKinds.data()].Add(std::move(cells), deletion.name);
  }

  std::vector<std::vector<std::string>> Rows() const {
    SharedRows by_map;
    for (size_t i = 0; i < kKinds.size(); ++i) {
      for (const auto& [cells, deletions] : by_deletion_[i].rows()) {
        std::vector<std::string> row = {deletions};
        row.insert(row.end(), cells.begin(), cells.end());
        by_map.Add(std::move(row), kKinds[i].name);
      }
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& [cells, maps] : by_map.rows()) {
      std::vector<std::string> row = {maps == AllMaps() ? "all three" : maps};
      row.insert(row.end(), cells.begin(), cells.end());
      rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  static std::string AllMaps() {
    return absl::StrJoin(kKinds, ", ", [](std::string* text, const Kind& kind) {
      absl::StrAppend(text, kind.name);
    });
  }

  std::array<SharedRows, kKinds.size()> by_deletion_;
};

constexpr absl::string_view kDirtyAlone =
    "a key of dirty alone, deleted by Delete, keeps its entry while nothing is "
    "promoted";

// What the lives of all keys show of the claim.
class LivesSeen {
 public:
  void Add(const Kind& kind, const Deletion& deletion, bool in_read,
           const Life& life) {
    const bool of_dirty = !in_read && deletion.name == "Delete";
    if (kind.defect == ReadDirtyDefect::kDeleteKeepsKey) {
      leak_stays_ |= of_dirty && life.entry_stays;
    }
    if (kind.defect != ReadDirtyDefect::kNone) return;
    of_read_stays_ |= in_read && life.entry_stays;
    of_dirty_stays_ |= of_dirty && life.entry_stays;
    value_stays_ |= !life.value_goes;
  }

  std::vector<Evidence> evidence() const {
    return {Sighting("a deleted key of read keeps its entry while nothing is "
                     "promoted",
                     of_read_stays_),
            Sighting(kDirtyAlone, of_dirty_stays_),
            Sighting("a deleted key keeps its value", value_stays_),
            LeakEvidence("read-dirty:c6-delete-keeps-key", kDirtyAlone,
                         "an entry that stays", leak_stays_)};
  }

 private:
  bool of_read_stays_ = false;
  bool of_dirty_stays_ = false;
  bool value_stays_ = false;
  bool leak_stays_ = false;
};

// Cycles of a Store and a deletion of a new key each, beside one that stays.
constexpr std::array<int, 4> kCycles = {1, 10, 100, 1000};
constexpr Key kFirstNewKey = 10'000;
// Keys that `read` has and that are deleted before the first cycle.
constexpr std::array<int, 2> kDeletedBefore = {0, 100};

struct Growth {
  std::vector<std::string> cells;
  std::vector<size_t> entries;
};

Growth GrowthOf(const Kind& kind, const Deletion& deletion,
                int deleted_before) {
  Map map((SelectedDefect(kind.defect)));
  StoreNew(map, kResident);
  for (int i = 0; i < deleted_before; ++i) map.Store(1000 + i, kValue);
  while (map.State().amended) map.Load(kAbsent);
  for (int i = 0; i < deleted_before; ++i) map.Delete(1000 + i);
  const auto promotions = [&] {
    return map.counters().Of(ReadDirtyEvent::kPromotion);
  };
  const uint64_t promotions_before = promotions();
  Growth growth;
  int cycle = 0;
  for (const int cycles : kCycles) {
    for (; cycle < cycles; ++cycle) {
      map.Store(kFirstNewKey + cycle, kValue);
      deletion.perform(map, kFirstNewKey + cycle);
    }
    growth.entries.push_back(map.State().entry_count());
    growth.cells.push_back(
        absl::StrCat(Grouped(growth.entries.back()), " / ",
                     Grouped(promotions() - promotions_before)));
  }
  return growth;
}

// The entries held go up with the cycles.
bool Grows(const Growth& growth) {
  return growth.entries.back() >= static_cast<size_t>(kCycles.back());
}

// The deleted keys of before are still held at the end.
bool Keeps(const Growth& growth) {
  return growth.entries.back() > static_cast<size_t>(kDeletedBefore.back());
}

std::string CyclesText(absl::string_view what) {
  return absl::StrCat(what, ", ", kCycles.back(), " cycles");
}

// Whether a key that was deleted from `read` keeps its entry through many
// rounds of operations none of which promotes, or, if `promotes`, some of which
// do.
bool StaysThroughRounds(bool promotes) {
  Map map((SelectedDefect(ReadDirtyDefect::kNone)));
  StoreNew(map, kResident);
  map.Store(kKey, kValue);
  MissUntilPromotion(map);
  map.Delete(kKey);
  const uint64_t promotions = map.counters().Of(ReadDirtyEvent::kPromotion);
  for (Key round = 0; round < static_cast<Key>(kCycles.back()); ++round) {
    map.Load(kResident);
    map.Load(kKey);
    map.Load(kAbsent);
    map.Store(kResident, kValue + round);
    map.CompareAndSwap(kResident, kValue + round, kValue);
    map.Delete(kKey);
    map.Range([](Key, Value) { return true; });
    if (promotes) map.Store(kFirstNewKey + round, kValue);
  }
  Check(
      (map.counters().Of(ReadDirtyEvent::kPromotion) > promotions) == promotes,
      "a round promotes if it is to");
  return map.State().rows.contains(kKey);
}

std::vector<Evidence> RoundsEvidence() {
  constexpr absl::string_view kRounds =
      "an entry that was deleted from read stays through rounds of Load, "
      "Store, CompareAndSwap, Delete and Range that promote ";
  std::vector<Evidence> evidence;
  for (const bool promotes : {false, true}) {
    evidence.push_back(
        Sighting(absl::StrCat(kRounds, promotes ? "dirty" : "nothing", ", ",
                              kCycles.back(), " rounds"),
                 StaysThroughRounds(promotes)));
  }
  return evidence;
}

}  // namespace

Special LivesOfDeletedKeys() {
  Table table = {
      .title =
          "The life of a deleted key: its entry, and the map's entries / "
          "values. Loads that hit read, 100 of them after the deletion, change "
          "nothing; misses promote a dirty that there is",
      .columns = {"map", "deleted by", "key was in", "before", "deleted",
                  "misses later", "a new key stored", "dirty promoted",
                  "another new key, promoted"}};
  LivesSeen seen;
  ByMapAndDeletion rows;
  for (const Kind& kind : kKinds) {
    for (const bool in_read : {true, false}) {
      for (const Deletion& deletion : kDeletions) {
        const Life life = LifeOf(kind, deletion, in_read);
        std::vector<std::string> cells = {in_read ? "read" : "dirty alone"};
        cells.insert(cells.end(), life.cells.begin(), life.cells.end());
        rows.Add(kind, deletion, std::move(cells));
        seen.Add(kind, deletion, in_read, life);
      }
    }
  }
  table.rows = rows.Rows();
  return {seen.evidence(), {table}};
}

Special GrowthOfDeletedKeys() {
  Table table = {
      .title =
          "Entries held beside one live key / promotions, after so many "
          "cycles of Store and deletion of a new key each",
      .columns = {"map", "deleted by", "deleted from read before"}};
  for (const int cycles : kCycles) {
    table.columns.push_back(Grouped(static_cast<uint64_t>(cycles)));
  }
  ByMapAndDeletion rows;
  constexpr absl::string_view kHeld =
      "entries of deleted keys that are held grow with Store and ";
  constexpr absl::string_view kStay =
      "entries that were deleted from read stay through Store and Delete";
  Special special = {RoundsEvidence(), {}};
  for (const Kind& kind : kKinds) {
    const bool faithful = kind.defect == ReadDirtyDefect::kNone;
    for (const int before : kDeletedBefore) {
      for (const Deletion& deletion : kDeletions) {
        if (deletion.of_all) continue;
        const Growth growth = GrowthOf(kind, deletion, before);
        std::vector<std::string> cells = {absl::StrCat(before)};
        cells.insert(cells.end(), growth.cells.begin(), growth.cells.end());
        rows.Add(kind, deletion, std::move(cells));
        if (faithful && before == 0) {
          special.evidence.push_back(Sighting(
              CyclesText(absl::StrCat(kHeld, deletion.name)), Grows(growth)));
        }
        if (deletion.name != "Delete") continue;
        if (faithful && before != 0) {
          special.evidence.push_back(
              Sighting(CyclesText(kStay), Keeps(growth)));
        }
        if (kind.defect == ReadDirtyDefect::kDeleteKeepsKey && before == 0) {
          special.evidence.push_back(LeakEvidence(
              kind.name, CyclesText(absl::StrCat(kHeld, deletion.name)),
              "entries that grow without end", Grows(growth)));
        }
        if (kind.defect == ReadDirtyDefect::kDeleteCountsNoMiss &&
            before != 0) {
          special.evidence.push_back(LeakEvidence(kind.name, CyclesText(kStay),
                                                  "entries that stay for good",
                                                  Keeps(growth)));
        }
      }
    }
  }
  table.rows = rows.Rows();
  special.exhibits.emplace_back(std::move(table));
  return special;
}

}  // namespace mortsafe

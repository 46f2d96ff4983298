// C14d: after how many misses dirty is promoted, by its size.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/base/operation_kind.h"
#include "harness/verdict/arena_map.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/exhibits.h"
#include "harness/verdict/specials.h"
#include "maps/defects.h"

namespace mortsafe {
namespace {

constexpr Key kMostKeys = 64;

// Misses until a dirty of `size` keys, made of new keys, is promoted.
uint64_t MissesToPromotion(ReadDirtyDefect defect, Key size) {
  ArenaReadDirtyMap<SelectedDefect<ReadDirtyDefect>> map(
      (SelectedDefect(defect)));
  for (Key key = 0; key < size; ++key) map.Store(key, key + 1);
  uint64_t misses = 0;
  while (map.State().amended && misses < 2 * kMostKeys) {
    map.Load(kMostKeys);
    ++misses;
  }
  return misses;
}

// What the claim says of that size.
uint64_t Eighth(Key size) { return std::max<uint64_t>(1, size / 8); }

}  // namespace

Special PromotionPoints() {
  Table table = {.title = "Misses until dirty is promoted",
                 .columns = {"keys in dirty", "an eighth", "read-dirty",
                             "read-dirty:c14-promotes-at-eighth"}};
  Plot plot = {.name = "c14-promotions",
               .title = "Misses until dirty is promoted",
               .x_label = "keys in dirty",
               .y_label = "misses",
               .series = {{"read-dirty", {}}, {"an eighth, as claimed", {}}}};
  bool at_eighth = true;
  bool at_size = true;
  for (Key size = 1; size <= kMostKeys; ++size) {
    const uint64_t misses = MissesToPromotion(ReadDirtyDefect::kNone, size);
    at_eighth = at_eighth && misses == Eighth(size);
    at_size = at_size && misses == size;
    plot.series[0].points.emplace_back(size, misses);
    plot.series[1].points.emplace_back(size, Eighth(size));
    if ((size & (size - 1)) != 0) continue;
    table.rows.push_back({absl::StrCat(size), absl::StrCat(Eighth(size)),
                          absl::StrCat(misses),
                          absl::StrCat(MissesToPromotion(
                              ReadDirtyDefect::kPromotesAtEighth, size))});
  }
  Special special;
  special.evidence.push_back(
      {.leg = Leg::kMechanism,
       .map = "read-dirty",
       .bounds =
           absl::StrCat("promotion at an eighth of dirty's size, of 1 to ",
                        kMostKeys, " keys"),
       .complete = true,
       .happens = at_eighth,
       .note = at_size ? "it comes at the size itself, each time" : ""});
  special.exhibits.emplace_back(std::move(table));
  special.exhibits.emplace_back(std::move(plot));
  return special;
}

}  // namespace mortsafe

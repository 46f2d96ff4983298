#include "harness/subject/read_dirty_subjects.h"

#include <array>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/base/operation_kind.h"
#include "harness/base/violation_kind.h"
#include "harness/program/operation.h"
#include "harness/subject/concurrent_map.h"
#include "harness/subject/defect_rows.h"
#include "harness/subject/registry.h"
#include "harness/subject/relaxed_orders.h"
#include "maps/arena_reclaimer.h"
#include "maps/defects.h"
#include "maps/epoch_reclaimer.h"
#include "maps/hazard_reclaimer.h"
#include "maps/read_dirty_design.h"
#include "maps/read_dirty_map.h"

namespace mortsafe {
namespace {

using ReadDirtyRow = DefectRow<ReadDirtyDefect>;

// What takes too many operations for verifications of the smallest bounds.
std::vector<std::string> SeenByAllButVerify() {
  return {"hunt",      "hunt-c11",  "hunt-asan", "hunt-tsan",
          "fuzz-asan", "fuzz-tsan", "stress"};
}

// Defects that every reclaimer shows. Where memory is freed meanwhile, programs
// have so many more executions that verifications come to fewer programs.
std::vector<ReadDirtyRow> MapDefects(bool frees_meanwhile) {
  return {
      {ReadDirtyDefect::kLoadTakesValueBeforeMark,
       {.name = "c1-value-before-mark",
        .summary = "Delete only marks the pointer, and Load takes the value "
                   "before it looks at the mark again",
        .origin = "claim C1",
        .violation = ViolationKind::kStaleValueAfterDelete,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kMarkByPlainWrite,
       {.name = "mark-by-plain-write",
        .summary = "Delete empties the entry by a plain write, which is no "
                   "atomic operation",
        .origin = "claim C1",
        .violation = ViolationKind::kDataRace,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kDeleteOnlyFromDirty,
       {.name = "c2-delete-only-from-dirty",
        .summary = "Delete of a key in read removes it from dirty only",
        .origin = "claim C2",
        .violation = ViolationKind::kStaleValueAfterDelete,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kPromotionCopiesEntries,
       {.name = "c3-promotion-copies",
        .summary = "promotion copies the entries instead of sharing them",
        .origin = "claim C3",
        .violation = ViolationKind::kDoubleTake,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kCopySkipsExpunging,
       {.name = "c4-copy-skips-expunging",
        .summary = "the copy from read to dirty leaves deleted entries out "
                   "without expunging them",
        .origin = "claim C4",
        .violation = ViolationKind::kLostStore,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kCopyWithoutLock,
       {.name = "copy-without-lock",
        .summary = "a store of the first new key copies read before it takes "
                   "the lock, under which the copy becomes dirty",
        .origin = "claim C4",
        .violation = ViolationKind::kLostStore,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kRelaxedPublication,
       {.name = "c5-relaxed-publication",
        .summary = "a value is published with relaxed order",
        .origin = "claim C5",
        .violation = ViolationKind::kDataRace,
        .seen_by = SeenByWhoSeesRaces()}},
      {ReadDirtyDefect::kDeleteSkipsUnamendedRead,
       {.name = "c7-delete-skips-read",
        .summary = "Delete returns early, and leaves read as it is, when read "
                   "is not amended",
        .origin = "claim C7",
        .violation = ViolationKind::kStaleValueAfterDelete,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kDeleteStopsAtDirty,
       {.name = "c10-delete-stops-at-dirty",
        .summary = "Delete looks into dirty first, and is content to remove "
                   "the key there",
        .origin = "claim C10",
        .violation = ViolationKind::kStaleValueAfterDelete,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kDeleteKeepsKey,
       {.name = "c6-delete-keeps-key",
        .summary =
            "Delete of a key that only dirty has leaves its entry there, "
            "without a value",
        .origin = "claim C6; golang/go 40999 (Go 1.15)",
        .violation = ViolationKind::kBrokenInvariant,
        .seen_by = SeenByControlled()}},
      {ReadDirtyDefect::kDeleteCountsNoMiss,
       {.name = "c6-delete-counts-no-miss",
        .summary = "Delete of a key that read does not have is not counted as "
                   "a miss, and brings no promotion nearer",
        .origin = "claim C6; Go before 1.15",
        .violation = ViolationKind::kBrokenInvariant,
        .seen_by = SeenByControlled()}},
      {ReadDirtyDefect::kStorePublishesBeforeReviving,
       {.name = "c9-publishes-before-reviving",
        .summary = "a store puts its value into an expunged entry, and only "
                   "then takes the lock to give the entry back to dirty",
        .origin = "claim C9",
        .violation = ViolationKind::kLostStore,
        .seen_by = frees_meanwhile ? SeenByAllButVerify() : SeenByAll()}},
      {ReadDirtyDefect::kPromotesAtEighth,
       {.name = "c14-promotes-at-eighth",
        .summary = "dirty is promoted after an eighth of the misses that a "
                   "copy costs",
        .origin = "claim C14",
        .violation = ViolationKind::kBrokenInvariant,
        .seen_by = SeenByControlled()}},
      {ReadDirtyDefect::kNeverPromotes,
       {.name = "never-promotes",
        .summary = "misses are counted, but dirty is not promoted for them",
        .origin = "a step of the design, left out",
        .violation = ViolationKind::kBrokenInvariant,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kLoadSkipsRecheck,
       {.name = "load-skips-recheck",
        .summary = "Load that missed takes the lock and looks in dirty "
                   "alone, not in read again",
        .origin = "a step of the design, left out",
        .violation = ViolationKind::kFalseAbsence,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kReviveSkipsDirty,
       {.name = "revive-skips-dirty",
        .summary = "an expunged entry gets a value again, but dirty does "
                   "not get the entry",
        .origin = "a step of the design, left out",
        .violation = ViolationKind::kLostStore,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kStoreIntoExpunged,
       {.name = "store-into-expunged",
        .summary = "a store without the lock takes an expunged entry for a "
                   "deleted one",
        .origin = "a step of the design, left out",
        .violation = ViolationKind::kLostStore,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kExpungeUnconditionally,
       {.name = "expunge-unconditionally",
        .summary = "the copy from read to dirty expunges whatever an entry has "
                   "by then, which it saw without a value",
        .origin = "compare-exchange replaced by a store",
        .violation = ViolationKind::kLostStore,
        .seen_by = frees_meanwhile ? SeenByAllButVerify() : SeenByAll()}},
      {ReadDirtyDefect::kDeleteSpins,
       {.name = "delete-spins",
        .summary = "a Delete that was overtaken tries for ever to remove the "
                   "value that it saw first",
        .origin = "haxmap f4885e7: of two deleters one never ends",
        .violation = ViolationKind::kLivelock,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kDeleteUnconditionally,
       {.name = "delete-unconditionally",
        .summary = "Delete removes whatever the entry has by then, not the "
                   "value it saw",
        .origin = "compare-exchange replaced by a store",
        .violation = ViolationKind::kDoubleTake,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kReplaceUnconditionally,
       {.name = "replace-unconditionally",
        .summary = "the compare operations replace whatever the entry has "
                   "by then, not the value they compared",
        .origin = "compare-exchange replaced by a store",
        .violation = ViolationKind::kDoubleTake,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kClearKeepsDirty,
       {.name = "clear-keeps-dirty",
        .summary = "Clear empties read alone while read is amended: the "
                   "keys come back from dirty",
        .origin = "a Clear that resets only read",
        .violation = ViolationKind::kStaleValueAfterDelete,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kRangeSkipsDirty,
       {.name = "range-skips-dirty",
        .summary = "Range does not promote dirty first, and misses the keys "
                   "that only dirty has",
        .origin = "a step of the design, left out",
        .violation = ViolationKind::kTornOrDuplicatedRange,
        .seen_by = SeenByAll()}},
  };
}

// Defects that every reclaimer shows which frees memory while the map runs.
// `too_early` is what comes of an object that is retired too early.
std::vector<ReadDirtyRow> ReclaimerDefects(ViolationKind too_early) {
  return {
      {ReadDirtyDefect::kRetireBeforeUnlink,
       {.name = "retire-before-unlink",
        .summary = "Delete retires the value before it takes it out of the "
                   "entry",
        .origin = "a step of the design, done too soon",
        .violation = too_early,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kRetireTwice,
       {.name = "retire-twice",
        .summary = "Delete retires the value twice",
        .origin = "a step of the design, done twice",
        .violation = ViolationKind::kCrash,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kRetireForgotten,
       {.name = "retire-forgotten",
        .summary = "a store does not retire the value that it replaces",
        .origin = "a step of the design, left out",
        .violation = ViolationKind::kLeak,
        .seen_by = SeenByControlled()}},
      {ReadDirtyDefect::kFreeWithoutGracePeriod,
       {.name = "c8-free",
        .summary = "what is retired is freed at once",
        .origin = "claim C8",
        .violation = ViolationKind::kUseAfterFree,
        .seen_by = SeenByAll()}},
  };
}

std::vector<ReadDirtyRow> EpochDefects() {
  return {
      {ReadDirtyDefect::kWaitsWhilePinned,
       {.name = "waits-while-pinned",
        .summary = "who retires waits for all others that are pinned, while "
                   "pinned: two deleters wait for each other",
        .origin = "a grace period awaited within a reader's section",
        .violation = ViolationKind::kLivelock,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kReuseWithoutGracePeriod,
       {.name = "c8-reuse",
        .summary = "the memory of a retired value is used again at once",
        .origin = "claim C8",
        .violation = ViolationKind::kValueFromNowhere,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kGracePeriodTooShort,
       {.name = "grace-period-too-short",
        .summary = "what is retired is freed one epoch too soon",
        .origin = "a step of the design, left out",
        .violation = ViolationKind::kUseAfterFree,
        .seen_by = SeenByAll()}},
  };
}

std::vector<ReadDirtyRow> HazardDefects() {
  return {
      {ReadDirtyDefect::kHazardAfterRecheck,
       {.name = "hazard-after-recheck",
        .summary = "a hazard is published only after the look whether the "
                   "object can still be reached",
        .origin = "a step of the design, done too late",
        .violation = ViolationKind::kUseAfterFree,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kEntryWithoutHazard,
       {.name = "entry-without-hazard",
        .summary = "an entry that was found under the lock is used after it "
                   "without a hazard",
        .origin = "folly c7400627c, fef591290",
        .violation = ViolationKind::kUseAfterFree,
        .seen_by = SeenByAllButVerify()}},
  };
}

// Atomic operations on whose order nothing depends that clients on one clock,
// as all of ours are, can see (docs/orders.md).
bool NeedsNoOrder(absl::string_view operation) {
  constexpr std::array<absl::string_view, 13> kNeedNone = {
      "try-swap",
      "delete-entry-1",
      "unexpunge",
      "try-expunge-1",
      "try-expunge-2",
      "push-1",
      "push-2",
      "take",
      "try-advance-4",
      "retire-1",
      "retire-2",
      "retire-3",
      "free-what-nobody-uses-1"};
  return absl::c_linear_search(kNeedNone, operation);
}

// Who sees those relaxed that decide when memory is freed.
std::vector<std::string> WhoSeesRelaxedGuard(const AtomicOperation& operation) {
  constexpr std::array<absl::string_view, 5> kSeenAnywhere = {
      "guard", "try-advance-2", "free-what-nobody-uses-2",
      "free-what-nobody-uses-3", "keep-2"};
  constexpr std::array<absl::string_view, 6> kSeenInSmallBounds = {
      "pin",          "pin-2",         "retire",
      "cover-slot-2", "try-advance-1", "try-advance-3"};
  constexpr std::array<absl::string_view, 2> kSeenInLargeBounds = {
      "pin-1", "cover-slot-1"};
  // Of hazards, the sweep of the smallest programs shows two.
  const bool sweep_shows_guard =
      absl::StartsWith(operation.place, "maps/hazard_reclaimer.h");
  if (operation.name == "free-what-nobody-uses-2" ||
      (operation.name == "guard" && sweep_shows_guard)) {
    return SeenByWhoSeesRaces();
  }
  if (absl::c_linear_search(kSeenAnywhere, operation.name)) {
    return {"hunt-c11", "hunt-tsan", "fuzz-tsan", "verify", "verify-c11"};
  }
  if (operation.name == "keep-1") {
    return {"hunt-c11", "hunt-tsan", "fuzz-tsan", "verify-c11"};
  }
  if (absl::c_linear_search(kSeenInSmallBounds, operation.name)) {
    return {"hunt-c11", "verify-c11"};
  }
  if (absl::c_linear_search(kSeenInLargeBounds, operation.name)) {
    return {"hunt-c11"};
  }
  return {};
}

DefectInfo RelaxedOrder(const AtomicOperation& operation) {
  DefectInfo info = {
      .name = absl::StrCat("relaxed-", operation.name),
      .summary = absl::StrCat("the atomic operation at ", operation.place,
                              " has relaxed order"),
      .origin = "a memory order, weakened",
      .violation = ViolationKind::kDataRace,
      .seen_by = SeenByWhoSeesRaces(),
  };
  if (NeedsNoOrder(operation.name)) {
    info.seen_by.clear();
    info.equivalent = true;
  } else if (auto seen_by = WhoSeesRelaxedGuard(operation); !seen_by.empty()) {
    info.violation = ViolationKind::kUseAfterFree;
    info.seen_by = std::move(seen_by);
  }
  return info;
}

std::string StateByDesign(const std::vector<Operation>& operations) {
  ReadDirtyDesign<Key, Value> design;
  for (const auto& [kind, key, value, old_value, stop_after] : operations) {
    switch (kind) {
      case OperationKind::kLoad:
        design.Load(key);
        break;
      case OperationKind::kStore:
        design.Store(key, value);
        break;
      case OperationKind::kLoadOrStore:
        design.LoadOrStore(key, value);
        break;
      case OperationKind::kLoadAndDelete:
        design.LoadAndDelete(key);
        break;
      case OperationKind::kDelete:
        design.Delete(key);
        break;
      case OperationKind::kSwap:
        design.Swap(key, value);
        break;
      case OperationKind::kCompareAndSwap:
        design.CompareAndSwap(key, old_value, value);
        break;
      case OperationKind::kCompareAndDelete:
        design.CompareAndDelete(key, old_value);
        break;
      case OperationKind::kRange:
        design.Range();
        break;
      case OperationKind::kClear:
        design.Clear();
        break;
    }
  }
  return design.state().ToJson();
}

std::vector<ReadDirtyRow> operator+(std::vector<ReadDirtyRow> rows,
                                    std::vector<ReadDirtyRow> more) {
  absl::c_move(more, std::back_inserter(rows));
  return rows;
}

// Not those of the map, whatever its reclaimer.
bool IsOfReclaimer(const AtomicOperation& operation) {
  return !absl::StartsWith(operation.place, "maps/read_dirty_map.h:");
}

template <template <class> class Reclaimer, class Defects = NoDefects>
using MapWith = ReadDirtyMap<Key, Value, std::hash<Key>, std::equal_to<Key>,
                             Reclaimer, Defects>;

// Each atomic operation relaxed, one at a time, of those that `is_listed`.
template <template <class> class Reclaimer, class IsListed>
std::vector<ReadDirtyRow> RelaxedOrders(IsListed is_listed) {
  std::vector<ReadDirtyRow> rows;
  for (const AtomicOperation& operation :
       AtomicOperationsOf<MapWith<Reclaimer, NotesOrders>>()) {
    if (!is_listed(operation)) continue;
    rows.push_back(
        {.info = RelaxedOrder(operation), .relaxed = operation.where});
  }
  return rows;
}

template <template <class> class Reclaimer>
SubjectInfo ReadDirty(std::string name, std::string summary,
                      std::string reclamation, std::vector<ReadDirtyRow> rows) {
  using Broken = MapWith<Reclaimer, SelectedDefect<ReadDirtyDefect>>;
  auto subject = SubjectOf<MapWith<Reclaimer>, Broken>(std::move(rows));
  subject.name = std::move(name);
  subject.summary = std::move(summary);
  subject.reclamation = std::move(reclamation);
  subject.state_by_design = StateByDesign;
  // Its tables list keys in the order in which they came.
  subject.keys_are_alike = true;
  return subject;
}

}  // namespace

std::vector<SubjectInfo> ReadDirtySubjects() {
  const auto any = [](const AtomicOperation&) { return true; };
  std::vector<SubjectInfo> subjects;
  subjects.push_back(ReadDirty<ArenaReclaimer>(
      "read-dirty",
      "the design of Go's sync.Map up to 1.23; memory is freed with the map, "
      "as under a collector",
      "memory is freed with the map (ArenaReclaimer)",
      MapDefects(false) + RelaxedOrders<ArenaReclaimer>(any)));
  subjects.push_back(ReadDirty<EpochReclaimer>(
      "read-dirty-epoch",
      "the same map, which frees memory while it runs, by epochs",
      "memory is freed by epochs (EpochReclaimer)",
      MapDefects(true) + ReclaimerDefects(ViolationKind::kDataRace) +
          EpochDefects() + RelaxedOrders<EpochReclaimer>(any)));
  subjects.push_back(ReadDirty<HazardReclaimer>(
      "read-dirty-hazard",
      "the same map, which frees memory while it runs, by hazard pointers",
      "memory is freed by hazard pointers (HazardReclaimer)",
      ReclaimerDefects(ViolationKind::kUseAfterFree) + HazardDefects() +
          RelaxedOrders<HazardReclaimer>(IsOfReclaimer)));
  return subjects;
}

}  // namespace mortsafe

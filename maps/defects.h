// Defects: ways in which a map can be broken on purpose, to examine the
// harness.
//
// A map takes a policy of one of these kinds as a template parameter and asks
// it, at the places where it could go wrong, whether it should, and at each
// atomic operation which order that has. The shipped map uses NoDefects, which
// answers at compile time and leaves no trace in the code.

#ifndef MORTSAFE_MAPS_DEFECTS_H_
#define MORTSAFE_MAPS_DEFECTS_H_

#include <atomic>
#include <cstdint>
#include <source_location>
#include <string_view>
#include <vector>

namespace mortsafe {

// Defects of the read/dirty map and of its reclaimers. What each does and what
// it must lead to: harness/subject/read_dirty_subjects.cc.
enum class ReadDirtyDefect : uint8_t {
  kNone,
  kLoadTakesValueBeforeMark,
  kMarkByPlainWrite,
  kDeleteOnlyFromDirty,
  kPromotionCopiesEntries,
  kCopySkipsExpunging,
  kCopyWithoutLock,
  kRelaxedPublication,
  kDeleteSkipsUnamendedRead,
  kFreeWithoutGracePeriod,
  kReuseWithoutGracePeriod,
  kDeleteStopsAtDirty,
  kLoadSkipsRecheck,
  kReviveSkipsDirty,
  kStoreIntoExpunged,
  kDeleteUnconditionally,
  kReplaceUnconditionally,
  kClearKeepsDirty,
  kRangeSkipsDirty,
  kGracePeriodTooShort,
  kDeleteKeepsKey,
  kDeleteCountsNoMiss,
  kStorePublishesBeforeReviving,
  kPromotesAtEighth,
  kNeverPromotes,
  kRetireBeforeUnlink,
  kRetireTwice,
  kRetireForgotten,
  kWaitsWhilePinned,
  kExpungeUnconditionally,
  kDeleteSpins,
  kHazardAfterRecheck,
  kEntryWithoutHazard,
};

// Defects of the hash trie. What each does and what it must lead to:
// harness/subject/hash_trie_subjects.cc.
enum class HashTrieDefect : uint8_t {
  kNone,
  kCompareAndDeleteClaimsNothing,
  kMissingRecheck,
  kCollapseWithoutMark,
  kChainGrowsAtItsEnd,
};

// Defects of the map with one lock, and of that with a lock per shard. What
// each does and what it must lead to: harness/subject/locked_subjects.cc.
enum class LockedDefect : uint8_t {
  kNone,
  kLoadWithoutLock,
  kLoadOrStoreLooksOnce,
  kLoadAndDeleteUnlocksBetween,
  kNoLock,
  kRangeHoldsLock,
  kThrowKeepsLock,
};
enum class ShardedDefect : uint8_t {
  kNone,
  kClearShardByShard,
  kLocksInTwoOrders,
};

// Whether two places in the code are the same.
inline bool IsSamePlace(const std::source_location& a,
                        const std::source_location& b) {
  return a.line() == b.line() && a.column() == b.column() &&
         std::string_view(a.file_name()) == b.file_name();
}

// The map as it should be.
struct NoDefects {
  template <class Defect>
  static constexpr bool Has(Defect) {
    return false;
  }
  // Of the atomic operation that is called at `where`.
  static constexpr std::memory_order Order(
      std::source_location = std::source_location::current()) {
    return std::memory_order_seq_cst;
  }
};

// The same, which notes each atomic operation that is called: tells which a map
// has, so that each can be weakened.
class NotesOrders {
 public:
  // Each place is noted once, in `places`, which must outlive the map.
  explicit NotesOrders(std::vector<std::source_location>* places)
      : places_(places) {}
  template <class Defect>
  static constexpr bool Has(Defect) {
    return false;
  }
  std::memory_order Order(
      std::source_location where = std::source_location::current()) const {
    for (const std::source_location& place : *places_) {
      if (IsSamePlace(place, where)) return std::memory_order_seq_cst;
    }
    places_->push_back(where);
    return std::memory_order_seq_cst;
  }

 private:
  std::vector<std::source_location>* places_;
};

// One defect, chosen when the map is constructed.
template <class Defect>
class SelectedDefect {
 public:
  explicit SelectedDefect(Defect defect = Defect::kNone) : defect_(defect) {}
  // The atomic operation that is called at `relaxed` has relaxed order.
  // `relaxed` must outlive the map.
  explicit SelectedDefect(const std::source_location* relaxed)
      : relaxed_(relaxed) {}

  bool Has(Defect defect) const { return defect_ == defect; }
  // Of another part, as of the reclaimer of a map with this defect.
  template <class Other>
  static constexpr bool Has(Other) {
    return false;
  }
  std::memory_order Order(
      std::source_location where = std::source_location::current()) const {
    return relaxed_ != nullptr && IsSamePlace(*relaxed_, where)
               ? std::memory_order_relaxed
               : std::memory_order_seq_cst;
  }

 private:
  Defect defect_ = Defect::kNone;
  const std::source_location* relaxed_ = nullptr;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_DEFECTS_H_

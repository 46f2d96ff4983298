// Defects: ways in which a map can be broken on purpose, to examine the
// harness.
//
// A map takes a policy of one of these two kinds as a template parameter and
// asks it, at the places where it could go wrong, whether it should. The
// shipped map uses NoDefects, which answers at compile time and leaves no trace
// in the code.

#ifndef MORTSAFE_MAPS_DEFECTS_H_
#define MORTSAFE_MAPS_DEFECTS_H_

#include <cstdint>

namespace mortsafe {

// Defects of the read/dirty map and of its reclaimers. What each does and what
// it must lead to: harness/subject/read_dirty_subjects.cc.
enum class ReadDirtyDefect : uint8_t {
  kNone,
  kLoadTakesValueBeforeMark,
  kDeleteOnlyFromDirty,
  kPromotionCopiesEntries,
  kCopySkipsExpunging,
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
};
enum class ShardedDefect : uint8_t {
  kNone,
  kClearShardByShard,
  kLocksInTwoOrders,
};

// The map as it should be.
struct NoDefects {
  template <class Defect>
  static constexpr bool Has(Defect) {
    return false;
  }
};

// One defect, chosen when the map is constructed.
template <class Defect>
class SelectedDefect {
 public:
  explicit SelectedDefect(Defect defect = Defect::kNone) : defect_(defect) {}
  bool Has(Defect defect) const { return defect_ == defect; }
  // Of another part, as of the reclaimer of a map with this defect.
  template <class Other>
  static constexpr bool Has(Other) {
    return false;
  }

 private:
  Defect defect_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_DEFECTS_H_

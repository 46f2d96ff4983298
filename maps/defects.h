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
// it must lead to: harness/subject/builtin_subjects.cc.
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
};

// Defects of the hash trie.
enum class HashTrieDefect : uint8_t {
  kNone,
  kCompareAndDeleteClaimsNothing,
  kMissingRecheck,
  kCollapseWithoutMark,
  kChainGrowsAtItsEnd,
};

// The map as it should be.
struct NoDefects {
  static constexpr bool Has(ReadDirtyDefect) { return false; }
  static constexpr bool Has(HashTrieDefect) { return false; }
};

// One defect, chosen when the map is constructed.
class SelectedDefect {
 public:
  explicit SelectedDefect(ReadDirtyDefect defect = ReadDirtyDefect::kNone)
      : defect_(defect) {}
  bool Has(ReadDirtyDefect defect) const { return defect_ == defect; }

 private:
  ReadDirtyDefect defect_;
};

// The same for the hash trie; its reclaimers stay as they should be.
class SelectedHashTrieDefect {
 public:
  explicit SelectedHashTrieDefect(HashTrieDefect defect = HashTrieDefect::kNone)
      : defect_(defect) {}
  bool Has(HashTrieDefect defect) const { return defect_ == defect; }
  static constexpr bool Has(ReadDirtyDefect) { return false; }

 private:
  HashTrieDefect defect_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_DEFECTS_H_

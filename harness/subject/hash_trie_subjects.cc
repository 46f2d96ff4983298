#include "harness/subject/hash_trie_subjects.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/violation_kind.h"
#include "harness/subject/concurrent_map.h"
#include "harness/subject/defect_rows.h"
#include "harness/subject/registry.h"
#include "maps/arena_reclaimer.h"
#include "maps/defects.h"
#include "maps/epoch_reclaimer.h"
#include "maps/hash_trie_map.h"
#include "maps/test_hashes.h"

namespace mortsafe {
namespace {

using HashTrieRow = DefectRow<HashTrieDefect>;

HashTrieRow CompareAndDeleteClaimsNothing() {
  return {HashTrieDefect::kCompareAndDeleteClaimsNothing,
          {.name = "compare-and-delete-claims-nothing",
           .summary = "CompareAndDelete compares the value and removes the "
                      "entry, but does not claim the value, which others "
                      "replace without the lock",
           .origin = "golang/go 70970 (Go 1.24rc1)",
           .violation = ViolationKind::kDoubleTake,
           .seen_by = SeenByAll()}};
}

HashTrieRow MissingRecheck() {
  return {HashTrieDefect::kMissingRecheck,
          {.name = "missing-recheck",
           .summary = "who found an empty slot and then locked its branch "
                      "looks neither at the slot nor at the dead flag again",
           .origin = "the mechanism of bytedance/gopkg 264",
           .violation = ViolationKind::kLostStore,
           .seen_by = SeenByAll()}};
}

// Shown where keys meet and part.
HashTrieRow CollapseWithoutMark() {
  return {HashTrieDefect::kCollapseWithoutMark,
          {.name = "collapse-without-mark",
           .summary = "a branch that is removed from the tree is not marked "
                      "dead",
           .origin = "a step of the design, left out",
           .violation = ViolationKind::kLostStore,
           .seen_by = SeenByAll()}};
}

// Shown where keys share a chain.
HashTrieRow ChainGrowsAtItsEnd() {
  return {HashTrieDefect::kChainGrowsAtItsEnd,
          {.name = "chain-grows-at-its-end",
           .summary = "a new entry comes last in its chain: a Range that is in "
                      "there meets a key again that is deleted and stored anew",
           .origin = "a step of the design, done otherwise",
           .violation = ViolationKind::kTornOrDuplicatedRange,
           .seen_by = SeenByAll()}};
}

template <class Hash, template <class> class Reclaimer>
SubjectInfo HashTrie(std::string name, std::string summary,
                     std::string reclamation, std::vector<HashTrieRow> rows) {
  using Equal = std::equal_to<Key>;
  using Faithful = HashTrieMap<Key, Value, Hash, Equal, Reclaimer>;
  using Broken = HashTrieMap<Key, Value, Hash, Equal, Reclaimer,
                             SelectedDefect<HashTrieDefect>>;
  SubjectInfo subject = SubjectOf<Faithful, Broken>(std::move(rows));
  subject.name = std::move(name);
  subject.summary = std::move(summary);
  subject.reclamation = std::move(reclamation);
  return subject;
}

}  // namespace

std::vector<SubjectInfo> HashTrieSubjects() {
  std::vector<SubjectInfo> subjects;
  subjects.push_back(HashTrie<SecondNibbleHash<Key>, ArenaReclaimer>(
      "hash-trie",
      "the design of Go's sync.Map since 1.24; small keys meet at the root, "
      "and part one level below",
      "memory is freed with the map (ArenaReclaimer)",
      {CompareAndDeleteClaimsNothing(), MissingRecheck(),
       CollapseWithoutMark()}));
  subjects.push_back(HashTrie<CollidingHash<Key>, ArenaReclaimer>(
      "hash-trie-collide", "the same map, with all keys in one overflow chain",
      "memory is freed with the map (ArenaReclaimer)",
      {CompareAndDeleteClaimsNothing(), MissingRecheck(),
       ChainGrowsAtItsEnd()}));
  // A chain has keys in the order in which they came.
  subjects.back().keys_are_alike = true;
  subjects.push_back(HashTrie<ThirdNibbleHash<Key>, EpochReclaimer>(
      "hash-trie-epoch",
      "the same map, which frees memory while it runs, by epochs; small keys "
      "meet twice, and part two levels below the root",
      "memory is freed by epochs (EpochReclaimer)", {}));
  return subjects;
}

}  // namespace mortsafe

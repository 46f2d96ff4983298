#include "harness/subject/builtin_subjects.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/check.h"
#include "harness/base/operation_kind.h"
#include "harness/base/violation_kind.h"
#include "harness/subject/any_map.h"
#include "harness/subject/registry.h"
#include "maps/arena_reclaimer.h"
#include "maps/defects.h"
#include "maps/epoch_reclaimer.h"
#include "maps/hash_trie_map.h"
#include "maps/read_dirty_map.h"
#include "maps/test_hashes.h"

namespace mortsafe {
namespace {

template <class Defect>
struct DefectRow {
  Defect defect;
  DefectInfo info;
};
using ReadDirtyRow = DefectRow<ReadDirtyDefect>;
using HashTrieRow = DefectRow<HashTrieDefect>;

const std::vector<std::string>& SeenByAll() {
  static const auto* const drivers = new std::vector<std::string>{
      "hunt",      "hunt-c11", "hunt-asan",  "hunt-tsan", "fuzz-asan",
      "fuzz-tsan", "verify",   "verify-c11", "stress"};
  return *drivers;
}

// Who follows the order of all accesses: AddressSanitizer does not.
const std::vector<std::string>& SeenByWhoSeesRaces() {
  static const auto* const drivers = new std::vector<std::string>{
      "hunt", "hunt-c11", "hunt-tsan", "fuzz-tsan", "verify", "verify-c11"};
  return *drivers;
}

// Defects that every reclaimer shows.
std::vector<ReadDirtyRow> MapDefects() {
  return {
      {ReadDirtyDefect::kLoadTakesValueBeforeMark,
       {.name = "c1-value-before-mark",
        .summary = "Delete only marks the pointer, and Load takes the value "
                   "before it looks at the mark again",
        .origin = "claim C1",
        .violation = ViolationKind::kStaleValueAfterDelete,
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
        .violation = ViolationKind::kStaleValueAfterDelete,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kCopySkipsExpunging,
       {.name = "c4-copy-skips-expunging",
        .summary = "the copy from read to dirty leaves deleted entries out "
                   "without expunging them",
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
  };
}

std::vector<ReadDirtyRow> ReclaimerDefects() {
  return {
      {ReadDirtyDefect::kFreeWithoutGracePeriod,
       {.name = "c8-free",
        .summary = "what is retired is freed at once",
        .origin = "claim C8",
        .violation = ViolationKind::kUseAfterFree,
        .seen_by = SeenByAll()}},
      {ReadDirtyDefect::kReuseWithoutGracePeriod,
       {.name = "c8-reuse",
        .summary = "the memory of a retired value is used again at once",
        .origin = "claim C8",
        .violation = ViolationKind::kValueFromNowhere,
        .seen_by = SeenByAll()}},
  };
}

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

// `Selected` is the policy of a `Broken` map.
template <class Faithful, class Broken, class Selected, class Defect>
SubjectInfo Subject(std::string name, std::string summary,
                    std::string reclamation,
                    std::vector<DefectRow<Defect>> rows) {
  SubjectInfo subject;
  subject.name = std::move(name);
  subject.summary = std::move(summary);
  subject.reclamation = std::move(reclamation);
  subject.operations = OperationsOf<Faithful>();
  subject.self_contained = true;
  subject.covered = {
      {OperationKind::kStore, OperationKind::kSwap},
      {OperationKind::kDelete, OperationKind::kLoadAndDelete},
  };
  for (const auto& row : rows) subject.defects.push_back(row.info);
  subject.create = [rows = std::move(rows)](
                       const DefectInfo* defect) -> std::unique_ptr<AnyMap> {
    if (defect == nullptr) return std::make_unique<MapAdapter<Faithful>>();
    for (const auto& row : rows) {
      if (row.info.name == defect->name) {
        return std::make_unique<MapAdapter<Broken>>(Selected(row.defect));
      }
    }
    FailCheck("a defect of another map", std::source_location::current());
  };
  return subject;
}

template <template <class> class Reclaimer>
SubjectInfo ReadDirty(std::string name, std::string summary,
                      std::string reclamation, std::vector<ReadDirtyRow> rows) {
  using Hash = std::hash<Key>;
  using Equal = std::equal_to<Key>;
  using Faithful = ReadDirtyMap<Key, Value, Hash, Equal, Reclaimer>;
  using Broken =
      ReadDirtyMap<Key, Value, Hash, Equal, Reclaimer, SelectedDefect>;
  return Subject<Faithful, Broken, SelectedDefect>(
      std::move(name), std::move(summary), std::move(reclamation),
      std::move(rows));
}

template <class Hash, template <class> class Reclaimer>
SubjectInfo HashTrie(std::string name, std::string summary,
                     std::string reclamation, std::vector<HashTrieRow> rows) {
  using Equal = std::equal_to<Key>;
  using Faithful = HashTrieMap<Key, Value, Hash, Equal, Reclaimer>;
  using Broken =
      HashTrieMap<Key, Value, Hash, Equal, Reclaimer, SelectedHashTrieDefect>;
  return Subject<Faithful, Broken, SelectedHashTrieDefect>(
      std::move(name), std::move(summary), std::move(reclamation),
      std::move(rows));
}

}  // namespace

std::vector<SubjectInfo> BuiltinSubjects() {
  std::vector<ReadDirtyRow> with_reclaimer = MapDefects();
  for (ReadDirtyRow& row : ReclaimerDefects()) {
    with_reclaimer.push_back(std::move(row));
  }
  std::vector<SubjectInfo> subjects;
  subjects.push_back(ReadDirty<ArenaReclaimer>(
      "read-dirty",
      "the design of Go's sync.Map up to 1.23; memory is freed with the map, "
      "as under a collector",
      "memory is freed with the map (ArenaReclaimer)", MapDefects()));
  subjects.push_back(ReadDirty<EpochReclaimer>(
      "read-dirty-epoch",
      "the same map, which frees memory while it runs, by epochs",
      "memory is freed by epochs (EpochReclaimer)", std::move(with_reclaimer)));
  subjects.push_back(HashTrie<SecondNibbleHash<Key>, ArenaReclaimer>(
      "hash-trie",
      "the design of Go's sync.Map since 1.24; small keys meet at the root, "
      "and "
      "part one level below",
      "memory is freed with the map (ArenaReclaimer)",
      {CompareAndDeleteClaimsNothing(), MissingRecheck(),
       CollapseWithoutMark()}));
  subjects.push_back(HashTrie<CollidingHash<Key>, ArenaReclaimer>(
      "hash-trie-collide", "the same map, with all keys in one overflow chain",
      "memory is freed with the map (ArenaReclaimer)",
      {CompareAndDeleteClaimsNothing(), MissingRecheck(),
       ChainGrowsAtItsEnd()}));
  subjects.push_back(HashTrie<ThirdNibbleHash<Key>, EpochReclaimer>(
      "hash-trie-epoch",
      "the same map, which frees memory while it runs, by epochs; small keys "
      "meet twice, and part two levels below the root",
      "memory is freed by epochs (EpochReclaimer)", {}));
  return subjects;
}

}  // namespace mortsafe

#include "harness/subject/locked_subjects.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "harness/base/operation_kind.h"
#include "harness/base/violation_kind.h"
#include "harness/subject/concurrent_map.h"
#include "harness/subject/defect_rows.h"
#include "harness/subject/registry.h"
#include "maps/defects.h"
#include "maps/locked_map.h"
#include "maps/sharded_map.h"

namespace mortsafe {
namespace {

using Hash = std::hash<Key>;
using Equal = std::equal_to<Key>;
// As few as can be: more make no other states, but many more interleavings.
constexpr size_t kShards = 8;

std::vector<DefectRow<LockedDefect>> LockedDefects() {
  return {
      {LockedDefect::kLoadWithoutLock,
       {.name = "load-without-lock",
        .summary = "Load reads the table without the lock",
        .origin = "a missing lock",
        .violation = ViolationKind::kDataRace,
        // Real threads crash on it.
        .seen_by = {"hunt", "hunt-c11", "hunt-tsan", "fuzz-tsan", "verify",
                    "verify-c11", "stress"}}},
      {LockedDefect::kLoadOrStoreLooksOnce,
       {.name = "load-or-store-looks-once",
        .summary = "LoadOrStore looks under the shared lock, and stores under "
                   "the exclusive one without looking again",
        .origin = "check, then act; as bytedance/gopkg 264 wrote without "
                  "checking again",
        .violation = ViolationKind::kLostStore,
        .seen_by = SeenByAll()}},
      {LockedDefect::kLoadAndDeleteUnlocksBetween,
       {.name = "delete-unlocks-between",
        .summary = "LoadAndDelete unlocks between reading the value and "
                   "removing the key",
        .origin = "check, then act",
        .violation = ViolationKind::kDoubleTake,
        .seen_by = SeenByAll()}},
      {LockedDefect::kNoLock,
       {.name = "c14-no-lock",
        .summary = "no operation takes the lock: a plain hash table, shared",
        .origin = "claim C14",
        .violation = ViolationKind::kDataRace,
        // Real threads crash on it.
        .seen_by = {"hunt", "hunt-c11", "hunt-tsan", "fuzz-tsan", "verify",
                    "verify-c11", "stress"}}},
      {LockedDefect::kRangeHoldsLock,
       {.name = "range-holds-lock",
        .summary = "Range calls back with the lock held: a callback that "
                   "stores waits for itself",
        .origin = "tinygo 5528",
        .violation = ViolationKind::kDeadlock,
        .seen_by = {"conformance"}}},
      {LockedDefect::kThrowKeepsLock,
       {.name = "throw-keeps-lock",
        .summary = "CompareAndSwap leaves the lock locked when the comparison "
                   "of values throws",
        .origin = "a lock leaked on an exceptional path, as a panic under the "
                  "lock would in Go",
        .violation = ViolationKind::kDeadlock,
        .seen_by = {"conformance"}}},
  };
}

std::vector<DefectRow<ShardedDefect>> ShardedDefects() {
  return {
      {ShardedDefect::kClearShardByShard,
       {.name = "clear-shard-by-shard",
        .summary = "Clear locks and clears one shard after the other",
        .origin = "a lock held too shortly",
        .violation = ViolationKind::kNonAtomicClear,
        .seen_by = SeenByAll()}},
      {ShardedDefect::kLocksInTwoOrders,
       {.name = "locks-in-two-orders",
        .summary = "Range takes all locks from the last to the first, Clear "
                   "from the first to the last",
        .origin = "a lock-order inversion",
        .violation = ViolationKind::kDeadlock,
        .seen_by = SeenByAll()}},
  };
}

}  // namespace

SubjectInfo LockedSubject() {
  SubjectInfo subject =
      SubjectOf<LockedMap<Key, Value>, LockedMap<Key, Value, Hash, Equal,
                                                 SelectedDefect<LockedDefect>>>(
          LockedDefects());
  subject.name = "locked";
  subject.summary = "a hash table and one read-write lock";
  subject.reclamation = "memory is freed under the lock";
  // In which order a Range goes, under the lock, nobody sees.
  subject.keys_are_alike = true;
  return subject;
}

SubjectInfo ShardedSubject() {
  SubjectInfo subject =
      SubjectOf<ShardedMap<Key, Value, Hash, Equal, kShards>,
                ShardedMap<Key, Value, Hash, Equal, kShards,
                           SelectedDefect<ShardedDefect>>>(ShardedDefects());
  subject.name = "sharded";
  subject.summary = "8 hash tables, each with a read-write lock of its own";
  subject.reclamation = "memory is freed under a shard's lock";
  return subject;
}

}  // namespace mortsafe

#include "harness/verdict/claims.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "harness/base/check.h"

namespace mortsafe {
namespace {

// A key in `read`, four in `dirty`, and `misses` Loads that found neither: the
// fourth miss promotes. Then a Delete of the key beside the Load that misses
// next.
std::string DeleteAfterMisses(int misses) {
  std::string initial =
      "initial: Store(0, 1); Load(0); Store(1, 2); Store(2, 3); Store(3, 4)";
  for (int i = 0; i < misses; ++i) absl::StrAppend(&initial, "; Load(5)");
  return absl::StrCat(
      initial,
      " | thread 1: Delete(0); Load(0) | thread 2: Load(5); Load(0); Load(0)");
}

// Of a key that both tables have, and of one that `dirty` alone has.
std::vector<std::string> DeletesOfOldAndNewKeys() {
  return {
      "initial: Store(0, 1); Load(0); Store(1, 2) | thread 1: Delete(0); "
      "Delete(1) | thread 2: Load(1); Load(0)",
      "initial: Store(0, 1); Store(1, 2); Delete(0) | thread 1: Load(0); "
      "Delete(1) | thread 2: Store(0, 3)"};
}

// Loads hit entries that are nil or expunged, and stores take them up again.
std::vector<std::string> UsesOfDeletedEntries() {
  return {
      "initial: Store(0, 1); Load(0); Delete(0) | thread 1: Load(0) | "
      "thread 2: Store(0, 2)",
      "initial: Store(0, 1); Load(0) | thread 1: Delete(0); Load(0) | "
      "thread 2: Store(0, 2); Load(0)",
      "initial: Store(0, 1); Load(0); Delete(0); Store(1, 2) | thread 1: "
      "Store(0, 3); Load(0) | thread 2: Delete(0); Load(0)",
      "initial: Store(0, 1); Load(0); Delete(0); Store(1, 2) | thread 1: "
      "Store(0, 3); Load(0) | thread 2: Load(1); Load(0)",
      "initial: Store(0, 1); Load(0) | thread 1: Delete(0); Load(1) | "
      "thread 2: Swap(0, 2) | thread 3: Store(1, 3); LoadOrStore(0, 4)"};
}

std::vector<Claim> StaleReads() {
  return {
      {.id = "C1",
       .sentence = "Delete of a key that the read table holds only marks its "
                   "entry, and a Load that meets the marked entry returns the "
                   "old value",
       .scenario = {"initial: Store(0, 1); Load(0) | thread 1: Delete(0); "
                    "Load(0) | thread 2: Load(0); Load(0); Load(0)",
                    "initial: Store(0, 1); Load(0) | thread 1: Delete(0); "
                    "Store(0, 2) | thread 2: Load(0); Load(0)",
                    "initial: Store(0, 1); Load(0); Delete(0) | thread 1: "
                    "Load(0) | thread 2: Store(0, 2)"},
       .defects = {"read-dirty:c1-value-before-mark",
                   "read-dirty:mark-by-plain-write"}},
      {.id = "C2",
       .sentence = "until the dirty table takes over, the effect of a Delete "
                   "reaches readers late",
       .scenario = {DeleteAfterMisses(0), DeleteAfterMisses(1),
                    DeleteAfterMisses(2), DeleteAfterMisses(3)},
       .defects = {"read-dirty:c2-delete-only-from-dirty"}},
      {.id = "C3",
       .sentence = "the exchange of tables at a promotion lets a Load that "
                   "began on the old one return a deleted value",
       .scenario = {"initial: Store(0, 1); Load(0); Store(1, 2) | thread 1: "
                    "Load(0); Load(0) | thread 2: Delete(0); Load(2); Load(2)",
                    "initial: Store(0, 1); Load(0); Store(1, 2) | thread 1: "
                    "Load(2); Load(2); Load(0) | thread 2: Delete(0)",
                    "initial: Store(0, 1); Load(0); Store(1, 2) | thread 1: "
                    "Load(0) | thread 2: Delete(0) | thread 3: Load(2); "
                    "Load(2)"},
       .defects = {"read-dirty:c3-promotion-copies"}},
      {.id = "C4",
       .sentence = "the copy from read to dirty, made by the first new key, "
                   "is not atomic: a Store or Delete of an old key meanwhile "
                   "is lost",
       .scenario = {"initial: Store(0, 1); Load(0); Delete(0) | thread 1: "
                    "Store(1, 2); Load(1) | thread 2: Store(0, 3); Load(0)",
                    "initial: Store(0, 1); Load(0) | thread 1: Store(1, 2); "
                    "Load(2); Load(2); Load(0) | thread 2: Delete(0); "
                    "Store(0, 3)",
                    "initial: Store(0, 1); Load(0); Delete(0); Store(1, 2) | "
                    "thread 1: Store(0, 3); Load(0) | thread 2: Load(1); "
                    "Load(0)"},
       .defects = {"read-dirty:c4-copy-skips-expunging",
                   "read-dirty:copy-without-lock",
                   "read-dirty:expunge-unconditionally"}},
      {.id = "C5",
       .sentence = "loading the entry's pointer atomically does not make what "
                   "it points to visible: a reader can see a value that was "
                   "not published, or half of one",
       .scenario = {"initial: Store(0, 1); Load(0) | thread 1: Store(0, 2); "
                    "Store(0, 3) | thread 2: Load(0); Load(0)",
                    "initial: | thread 1: Store(0, 1); Store(1, 2) | thread "
                    "2: Load(1); Load(0)"},
       .defects = {"read-dirty:c5-relaxed-publication"}},
  };
}

std::vector<Claim> Lifecycle() {
  return {
      {.id = "C6a",
       .sentence = "deleted keys stay in memory until dirty is promoted",
       .nature = ClaimNature::kMechanism,
       .scenario = DeletesOfOldAndNewKeys(),
       .defects = {"read-dirty:c6-delete-keeps-key"}},
      {.id = "C6b",
       .sentence = "without a promotion, deleted keys stay in memory for good",
       .nature = ClaimNature::kMechanism,
       .scenario = DeletesOfOldAndNewKeys(),
       .defects = {"read-dirty:c6-delete-counts-no-miss"}},
      {.id = "C7",
       .sentence = "while read is not amended, Delete returns early and leaves "
                   "the key in the read table untouched",
       .scenario = {"initial: Store(0, 1); Load(0) | thread 1: Delete(0); "
                    "Load(0) | thread 2: Load(0); Load(0)",
                    "initial: Store(0, 1); Load(0); Store(1, 2) | thread 1: "
                    "Delete(0); Load(0) | thread 2: Load(0); Load(0)"},
       .defects = {"read-dirty:c7-delete-skips-read"}},
      {.id = "C8",
       .sentence = "memory that a Delete frees is used again while a reader "
                   "still holds a pointer to it, which then shows another "
                   "object's value",
       .maps = {"read-dirty-epoch", "read-dirty-hazard"},
       .scenario = {"initial: Store(0, 1); Load(0) | thread 1: Load(0) | "
                    "thread 2: Delete(0); Store(0, 2)",
                    "initial: Store(0, 1); Load(0) | thread 1: Load(0) | "
                    "thread 2: Swap(0, 2); Store(1, 3)"},
       .defects = {"read-dirty-epoch:c8-free", "read-dirty-epoch:c8-reuse",
                   "read-dirty-hazard:c8-free"}},
      {.id = "C9a",
       .sentence = "under many Deletes, Loads and Stores of one key, Loads hit "
                   "deleted entries (readHitStale)",
       .nature = ClaimNature::kMechanism,
       .scenario = UsesOfDeletedEntries(),
       .defects = {"read-dirty:c1-value-before-mark"}},
      {.id = "C9b",
       .sentence = "under many Deletes, Loads and Stores of one key, Stores "
                   "take deleted entries up again (staleReused)",
       .nature = ClaimNature::kMechanism,
       .scenario = UsesOfDeletedEntries(),
       .defects = {"read-dirty:c9-publishes-before-reviving"}},
      {.id = "C9c",
       .sentence =
           "such a Load of a deleted entry, or Store into one, is how a "
           "stale value comes to be returned",
       .scenario = UsesOfDeletedEntries(),
       .defects = {"read-dirty:c1-value-before-mark",
                   "read-dirty:c9-publishes-before-reviving"}},
      {.id = "C10",
       .sentence = "a Delete before dirty has grown leaves the entry alive in "
                   "the read table",
       .scenario = {"initial: Store(0, 1); Load(0) | thread 1: Delete(0); "
                    "Load(0) | thread 2: Store(1, 2); Load(0)",
                    "initial: Store(0, 1); Load(0); Store(1, 2) | thread 1: "
                    "Delete(0); Load(0) | thread 2: Load(2); Load(0)"},
       .defects = {"read-dirty:c10-delete-stops-at-dirty"}},
      {.id = "C11",
       .sentence = "delays of the scheduler stretch a window in which a "
                   "deleted key can still be seen",
       .scenario = {"initial: Store(0, 1); Load(0); Store(1, 2) | thread 1: "
                    "Delete(0) | thread 2: Load(0); Load(0) | thread 3: "
                    "Load(2); Load(2)"},
       .defects = {"read-dirty:c2-delete-only-from-dirty",
                   "read-dirty:c7-delete-skips-read",
                   "read-dirty:c10-delete-stops-at-dirty"}},
  };
}

std::vector<Claim> SideStatements() {
  return {
      {.id = "C12",
       .sentence = "a map with a read-write lock, or a sharded one, is the "
                   "better choice, by writes, memory, reclamation and start-up",
       .nature = ClaimNature::kNotCorrectness,
       .maps = {"locked", "sharded"}},
      // Whoever runs the debugger says so (scripts/verdict).
      {.id = "C13",
       .sentence = "a debugger can take a snapshot of the inner state (read, "
                   "dirty, misses, amended) and export it as JSON",
       .nature = ClaimNature::kAbility},
      {.id = "C14a",
       .sentence = "writes are consistent only eventually",
       .scenario = {"initial: | thread 1: Store(0, 1); Load(0) | thread 2: "
                    "Load(0); Load(0)",
                    "initial: Store(0, 1); Load(0) | thread 1: Store(0, 2); "
                    "Load(0) | thread 2: Load(0); Load(0) | thread 3: "
                    "Load(0)",
                    "initial: Store(0, 1); Load(0); Delete(0); Store(1, 2) | "
                    "thread 1: Store(0, 3) | thread 2: Load(1); Load(0)"},
       .defects = {"read-dirty:revive-skips-dirty"}},
      {.id = "C14b",
       .sentence = "Load and Range never take a lock",
       .nature = ClaimNature::kMechanism,
       .scenario = {"initial: Store(0, 1) | thread 1: Load(0) | thread 2: "
                    "Range()"},
       .defects = {"read-dirty:load-skips-recheck",
                   "read-dirty:range-skips-dirty"}},
      // Go's own map decides it: what this harness sees of threads without a
      // lock is up to how it is told to look (scripts/verdict).
      {.id = "C14c",
       .sentence = "the use of a plain map by several threads without a lock "
                   "is always caught",
       .nature = ClaimNature::kAlways,
       .maps = {"locked"},
       .defects = {"locked:c14-no-lock"}},
      {.id = "C14d",
       .sentence = "dirty is promoted once misses reach an eighth of its size",
       .nature = ClaimNature::kMechanism,
       .scenario = {"initial: Store(0, 1); Store(1, 2); Load(2) | thread 1: "
                    "Load(2) | thread 2: Load(0); Delete(1)"},
       .defects = {"read-dirty:c14-promotes-at-eighth"}},
      {.id = "C14e",
       .sentence = "Load says that a deleted key is there until the next "
                   "promotion",
       .scenario = {"initial: Store(0, 1); Load(0); Store(1, 2); Store(2, 3); "
                    "Delete(0) | thread 1: Load(0); Load(3); Load(0) | thread "
                    "2: Load(3); Load(0)"},
       .defects = {"read-dirty:c2-delete-only-from-dirty"}},
      {.id = "C14f",
       .sentence = "issue 59231 of Go is a confirmed report of this",
       .nature = ClaimNature::kNotCorrectness,
       .maps = {}},
  };
}

}  // namespace

const std::vector<Claim>& Claims() {
  static const auto* const claims = [] {
    auto* const all = new std::vector<Claim>(StaleReads());
    for (auto& part : {Lifecycle(), SideStatements()}) {
      all->insert(all->end(), part.begin(), part.end());
    }
    return all;
  }();
  return *claims;
}

const Claim& FindClaim(absl::string_view id) {
  const auto found = absl::c_find_if(
      Claims(), [&](const Claim& claim) { return claim.id == id; });
  Check(found != Claims().end(), "a claim that nobody made");
  return *found;
}

std::vector<std::string> IdsOfClaim(absl::string_view name) {
  std::vector<std::string> ids;
  for (const Claim& claim : Claims()) {
    absl::string_view part = claim.id;
    if (!absl::ConsumePrefix(&part, name)) continue;
    const bool is_part = part.size() == 1 && absl::ascii_islower(part[0]);
    if (part.empty() || is_part) ids.push_back(claim.id);
  }
  return ids;
}

}  // namespace mortsafe

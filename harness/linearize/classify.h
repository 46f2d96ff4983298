// Names a violation.
//
// Every history that is not linearizable gets exactly one kind, by what the
// culprit saw. "v" is the value in question, "gone" means removed or replaced.
// The first rule that fits decides.
//
//  1. A Range that showed a key twice: torn-or-duplicated-range.
//  2. Every key is linearizable on its own when each Clear is taken as
//     independent Deletes of the keys: non-atomic-clear.
//  3. The culprit saw v:
//     a. nothing called before it returned can store v: value-from-nowhere;
//     b. it took v away, and so did others, more often together than v was
//        stored: double-take;
//     c. v was removed (Delete, LoadAndDelete, CompareAndDelete, Clear):
//        resurrected-key if an operation called after v's Store had returned
//        found the key absent and returned before the culprit was called; else
//        stale-value-after-delete;
//     d. v was replaced: stale-value-after-overwrite;
//     e. v can only have been stored later: value-from-nowhere.
//  4. The culprit found nothing, or not v, where v must have been:
//     a. it is a Range: torn-or-duplicated-range;
//     b. some other operation, even a later one, saw v: false-absence;
//     c. no other did: lost-store.
//  5. Its answer contradicts itself: value-from-nowhere.
//
// Of several contradictions the one that is complete first (by return time) is
// named; a Range that shows a value nobody stored under that key comes last.

#ifndef MORTSAFE_HARNESS_LINEARIZE_CLASSIFY_H_
#define MORTSAFE_HARNESS_LINEARIZE_CLASSIFY_H_

#include <cstddef>
#include <optional>

#include "absl/types/span.h"
#include "harness/base/violation_kind.h"
#include "harness/linearize/step.h"

namespace mortsafe {

// A violation, and the part that each operation has in it.
struct Diagnosis {
  ViolationKind kind = ViolationKind::kValueFromNowhere;
  Step culprit;
  // The value in question, unless it is absence or a self-contradiction.
  CellState value = kAbsent;
  // Stored it.
  std::optional<Step> store;
  // Removed or replaced it; the other taker; the Clear.
  std::optional<Step> removal;
  // Saw that it was there, or was gone.
  std::optional<Step> observer;
  // How many operations may have stored it.
  size_t stores = 0;
  // None of them may have stored it after the removal.
  bool never_stored_again = false;
};

// Rules 3 to 5. `whole` has the steps of one key, `context` those up to the
// contradiction, `core` those that suffice for it, the culprit included; all by
// call time.
Diagnosis DiagnoseKey(absl::Span<const Step> whole,
                      absl::Span<const Step> context,
                      absl::Span<const Step> core, const Step& culprit,
                      bool culprit_is_range);

// Rule 2. `core` has a Clear.
Diagnosis DiagnoseClear(absl::Span<const Step> core, const Step& culprit);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_CLASSIFY_H_

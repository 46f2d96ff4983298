#include "harness/verdict/specials.h"

#include <iterator>
#include <utility>

#include "absl/algorithm/container.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/exhibits.h"
#include "harness/verdict/side_by_side.h"
#include "harness/verdict/trial.h"
#include "maps/defects.h"

namespace mortsafe {
namespace {

// Delete of a key that `read` has, while it is not amended, and while it is.
constexpr Comparison kEarlyReturn = {
    .article = "read-dirty:c7-delete-skips-read",
    .defect = ReadDirtyDefect::kDeleteSkipsUnamendedRead,
    .program =
        "initial: Store(0, 1); Load(0); Delete(0); Load(0); "
        "LoadAndDelete(0); Store(0, 2); Store(1, 3); Delete(0); Load(0)",
    .set_up = 2};

// Four keys in `dirty`, and misses until it is promoted.
constexpr Comparison kEighth = {
    .article = "read-dirty:c14-promotes-at-eighth",
    .defect = ReadDirtyDefect::kPromotesAtEighth,
    .program =
        "initial: Store(0, 1); Store(1, 2); Store(2, 3); Store(3, 4); "
        "Load(7); Load(7); Load(7); Load(7)",
    .set_up = 4};

// A deleted key, and misses until `dirty` is promoted without it.
constexpr Comparison kUntilPromotion = {
    .article = "read-dirty:c2-delete-only-from-dirty",
    .defect = ReadDirtyDefect::kDeleteOnlyFromDirty,
    .program =
        "initial: Store(0, 1); Load(0); Store(1, 2); Store(2, 3); "
        "Delete(0); Load(0); Load(7); Load(0); Load(7); Load(0); "
        "Load(7); Load(0)",
    .set_up = 4};

void Append(Special&& more, Special& special) {
  absl::c_move(more.evidence, std::back_inserter(special.evidence));
  absl::c_move(more.exhibits, std::back_inserter(special.exhibits));
}

}  // namespace

Special RunSpecial(const Claim& claim, const TrialOptions& options) {
  if (options.legs.stop != nullptr && *options.legs.stop) return {};
  const bool measures = options.seconds > 0;
  if (claim.id == "C6a") return LivesOfDeletedKeys();
  if (claim.id == "C6b") return GrowthOfDeletedKeys();
  if (claim.id == "C7") {
    Special special = DeletesWhileNotAmended();
    Append(SideBySide(kEarlyReturn), special);
    return special;
  }
  if (claim.id == "C9a") return HitsOfDeletedEntries(claim);
  if (claim.id == "C9b") return ReuseOfEntries(claim);
  if (claim.id == "C9c") {
    return AnswersOfDeletedEntries(claim, options.seconds_of_part(),
                                   options.legs);
  }
  if (claim.id == "C10") return StateTable();
  if (claim.id == "C11") {
    Special special = WindowInSteps();
    Append(WindowInTime(measures), special);
    return special;
  }
  if (claim.id == "C12" && measures) {
    return Costs(options.seconds_of_costs(), options.legs.stop);
  }
  if (claim.id == "C13") return Snapshots();
  if (claim.id == "C14b") return LockedSteps();
  if (claim.id == "C14d") {
    Special special = PromotionPoints();
    Append(SideBySide(kEighth), special);
    return special;
  }
  if (claim.id == "C14e") return SideBySide(kUntilPromotion);
  return {};
}

}  // namespace mortsafe

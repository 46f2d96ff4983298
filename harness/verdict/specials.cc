#include "harness/verdict/specials.h"

#include <iterator>
#include <utility>

#include "absl/algorithm/container.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/exhibits.h"
#include "harness/verdict/trial.h"

namespace mortsafe {
namespace {

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
  if (claim.id == "C7") return DeletesWhileNotAmended();
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
  if (claim.id == "C14d") return PromotionPoints();
  return {};
}

}  // namespace mortsafe

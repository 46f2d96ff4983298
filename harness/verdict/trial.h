// The trial: runs what there is to run for each claim, and rules.
//
//   Trial trial = HoldTrial({.seconds = 60, .legs = {.stress = …}});
//   for (const Chapter& chapter : trial.chapters) … chapter.verdict …

#ifndef MORTSAFE_HARNESS_VERDICT_TRIAL_H_
#define MORTSAFE_HARNESS_VERDICT_TRIAL_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/legs.h"
#include "harness/verdict/ruling.h"

namespace mortsafe {

// NOLINTBEGIN(readability-redundant-member-init): compilers let designated
// initializers skip what is initialized.

struct TrialOptions {
  static constexpr int kPartsOfCosts = 3;

  // For all that is drawn, or runs or is measured on real threads, together; 0:
  // none of it. What decides verdicts takes as long as it takes, and so does
  // the table of C11; that of C12 takes several samples at least.
  double seconds = 60;
  // What each part of that gets: three maps drawn under two memory models and
  // on threads, Go's map, and C9c's counts under load; and the table of C12,
  // which gets that of several parts.
  double seconds_of_part() const {
    return seconds / (3 * (2 + 1) + 1 + 1 + kPartsOfCosts);
  }
  double seconds_of_costs() const { return kPartsOfCosts * seconds_of_part(); }
  // The ids of the claims to try, and so the maps that they speak of; empty:
  // all.
  std::vector<std::string> claims = {};
  // Wider bounds too, which take hours.
  bool full = false;
  LegOptions legs = {};
  // What other builds and programs found, by claim; "" for all claims.
  std::vector<std::pair<std::string, Evidence>> more = {};
  // Called with what comes next.
  std::function<void(absl::string_view)> on_leg = {};
};

// What there is to say of one claim.
struct Chapter {
  const Claim* claim = nullptr;
  std::vector<Evidence> evidence = {};  // Its own.
  ClaimVerdict verdict = {};
  std::vector<Block> exhibits = {};  // Tables and plots.
};

// NOLINTEND(readability-redundant-member-init)

struct Trial {
  // Of maps, whatever the claim.
  std::vector<Evidence> maps;
  std::vector<Chapter> chapters;
  bool is_of_some_claims = false;
};

Trial HoldTrial(const TrialOptions& options);

// What bears on a claim: that of its maps, then its own.
std::vector<Evidence> EvidenceFor(const Claim& claim,
                                  const std::vector<Evidence>& of_maps,
                                  const std::vector<Evidence>& own);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_TRIAL_H_

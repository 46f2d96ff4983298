#include "harness/verdict/ruling.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/base/check.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/evidence.h"

namespace mortsafe {
namespace {

bool IsOfFaithfulMap(const Evidence& evidence) {
  return evidence.leg != Leg::kDefect && evidence.leg != Leg::kMeasured;
}

// Whether a wrong answer would show that it holds.
bool ClaimsWrongAnswers(const Claim& claim) {
  return claim.nature == ClaimNature::kWrongAnswer ||
         claim.nature == ClaimNature::kMechanism;
}

// The first that ran and is as `is_so` says, or null.
template <class Predicate>
const Evidence* FindRun(const std::vector<Evidence>& evidence,
                        Predicate is_so) {
  const auto found = absl::c_find_if(evidence, [&](const Evidence& each) {
    return each.ran() && is_so(each);
  });
  return found == evidence.end() ? nullptr : &*found;
}

// How often something happens, and how often not, of all that looked for it.
struct Sightings {
  int yes = 0;
  int no = 0;
};

Sightings SightingsIn(const std::vector<Evidence>& evidence) {
  Sightings sightings;
  for (const Evidence& each : evidence) {
    if (!each.ran() || each.leg != Leg::kMechanism) continue;
    if (!each.happens.has_value()) continue;
    ++(*each.happens ? sightings.yes : sightings.no);
  }
  return sightings;
}

// Whether everything within some bounds was tried on maps as they should be; if
// not, whether only because it did not run.
struct Completeness {
  bool complete = false;
  bool missing = true;
};

Completeness CompletenessOf(const std::vector<Evidence>& evidence, Leg leg) {
  Completeness all = {.complete = false, .missing = true};
  bool some = false;
  bool ran = true;
  for (const Evidence& each : evidence) {
    if (each.leg != leg || (each.left_out && !each.ran())) continue;
    some = true;
    ran = ran && each.ran();
    if (each.ran() && !each.complete) all.missing = false;
  }
  all.complete = some && ran && all.missing;
  return all;
}

ClaimVerdict RuleMechanism(const Sightings& sightings) {
  if (sightings.yes > 0) {
    return {Ruling::kHarmless,
            "it happens, and no execution within the bounds gives a client a "
            "wrong answer"};
  }
  if (sightings.no > 0) return {Ruling::kRefuted, "it does not happen"};
  return {Ruling::kNotSettled, "nobody looked whether it happens", true};
}

// Done once is not enough, where it failed another time.
ClaimVerdict RuleAbility(const Sightings& sightings) {
  if (sightings.no > 0) return {Ruling::kRefuted, "it was tried, and failed"};
  if (sightings.yes > 0) return {Ruling::kConfirmed, "it was done"};
  return {Ruling::kNotSettled, "it was not tried", true};
}

ClaimVerdict RuleAlways(const Sightings& sightings) {
  if (sightings.no > 0) {
    return {Ruling::kRefuted, "there were times when it did not happen"};
  }
  if (sightings.yes > 0) {
    return {Ruling::kConfirmed, "it happened each time that was tried"};
  }
  return {Ruling::kNotSettled, "nobody looked whether it happens", true};
}

}  // namespace

absl::string_view RulingName(Ruling ruling) {
  switch (ruling) {
    case Ruling::kRefuted:
      return "refuted within bounds";
    case Ruling::kConfirmed:
      return "confirmed";
    case Ruling::kHarmless:
      return "true but harmless";
    case Ruling::kNotCorrectness:
      return "not a statement about correctness";
    case Ruling::kNotSettled:
      return "not settled";
  }
  Check(false, "a ruling without a name");
  return "";
}

std::optional<std::string> Blindness(const std::vector<Evidence>& evidence) {
  if (const Evidence* const missed =
          FindRun(evidence, [](const Evidence& each) {
            return each.leg == Leg::kDefect && each.found.empty();
          })) {
    return absl::StrCat("the harness did not see the defect of ", missed->map,
                        " (", missed->bounds, ")");
  }
  return std::nullopt;
}

ClaimVerdict Rule(const Claim& claim, const std::vector<Evidence>& evidence) {
  if (claim.nature == ClaimNature::kNotCorrectness) {
    return {Ruling::kNotCorrectness,
            "no answer of the map depends on whether it is so: it was "
            "classified, not run"};
  }
  if (const Evidence* const wrong = FindRun(evidence, [](const Evidence& each) {
        return IsOfFaithfulMap(each) && !each.found.empty();
      })) {
    return {
        ClaimsWrongAnswers(claim) ? Ruling::kConfirmed : Ruling::kNotSettled,
        absl::StrCat(wrong->map, ": ", wrong->found, " (", wrong->bounds, ")")};
  }
  if (const std::optional<std::string> blindness = Blindness(evidence)) {
    return {Ruling::kNotSettled, *blindness};
  }
  const Sightings sightings = SightingsIn(evidence);
  if (claim.nature == ClaimNature::kAbility) return RuleAbility(sightings);
  if (claim.nature == ClaimNature::kAlways) return RuleAlways(sightings);
  for (const Leg leg : {Leg::kPrograms, Leg::kScenario}) {
    if (leg == Leg::kScenario && claim.scenario.empty()) continue;
    const Completeness all = CompletenessOf(evidence, leg);
    if (all.complete) continue;
    return {Ruling::kNotSettled,
            "not everything within the bounds was tried in this run",
            all.missing};
  }
  if (claim.nature == ClaimNature::kMechanism) return RuleMechanism(sightings);
  if (sightings.yes > 0) {
    return {Ruling::kConfirmed, "what it describes happens"};
  }
  return {Ruling::kRefuted,
          "no execution within the bounds gives a client a wrong answer, and "
          "the same search finds the map that is so broken"};
}

}  // namespace mortsafe

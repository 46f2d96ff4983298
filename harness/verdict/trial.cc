#include "harness/verdict/trial.h"

#include <array>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/legs.h"
#include "harness/verdict/ruling.h"
#include "harness/verdict/specials.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

// Enough for the rarest of the claims' defects, several times over.
constexpr uint64_t kExecutionsForDefect = 400'000;

constexpr absl::string_view kGo = "go-sync-map";

struct Bounds {
  VerifiedBounds verified;
  bool wide = false;  // Only for a full trial.
};

std::vector<Bounds> AllBounds() {
  using enum MemoryModel;
  return {
      {{"read-dirty", 2, 2, 1, kSc}},
      {{"read-dirty", 3, 1, 2, kSc}},
      {{"read-dirty", 2, 2, 1, kC11}},
      {{"read-dirty", 2, 1, 2, kC11}},
      {{"read-dirty", 3, 1, 1, kC11}},
      {{"read-dirty-epoch", 2, 1, 2, kSc}},
      {{"read-dirty-epoch", 2, 1, 2, kC11}},
      {{"read-dirty-hazard", 2, 1, 1, kSc}},
      {{"read-dirty-hazard", 2, 1, 1, kC11}},
      {{"locked", 2, 2, 1, kSc}},
      {{"read-dirty", 2, 2, 2, kSc}, true},
      {{"read-dirty", 3, 1, 2, kC11}, true},
      {{"read-dirty-epoch", 2, 2, 1, kSc}, true},
      {{"read-dirty-epoch", 3, 1, 1, kSc}, true},
      {{"read-dirty-hazard", 2, 1, 2, kSc}, true},
      {{"read-dirty-hazard", 2, 2, 1, kSc}, true},
  };
}

constexpr std::array<absl::string_view, 3> kFaithful = {
    "read-dirty", "read-dirty-epoch", "read-dirty-hazard"};

class Court {
 public:
  explicit Court(const TrialOptions& options) : options_(options) {}

  Trial Hold() {
    trial_.is_of_some_claims = !options_.claims.empty();
    TryMaps();
    for (const Claim& claim : Claims()) {
      if (!IsChosen(claim)) continue;
      trial_.chapters.push_back(Try(claim));
    }
    return std::move(trial_);
  }

 private:
  void Say(absl::string_view what) const {
    if (options_.on_leg) options_.on_leg(what);
  }

  bool IsChosen(const Claim& claim) const {
    return options_.claims.empty() ||
           absl::c_linear_search(options_.claims, claim.id);
  }

  // Whether a chosen claim needs the map to be right.
  bool IsOnTrial(absl::string_view map) const {
    return absl::c_any_of(Claims(), [&](const Claim& claim) {
      return IsChosen(claim) && absl::c_linear_search(claim.maps, map);
    });
  }

  void TryMaps() {
    for (const Bounds& bounds : AllBounds()) {
      if (!IsOnTrial(bounds.verified.map)) continue;
      Say(absl::StrCat("every program on ", bounds.verified.map));
      Evidence evidence;
      if (bounds.wide && !options_.full) {
        evidence = DescribeEveryProgram(bounds.verified);
        evidence.not_run = "a full trial alone has it (--full)";
      } else {
        evidence = TryEveryProgram(bounds.verified, options_.legs);
      }
      evidence.left_out = bounds.wide;
      trial_.maps.push_back(std::move(evidence));
    }
    if (options_.seconds > 0) Sample();
    AddMore("", trial_.maps);
  }

  // All parts but that of C9c.
  void Sample() {
    const double seconds = options_.seconds_of_part();
    for (const absl::string_view map : kFaithful) {
      if (!IsOnTrial(map)) continue;
      Say(absl::StrCat("samples of ", map));
      for (const MemoryModel memory : {MemoryModel::kSc, MemoryModel::kC11}) {
        trial_.maps.push_back(TrySamples(map, memory, seconds, options_.legs));
      }
      trial_.maps.push_back(TryThreads(map, seconds, options_.legs));
    }
    if (!IsOnTrial(kFaithful.front())) return;
    Say("the real sync.Map");
    trial_.maps.push_back(TryThreads(kGo, seconds, options_.legs));
  }

  Chapter Try(const Claim& claim) {
    Say(absl::StrCat("claim ", claim.id));
    Chapter chapter = {.claim = &claim};
    if (!claim.scenario.empty()) TryOwnPrograms(claim, chapter.evidence);
    for (const std::string& defect : claim.defects) {
      if (!claim.scenario.empty()) {
        chapter.evidence.push_back(
            TryScenario(claim, defect, MemoryModel::kSc, options_.legs));
      }
      chapter.evidence.push_back(
          FindDefect(defect, kExecutionsForDefect, options_.legs));
    }
    Special special = RunSpecial(claim, options_);
    absl::c_move(special.evidence, std::back_inserter(chapter.evidence));
    chapter.exhibits = std::move(special.exhibits);
    AddMore(claim.id, chapter.evidence);
    chapter.verdict =
        Rule(claim, EvidenceFor(claim, trial_.maps, chapter.evidence));
    return chapter;
  }

  void TryOwnPrograms(const Claim& claim, std::vector<Evidence>& evidence) {
    for (const std::string& map : claim.maps) {
      for (const MemoryModel memory : {MemoryModel::kSc, MemoryModel::kC11}) {
        evidence.push_back(TryScenario(claim, map, memory, options_.legs));
      }
    }
  }

  void AddMore(absl::string_view claim, std::vector<Evidence>& evidence) const {
    for (const auto& [id, each] : options_.more) {
      if (id == claim) evidence.push_back(each);
    }
  }

  const TrialOptions& options_;
  Trial trial_;
};

// "go-sync-map (go1.19.8)" is the map go-sync-map.
bool IsOfMap(const Evidence& evidence, absl::string_view map) {
  return evidence.map == map ||
         absl::StartsWith(evidence.map, absl::StrCat(map, " "));
}

bool BearsOn(const Claim& claim, const Evidence& evidence) {
  // The real map is what the article speaks of.
  if (evidence.leg == Leg::kGo) {
    return absl::c_linear_search(claim.maps, "read-dirty");
  }
  return absl::c_any_of(claim.maps, [&](const std::string& map) {
    return IsOfMap(evidence, map);
  });
}

}  // namespace

Trial HoldTrial(const TrialOptions& options) { return Court(options).Hold(); }

std::vector<Evidence> EvidenceFor(const Claim& claim,
                                  const std::vector<Evidence>& of_maps,
                                  const std::vector<Evidence>& own) {
  std::vector<Evidence> evidence;
  for (const Evidence& each : of_maps) {
    if (BearsOn(claim, each)) evidence.push_back(each);
  }
  evidence.insert(evidence.end(), own.begin(), own.end());
  return evidence;
}

}  // namespace mortsafe

#include "harness/cli/verdict_document.h"

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/ruling.h"
#include "harness/verdict/trial.h"

namespace mortsafe {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<Leg, 8> kLegs = {
    Leg::kPrograms, Leg::kScenario, Leg::kSampled,   Leg::kThreads,
    Leg::kGo,       Leg::kDefect,   Leg::kMechanism, Leg::kMeasured};

Json ToJson(const Evidence& evidence) {
  Json json = {{"leg", std::string(LegName(evidence.leg))},
               {"map", evidence.map},
               {"bounds", evidence.bounds},
               {"outcome", OutcomeText(evidence)},
               {"not_run", evidence.not_run},
               {"found", evidence.found},
               {"programs", evidence.programs},
               {"executions", evidence.executions},
               {"operations", evidence.operations},
               {"seconds", evidence.seconds},
               {"note", evidence.note},
               {"counterexample", evidence.counterexample.has_value()
                                      ? evidence.counterexample->program
                                      : ""}};
  if (evidence.times.has_value()) json["times"] = *evidence.times;
  return json;
}

Json ToJson(const std::vector<Evidence>& evidence) {
  Json list = Json::array();
  for (const Evidence& each : evidence) list.push_back(ToJson(each));
  return list;
}

Json ToJson(const Plot& plot) {
  Json json = {{"name", plot.name},
               {"title", plot.title},
               {"x", plot.x_label},
               {"y", plot.y_label},
               {"series", Json::array()}};
  for (const Plot::Series& series : plot.series) {
    json["series"].push_back(
        {{"name", series.name}, {"points", series.points}});
  }
  return json;
}

std::optional<Leg> LegFromName(absl::string_view name) {
  const auto* const found =
      absl::c_find_if(kLegs, [&](Leg leg) { return LegName(leg) == name; });
  if (found == kLegs.end()) return std::nullopt;
  return *found;
}

absl::Status Unreadable(absl::string_view source, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(source, ": ", what));
}

// One of the list. Throws what the library throws where a member is of another
// type.
absl::StatusOr<Evidence> ReadOne(const Json& json, absl::string_view source) {
  const std::string leg = json.value("leg", "");
  const std::optional<Leg> known = LegFromName(leg);
  if (!known.has_value()) {
    return Unreadable(source, absl::StrCat("expected a \"leg\" that is known, "
                                           "found '",
                                           leg, "'"));
  }
  Evidence evidence;
  evidence.leg = *known;
  evidence.map = json.value("map", "");
  evidence.bounds = json.value("bounds", "");
  evidence.not_run = json.value("not_run", "");
  evidence.found = json.value("found", "");
  if (!evidence.not_run.empty() && !evidence.found.empty()) {
    return Unreadable(
        source, absl::StrCat("what was not run (\"", evidence.not_run,
                             "\") cannot have found \"", evidence.found, "\""));
  }
  evidence.varies = true;
  if (json.contains("happens")) evidence.happens = json["happens"].get<bool>();
  evidence.programs = json.value("programs", uint64_t{0});
  evidence.executions = json.value("executions", uint64_t{0});
  evidence.operations = json.value("operations", uint64_t{0});
  if (json.contains("times")) evidence.times = json["times"].get<uint64_t>();
  evidence.seconds = json.value("seconds", 0.0);
  evidence.note = json.value("note", "");
  return evidence;
}

bool IsClaim(absl::string_view id) {
  return id.empty() || absl::c_any_of(Claims(), [&](const Claim& claim) {
           return claim.id == id;
         });
}

}  // namespace

Json VerdictDocument(const Trial& trial) {
  Json document = {{"claims", Json::array()}, {"maps", ToJson(trial.maps)}};
  for (const Chapter& chapter : trial.chapters) {
    Json claim = {{"id", chapter.claim->id},
                  {"claim", chapter.claim->sentence},
                  {"verdict", std::string(RulingName(chapter.verdict.ruling))},
                  {"reason", chapter.verdict.reason},
                  {"evidence", ToJson(chapter.evidence)},
                  {"plots", Json::array()}};
    for (const Block& block : chapter.exhibits) {
      if (const auto* const plot = std::get_if<Plot>(&block)) {
        claim["plots"].push_back(ToJson(*plot));
      }
    }
    document["claims"].push_back(std::move(claim));
  }
  return document;
}

absl::StatusOr<std::vector<std::pair<std::string, Evidence>>> ReadEvidence(
    absl::string_view text, absl::string_view source) {
  std::vector<std::pair<std::string, Evidence>> list;
  try {
    for (const Json& json :
         Json::parse(text.data(), text.data() + text.size())) {
      const std::string claim = json.value("claim", "");
      if (!IsClaim(claim)) {
        return Unreadable(source,
                          absl::StrCat("no claim is called '", claim, "'"));
      }
      absl::StatusOr<Evidence> evidence = ReadOne(json, source);
      if (!evidence.ok()) return evidence.status();
      list.emplace_back(claim, *std::move(evidence));
    }
  } catch (const nlohmann::json::exception& error) {
    return Unreadable(source, absl::StrCat("expected a JSON list of evidence: ",
                                           error.what()));
  }
  return list;
}

}  // namespace mortsafe

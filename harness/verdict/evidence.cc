#include "harness/verdict/evidence.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "harness/base/check.h"
#include "harness/report/text_layout.h"

namespace mortsafe {

absl::string_view LegName(Leg leg) {
  switch (leg) {
    case Leg::kPrograms:
      return "every program";
    case Leg::kScenario:
      return "the claim's programs";
    case Leg::kSampled:
      return "generated programs";
    case Leg::kThreads:
      return "real threads";
    case Leg::kGo:
      return "the real sync.Map";
    case Leg::kDefect:
      return "the defect";
    case Leg::kMechanism:
      return "inside the map";
    case Leg::kMeasured:
      return "measured";
  }
  Check(false, "a leg without a name");
  return "";
}

std::string OutcomeText(const Evidence& evidence) {
  if (!evidence.ran()) return "not run";
  if (!evidence.found.empty()) return absl::StrCat("found: ", evidence.found);
  if (evidence.happens.has_value()) {
    return *evidence.happens ? "happens" : "does not happen";
  }
  if (evidence.leg == Leg::kMeasured) return "measured";
  if (evidence.complete) return "nothing wrong in any execution";
  return "nothing found";
}

std::string FiguresText(const Evidence& evidence) {
  std::vector<std::string> parts;
  const auto add = [&](uint64_t count, absl::string_view noun) {
    if (count == 0) return;
    parts.push_back(
        absl::StrCat(Grouped(count), " ", noun, count == 1 ? "" : "s"));
  };
  add(evidence.programs, "program");
  if (evidence.times.has_value()) {
    parts.push_back(absl::StrCat("in ", Grouped(*evidence.times), " of ",
                                 Grouped(evidence.executions), " executions"));
  } else {
    add(evidence.executions, "execution");
  }
  add(evidence.operations, "operation");
  if (evidence.seconds > 0) {
    parts.push_back(absl::StrFormat("%.2g s", evidence.seconds));
  }
  return absl::StrJoin(parts, ", ");
}

}  // namespace mortsafe

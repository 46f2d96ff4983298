#include "harness/program/schedule_words.h"

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace mortsafe {
namespace {

std::string SwitchesInWords(const Schedule& schedule) {
  const size_t switches = schedule.switches.size();
  if (switches == 0) {
    return "no switch: each thread runs until it blocks or ends";
  }
  return absl::StrCat(switches, switches == 1 ? " switch" : " switches",
                      ", and no other pre-emption");
}

std::string ChoicesInWords(const ScheduleSpec& spec) {
  return absl::StrCat(
      "sticky: at each step a byte says who runs, and below 192 the thread "
      "keeps running; the bytes are ",
      spec.choices.empty() ? "none" : absl::StrJoin(spec.choices, " "));
}

std::string Drawn(const char* how, const ScheduleSpec& spec) {
  return absl::StrCat(how, " from the seed ", spec.seed);
}

}  // namespace

std::string InWords(const ScheduleSpec& spec) {
  switch (spec.mode) {
    case ScheduleMode::kSwitches:
      return SwitchesInWords(spec.schedule);
    case ScheduleMode::kSticky:
      return ChoicesInWords(spec);
    case ScheduleMode::kRandom:
      return Drawn("a uniform random walk", spec);
    case ScheduleMode::kPct:
      return Drawn("probabilistic concurrency testing (pct)", spec);
    case ScheduleMode::kPos:
      return Drawn("partial order sampling (pos)", spec);
    case ScheduleMode::kSurw:
      return Drawn("a selectively uniform random walk (surw)", spec);
  }
  return "";
}

}  // namespace mortsafe

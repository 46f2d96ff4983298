// C14b: how many steps of an operation take the lock, or wait for it.

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/hunt/program_runner.h"
#include "harness/model/strategy.h"
#include "harness/model/trace.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/exhibits.h"
#include "harness/verdict/named_inputs.h"
#include "harness/verdict/specials.h"

namespace mortsafe {
namespace {

class NoSwitches final : public SchedulingStrategy {
 public:
  uint32_t Choose(const ChoicePoint& point) override {
    return DefaultChoice(point);
  }
};

struct Case {
  absl::string_view what;
  absl::string_view program;  // Thread 1 is what is looked at.
};

constexpr Case kCases[] = {
    {"Load of a key in read",
     "initial: Store(0, 1); Load(0) | thread 1: Load(0)"},
    {"Load of a deleted key in read",
     "initial: Store(0, 1); Load(0); Delete(0) | thread 1: Load(0)"},
    {"Load of an absent key, not amended",
     "initial: Store(0, 1); Load(0) | thread 1: Load(1)"},
    {"Load of a key in dirty alone",
     "initial: Store(0, 1); Store(1, 2) | thread 1: Load(0)"},
    {"Load of an absent key, amended",
     "initial: Store(0, 1); Store(1, 2) | thread 1: Load(2)"},
    {"Range, not amended", "initial: Store(0, 1); Load(0) | thread 1: Range()"},
    {"Range, amended", "initial: Store(0, 1) | thread 1: Range()"},
    {"Store to a key in read",
     "initial: Store(0, 1); Load(0) | thread 1: Store(0, 2)"},
    {"Delete of a key in read",
     "initial: Store(0, 1); Load(0) | thread 1: Delete(0)"},
};

struct Steps {
  int all = 0;
  int locks = 0;
};

Steps StepsOf(ProgramRunner& runner, absl::string_view text) {
  NoSwitches strategy;
  runner.Run(NamedProgram(text), strategy, {.record = true});
  Steps steps;
  for (const TraceStep& step : runner.trace().steps) {
    if (step.thread != 1) continue;
    ++steps.all;
    if (step.action == "lock") ++steps.locks;
  }
  return steps;
}

}  // namespace

Special LockedSteps() {
  ProgramRunner runner(NamedMap("read-dirty"));
  Table table = {
      .title = "Steps of one operation, and those that take the lock",
      .columns = {"operation", "steps", "that take the lock"}};
  bool never = true;
  for (const Case& each : kCases) {
    const Steps steps = StepsOf(runner, each.program);
    table.rows.push_back({std::string(each.what), absl::StrCat(steps.all),
                          absl::StrCat(steps.locks)});
    const bool claimed = absl::StartsWith(each.what, "Load") ||
                         absl::StartsWith(each.what, "Range");
    if (claimed && steps.locks > 0) never = false;
  }
  Special special;
  special.evidence.push_back(
      {.leg = Leg::kMechanism,
       .map = "read-dirty",
       .bounds = "no step of a Load or Range takes the lock, whether or not "
                 "read is amended",
       .complete = true,
       .happens = never});
  special.exhibits.emplace_back(std::move(table));
  return special;
}

}  // namespace mortsafe

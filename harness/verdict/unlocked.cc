// C14c: whether each use of a hash table by several threads without a lock is
// caught, by who looks at answers and crashes alone.

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "harness/base/check.h"
#include "harness/hunt/hunt.h"
#include "harness/model/sanitizers.h"
#include "harness/program/input.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/exhibits.h"
#include "harness/verdict/legs.h"
#include "harness/verdict/specials.h"

namespace mortsafe {
namespace {

constexpr uint64_t kSeeds = 20;
constexpr char kProgram[] =
    "initial: | thread 1: Store(0, 1); Load(1) | thread 2: Store(1, 2); "
    "Load(0)";

}  // namespace

Special CatchesOfUnlockedUse() {
  const absl::StatusOr<SubjectChoice> choice =
      FindScheduledSubject("locked:c14-no-lock");
  Check(choice.ok(), "the map without a lock is missing");
  const absl::StatusOr<Program> program = ParseProgram(kProgram, "unlocked");
  Check(program.ok(), "a program of the trial cannot be read");
  Evidence evidence = {
      .leg = Leg::kMechanism,
      .map = "locked:c14-no-lock",
      .bounds = absl::StrCat("each of ", kSeeds,
                             " executions in which two threads use the table "
                             "without a lock is caught")};
  if (kAddressSanitizer || kThreadSanitizer) {
    // They see more, which is no answer and no crash.
    evidence.not_run = std::string(kPlainBuildsOnly);
    return {.evidence = {evidence}};
  }
  uint64_t caught = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    HuntOptions hunt;
    hunt.subject = *choice;
    hunt.program = *program;
    hunt.strategy = ScheduleMode::kRandom;
    hunt.seed = seed;
    hunt.executions = 1;
    if (Hunt(hunt).finding.has_value()) ++caught;
  }
  evidence.happens = caught == kSeeds;
  evidence.executions = kSeeds;
  evidence.times = caught;
  evidence.note = kProgram;
  return {.evidence = {evidence}};
}

}  // namespace mortsafe

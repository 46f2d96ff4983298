// C9: Loads that hit a deleted entry, and stores that give one a value again,
// counted; each is right if the history that it is part of is linearizable.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/isolation.h"
#include "harness/hunt/program_runner.h"
#include "harness/report/text_layout.h"
#include "harness/stress/stress.h"
#include "harness/subject/registry.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/counted_map.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/exhibits.h"
#include "harness/verdict/legs.h"
#include "harness/verdict/named_inputs.h"
#include "harness/verdict/specials.h"
#include "maps/read_dirty_counters.h"

namespace mortsafe {
namespace {

std::vector<std::string> RowOf(const std::string& where,
                               const EventTotals& totals,
                               const Evidence& evidence) {
  const uint64_t stale = totals.Of(ReadDirtyEvent::kReadHitStale);
  const uint64_t reused = totals.Of(ReadDirtyEvent::kStaleReused);
  const bool right = evidence.ran() && evidence.found.empty();
  const std::string verdict =
      right
          ? absl::StrCat("all ", Grouped(stale + reused), " right, none wrong")
          : absl::StrCat("not known to be right: ", evidence.found,
                         evidence.not_run);
  return {where, Grouped(totals.Of(ReadDirtyEvent::kReadHit)), Grouped(stale),
          Grouped(reused), verdict};
}

// In every execution of the claim's programs.
Evidence CountInPrograms(const Claim& claim, const SubjectChoice& choice,
                         EventTotals& totals) {
  Evidence evidence = {
      .leg = Leg::kMechanism,
      .map = "read-dirty",
      .bounds =
          "Loads hit deleted entries and stores take them up again, in "
          "every execution of the claim's programs, sc",
      .complete = true};
  const absl::Status offered = ExhaustiveIsOffered();
  if (!offered.ok()) {
    evidence.not_run = std::string(offered.message());
    return evidence;
  }
  ProgramRunner runner(choice);
  for (const std::string& text : claim.scenario) {
    const ExploredProgram explored = ExploreProgram(runner, NamedProgram(text));
    ++evidence.programs;
    evidence.executions += explored.executions;
    if (!explored.complete) evidence.complete = false;
    if (explored.finding.has_value()) {
      evidence.found = std::string(Title(*explored.finding->result.kind));
    }
  }
  evidence.happens = totals.Of(ReadDirtyEvent::kReadHitStale) > 0 &&
                     totals.Of(ReadDirtyEvent::kStaleReused) > 0;
  return evidence;
}

// On one key that many threads work on.
Evidence CountUnderLoad(const SubjectChoice& choice, double seconds,
                        const LegOptions& options) {
  Evidence evidence = {.leg = Leg::kThreads,
                       .map = choice.Name(),
                       .bounds = "8 threads on one key, all operations",
                       .varies = true};
  StressOptions stress;
  stress.subject = choice;
  stress.threads = 8;
  stress.keys = 1;
  stress.seconds = seconds;
  stress.delay = 1000;
  stress.seed = 1;
  stress.stop = options.stop;
  const StressOutcome outcome = options.stress(stress);
  evidence.operations = outcome.progress.operations;
  evidence.executions = outcome.progress.maps;
  evidence.seconds = outcome.progress.seconds;
  evidence.not_run = outcome.undecided;
  if (outcome.found.has_value()) {
    evidence.found = std::string(Title(*outcome.found));
  }
  return evidence;
}

}  // namespace

Special ReuseOfEntries(const Claim& claim, double seconds,
                       const LegOptions& options) {
  Table table = {.title =
                     "Events, each judged by the verdict on the history "
                     "that it is part of",
                 .columns = {"where", "readHit", "readHitStale", "staleReused",
                             "answers"}};
  Special special;
  {
    EventTotals totals;
    const SubjectInfo subject = CountedSubject(&totals);
    Evidence evidence = CountInPrograms(claim, {&subject, nullptr}, totals);
    table.rows.push_back(
        RowOf("every execution of the claim's programs", totals, evidence));
    special.evidence.push_back(std::move(evidence));
  }
  if (seconds > 0 && options.stress) {
    const Shared<EventTotals> totals;
    const SubjectInfo subject = CountedSubject(&*totals);
    Evidence evidence = CountUnderLoad({&subject, nullptr}, seconds, options);
    table.rows.push_back(RowOf(evidence.bounds, *totals, evidence));
    special.evidence.push_back(std::move(evidence));
  }
  special.exhibits.emplace_back(std::move(table));
  return special;
}

}  // namespace mortsafe

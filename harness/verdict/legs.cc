#include "harness/verdict/legs.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "harness/base/check.h"
#include "harness/base/memory_model_name.h"
#include "harness/base/operation_kind.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/hunt.h"
#include "harness/hunt/isolated_exploration.h"
#include "harness/hunt/observer.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/shrink.h"
#include "harness/hunt/verify.h"
#include "harness/model/sanitizers.h"
#include "harness/program/program.h"
#include "harness/stress/stress.h"
#include "harness/subject/registry.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/named_inputs.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

using Clock = std::chrono::steady_clock;

// Everything is drawn from this seed, so that it can be run again.
constexpr uint64_t kSeed = 1;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string CountedText(int count, absl::string_view noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

Evidence NotRun(Evidence evidence, absl::string_view why) {
  evidence.not_run = std::string(why);
  return evidence;
}

std::string FoundText(ViolationKind kind) { return std::string(Title(kind)); }

// Adds what came of one program to what came of those before.
void Add(const IsolatedExploration& explored, Evidence& evidence) {
  ++evidence.programs;
  evidence.executions += explored.executions;
  if (explored.observation.has_value()) {
    evidence.found = FoundText(explored.observation->kind);
    evidence.note = explored.observation->sentence;
    return;
  }
  if (!explored.refusal.empty()) evidence.not_run = explored.refusal;
  if (explored.interrupted) evidence.not_run = "interrupted";
  if (!explored.complete) evidence.complete = false;
}

std::string OperationsText(const OperationKindSet& kinds) {
  std::vector<absl::string_view> names;
  for (const OperationKind kind : kAllOperationKinds) {
    if (kinds.Has(kind)) names.push_back(ApiName(kind));
  }
  return absl::StrJoin(names, ", ");
}

// Clients with operations of their own; the initial ones are one client's.
size_t ClientsOf(const Program& program) {
  const auto busy = absl::c_count_if(
      program.threads, [](const auto& thread) { return !thread.empty(); });
  return std::max<size_t>(1, static_cast<size_t>(busy));
}

// What went wrong in a sentence, if another run of the program tells.
std::string SentenceOf(const SubjectChoice& choice, const Program& program,
                       const Observation& observation) {
  if (observation.crash.has_value()) return "";
  ProgramRunner runner(choice);
  return RunAsObserved(runner, program, observation).sentence;
}

// How `mortsafe explore` shows what was seen in the program. An exhaustive
// search sees data races, which answers alone do not show, and stops at the
// first thing that it sees; one with bounded pre-emptions sees answers alone.
// Where neither comes upon the same kind first, what is told is what the
// exhaustive one comes upon.
Counterexample HowToSee(const Observation& seen, const SubjectChoice& choice,
                        const Program& program, const LegOptions& options) {
  constexpr uint32_t kMostPreemptions = 3;
  const auto explore = [&](std::optional<uint32_t> preemptions) {
    return ExploreInChildren(
               choice, program,
               {.max_preemptions = preemptions, .stop = options.stop})
        .observation;
  };
  Counterexample shown = {.program = ToOneLine(program),
                          .found = FoundText(seen.kind),
                          .sentence = seen.sentence,
                          .clients = ClientsOf(program),
                          .smallest = true};
  const std::optional<Observation> first = explore(std::nullopt);
  if (first.has_value() && first->kind == seen.kind) return shown;
  for (uint32_t preemptions = 0; preemptions <= kMostPreemptions;
       ++preemptions) {
    const std::optional<Observation> bounded = explore(preemptions);
    if (bounded.has_value() && bounded->kind == seen.kind) {
      shown.options = absl::StrCat(" --preemptions ", preemptions);
      return shown;
    }
  }
  if (first.has_value()) {
    shown.found = FoundText(first->kind);
    shown.sentence = SentenceOf(choice, program, *first);
  }
  return shown;
}

StressOptions ThreadsOptions(const SubjectChoice& choice, double seconds) {
  StressOptions options;
  options.subject = choice;
  options.seconds = seconds;
  options.threads = 4;
  options.keys = 4;
  options.delay = 100;
  options.seed = kSeed;
  return options;
}

}  // namespace

Evidence DescribeEveryProgram(const VerifiedBounds& bounds) {
  return {.leg = Leg::kPrograms,
          .map = bounds.map,
          .bounds = absl::StrCat(CountedText(bounds.threads, "thread"), " x ",
                                 CountedText(bounds.operations, "operation"),
                                 " x ", CountedText(bounds.keys, "key"), ", ",
                                 Name(bounds.memory))};
}

Evidence TryEveryProgram(const VerifiedBounds& bounds,
                         const LegOptions& options) {
  Evidence evidence = DescribeEveryProgram(bounds);
  for (const absl::Status& offered :
       {ExhaustiveIsOffered(), IsOffered(bounds.memory)}) {
    if (!offered.ok()) return NotRun(evidence, offered.message());
  }
  VerifyOptions verify;
  verify.subject = NamedMap(bounds.map);
  verify.threads = bounds.threads;
  verify.operations = bounds.operations;
  verify.keys = bounds.keys;
  verify.memory = bounds.memory;
  verify.workers = options.workers;
  verify.stop = options.stop;
  const absl::StatusOr<VerifyResult> result = Verify(verify);
  if (!result.ok()) return NotRun(evidence, result.status().message());
  if (result->interrupted && !result->finding.has_value()) {
    return NotRun(evidence, "interrupted");
  }
  evidence.complete = result->complete;
  evidence.programs = result->counts.starts;
  evidence.executions = result->counts.executions;
  evidence.seconds = result->seconds;
  evidence.note =
      absl::StrCat("programs from ", result->states,
                   result->states_known ? " states, all there are" : " states");
  if (result->finding.has_value()) {
    evidence.found = FoundText(result->finding->observation.kind);
    evidence.note = result->finding->observation.sentence;
  }
  return evidence;
}

Evidence TryScenario(const Claim& claim, absl::string_view map,
                     MemoryModel memory, const LegOptions& options) {
  const SubjectChoice choice = NamedMap(map);
  Evidence evidence = {
      .leg = choice.defect != nullptr ? Leg::kDefect : Leg::kScenario,
      .map = std::string(map),
      .bounds = absl::StrCat(
          "the claim's ",
          CountedText(static_cast<int>(claim.scenario.size()), "program"), ", ",
          Name(memory)),
      .complete = true};
  for (const absl::Status& offered :
       {ExhaustiveIsOffered(), IsOffered(memory)}) {
    if (!offered.ok()) return NotRun(evidence, offered.message());
  }
  const Clock::time_point start = Clock::now();
  for (const std::string& text : claim.scenario) {
    const Program program = NamedProgram(text);
    const IsolatedExploration explored = ExploreInChildren(
        choice, program, {.memory = memory, .stop = options.stop});
    Add(explored, evidence);
    if (explored.observation.has_value() && memory == MemoryModel::kSc) {
      evidence.counterexample = {
          .program = text,
          .found = evidence.found,
          .sentence = SentenceOf(choice, program, *explored.observation),
          .clients = ClientsOf(program)};
    }
    if (!evidence.ran() || !evidence.found.empty()) break;
  }
  evidence.seconds = SecondsSince(start);
  return evidence;
}

Evidence FindDefect(absl::string_view map, uint64_t max_executions,
                    const LegOptions& options) {
  const SubjectChoice choice = NamedMap(map);
  Check(choice.defect != nullptr, "a map that is not broken");
  Evidence evidence = {
      .leg = Leg::kDefect,
      .map = choice.Name(),
      .bounds = absl::StrCat("a hunt of up to ", max_executions,
                             " executions, seed ", kSeed, ", sc")};
  if (kAddressSanitizer || kThreadSanitizer) {
    return NotRun(evidence, kPlainBuildsOnly);
  }
  const auto& seen_by = choice.defect->seen_by;
  if (!absl::c_linear_search(seen_by, "hunt")) {
    return NotRun(evidence, "this build does not see that defect");
  }
  HuntOptions hunt;
  hunt.subject = choice;
  hunt.seed = kSeed;
  hunt.sweeps = true;
  hunt.executions = max_executions;
  hunt.workers = options.workers;
  hunt.stop = options.stop;
  const HuntResult result = Hunt(hunt);
  if (result.interrupted) return NotRun(evidence, "interrupted");
  evidence.executions = result.progress.executions;
  evidence.seconds = result.progress.seconds;
  if (!result.finding.has_value()) return evidence;
  evidence.found = FoundText(result.finding->observation.kind);
  const Shrunk shrunk = Shrink(choice, result.finding->input.program,
                               result.finding->observation, options.stop);
  const Program& program = shrunk.minimized.program;
  evidence.counterexample =
      HowToSee(shrunk.observation, choice, program, options);
  evidence.operations = OperationCount(program);
  evidence.note = shrunk.observation.sentence;
  return evidence;
}

Evidence TrySamples(absl::string_view map, MemoryModel memory, double seconds,
                    const LegOptions& options) {
  Evidence evidence = {
      .leg = Leg::kSampled,
      .map = std::string(map),
      .bounds = absl::StrCat("up to 3 threads x 3 operations x 2 keys, ",
                             Name(memory)),
      .varies = true};
  const absl::Status offered = IsOffered(memory);
  if (!offered.ok()) return NotRun(evidence, offered.message());
  HuntOptions hunt;
  hunt.subject = NamedMap(map);
  hunt.memory = memory;
  hunt.seed = kSeed;
  hunt.seconds = seconds;
  hunt.workers = options.workers;
  hunt.stop = options.stop;
  const HuntResult result = Hunt(hunt);
  if (result.interrupted && !result.finding.has_value()) {
    return NotRun(evidence, "interrupted");
  }
  if (!result.refused.ok()) return NotRun(evidence, result.refused.message());
  evidence.executions = result.progress.executions;
  evidence.seconds = result.progress.seconds;
  if (result.finding.has_value()) {
    evidence.found = FoundText(result.finding->observation.kind);
    evidence.note = result.finding->observation.sentence;
  }
  return evidence;
}

Evidence TryThreads(absl::string_view map, double seconds,
                    const LegOptions& options) {
  Evidence evidence = {
      .leg = absl::StartsWith(map, "go-") ? Leg::kGo : Leg::kThreads,
      .map = std::string(map),
      .bounds = "4 threads x 4 keys, delays, all operations",
      .varies = true};
  const absl::StatusOr<SubjectChoice> choice = FindSubject(map);
  if (!choice.ok()) return NotRun(evidence, choice.status().message());
  if (!(choice->subject->operations == AllOperations())) {
    evidence.bounds = absl::StrCat("4 threads x 4 keys, delays, ",
                                   OperationsText(choice->subject->operations));
  }
  const std::string& version = choice->subject->version;
  if (!version.empty()) absl::StrAppend(&evidence.map, " (", version, ")");
  if (!options.stress) return NotRun(evidence, "no real threads in this run");
  StressOptions stress = ThreadsOptions(*choice, seconds);
  stress.stop = options.stop;
  const StressOutcome outcome = options.stress(stress);
  evidence.operations = outcome.progress.operations;
  evidence.executions = outcome.progress.maps;
  evidence.seconds = outcome.progress.seconds;
  evidence.note = outcome.sentence;
  if (outcome.found.has_value()) {
    evidence.found = FoundText(*outcome.found);
  } else {
    evidence.not_run = outcome.undecided;
  }
  return evidence;
}

}  // namespace mortsafe

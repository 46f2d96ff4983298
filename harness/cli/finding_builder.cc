#include "harness/cli/finding_builder.h"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/base/memory_model_name.h"
#include "harness/hunt/observer.h"
#include "harness/hunt/program_runner.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/violation.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"
#include "harness/report/finding_folder.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

std::string& MutableProgramPath() {
  static auto* const path = new std::string("mortsafe");
  return *path;
}

// Runs the finding's program once more, up to the step that crashed if one did,
// and fills in its history, trace and explanation. False if that shows
// something else, or cannot be done: tried in a child first, as the map might
// crash or hang nonetheless.
bool RunAgain(const SubjectChoice& subject, const Observation& observation,
              Finding& finding) {
  ProgramRunner runner(subject);
  RunResult result;
  const auto run = [&](std::atomic<uint64_t>& pulse) {
    RunOptions options = {.record = true};
    options.pulse = &pulse;
    if (observation.crash.has_value()) options.stop_at_step = observation.steps;
    result = RunAsObserved(runner, finding.input.program, observation, options);
  };
  if (!EndsWell(run)) return false;
  std::atomic<uint64_t> unwatched{0};
  run(unwatched);
  if (!observation.crash.has_value() && result.kind != observation.kind) {
    return false;
  }
  finding.history = runner.history();
  finding.trace = runner.trace();
  finding.violation = result.violation;
  if (!observation.crash.has_value()) finding.sentence = result.sentence;
  return true;
}

}  // namespace

Finding BriefFinding(const SubjectChoice& subject, const Program& program,
                     ViolationKind kind, const Schedule& schedule) {
  Finding finding;
  finding.map = subject.subject->name;
  finding.map_header = subject.subject->header;
  if (subject.defect != nullptr) finding.defect = subject.defect->name;
  finding.kind = kind;
  finding.input.program = program;
  finding.input.schedule.schedule = schedule;
  finding.memory = std::string(Name(schedule.memory));
  finding.build = MORTSAFE_BUILD;
  finding.version = MORTSAFE_VERSION;
  return finding;
}

Finding BuildFinding(const SubjectChoice& subject, const Program& program,
                     const Observation& observation) {
  Finding finding =
      BriefFinding(subject, program, observation.kind, observation.schedule);
  if (observation.crash.has_value()) {
    finding.sentence = observation.crash->sentence;
    finding.crash_report = observation.crash->report;
  } else {
    finding.sentence = observation.sentence;
  }
  const bool repeated =
      observation.repeats && RunAgain(subject, observation, finding);
  if (repeated) return finding;
  finding.history = observation.history;
  if (!observation.history.operations.empty()) {
    const std::optional<Violation> violation =
        Checker().Explain(observation.history);
    if (violation.has_value() && violation->kind == observation.kind) {
      finding.violation = violation;
    }
  }
  if (!observation.repeats || !observation.crash.has_value()) {
    absl::StrAppend(&finding.sentence,
                    " It did not happen again when the execution was repeated: "
                    "the map keeps state between executions, or is not "
                    "deterministic.");
  }
  return finding;
}

void SetProgramPath(absl::string_view path) {
  MutableProgramPath() = std::string(path);
}

const std::string& ProgramPath() { return MutableProgramPath(); }

absl::StatusOr<std::string> SaveFinding(absl::string_view out_directory,
                                        Finding& finding) {
  finding.replay_command = absl::StrCat(
      ProgramPath(), " replay ", out_directory, "/", FindingName(finding));
  return WriteFinding(finding, out_directory);
}

}  // namespace mortsafe

#include "harness/cli/finding_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "harness/base/violation_kind.h"
#include "harness/cli/driver_output.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/files.h"
#include "harness/cli/finding_builder.h"
#include "harness/cli/validators.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/observer.h"
#include "harness/program/input.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"
#include "harness/report/terminal.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

// Another build may see less: only sanitizers see what they look for.
void WarnOfOtherBuild(const Finding& saved) {
  if (saved.build.empty() || saved.build == MORTSAFE_BUILD) return;
  const char* const build = saved.build.c_str();
  std::fprintf(
      stderr,
      "mortsafe: the finding is of the build %s, this is %s, which may "
      "not show it; to build that one: cmake --preset %s && cmake "
      "--build --preset %s --target mortsafe\n",
      build, MORTSAFE_BUILD, build, build);
}

// What the finding promises, if it still shows that, else whatever it shows: an
// execution with a data race may crash later on, and promise one or the other.
std::optional<Observation> Observe(const Replayed& replayed) {
  const Program& program = replayed.finding.input.program;
  const ScheduleSpec& schedule = replayed.finding.input.schedule;
  Observer observer(replayed.subject);
  if (replayed.promises_kind) {
    const auto promised =
        observer.FindFirst(program, {&schedule, 1}, replayed.finding.kind);
    if (promised.has_value()) return promised;
  }
  std::vector<ScheduleSpec> schedules;
  for (uint32_t i = 0; i < ScheduleCount(schedule); ++i) {
    schedules.push_back(NthSchedule(schedule, i));
  }
  return observer.FindFirst(program, schedules, std::nullopt);
}

}  // namespace

CLI::App* AddFindingCommand(CLI::App& app, const char* name,
                            const char* description, FindingSource& source) {
  CLI::App* const command = app.add_subcommand(name, description);
  command
      ->add_option("FILE", source.path,
                   "A finding's folder, a file in it, or a fuzzer's input")
      ->required()
      ->check(NotEmpty());
  command
      ->add_option("--map", source.map,
                   "The map, where FILE does not say, or another one")
      ->check(NotEmpty());
  return command;
}

absl::StatusOr<Replayed> Replay(const FindingSource& source) {
  absl::StatusOr<Finding> finding = ReadFindingOrInput(source.path, source.map);
  if (!finding.ok()) return finding.status();
  absl::StatusOr<SubjectChoice> subject = FindScheduledSubject(
      finding->defect.empty() ? finding->map
                              : finding->map + ":" + finding->defect);
  if (!subject.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(source.path, ": ", subject.status().message()));
  }
  const absl::Status offered =
      CheckOffered(finding->input.program, *subject->subject);
  if (!offered.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(source.path, ": ", offered.message()));
  }
  const absl::Status memory =
      IsOffered(finding->input.schedule.schedule.memory);
  if (!memory.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(source.path, ": ", memory.message()));
  }
  Replayed replayed{*finding, *subject, std::nullopt,
                    source.map.empty() && !finding->version.empty()};
  if (replayed.promises_kind) WarnOfOtherBuild(*finding);
  replayed.observation = Observe(replayed);
  return replayed;
}

bool Reproduces(const Replayed& replayed) {
  if (!replayed.promises_kind) return replayed.observation.has_value();
  return replayed.observation.has_value() &&
         replayed.observation->kind == replayed.finding.kind;
}

Finding Retell(const Replayed& replayed) {
  Finding told = BuildFinding(replayed.subject, replayed.finding.input.program,
                              *replayed.observation);
  KeepOrigin(replayed.finding, told);
  told.replay_command = replayed.finding.replay_command;
  return told;
}

void KeepOrigin(const Finding& saved, Finding& finding) {
  finding.original_operations =
      std::max(finding.original_operations, saved.original_operations);
  finding.original_switches =
      std::max(finding.original_switches, saved.original_switches);
  finding.seed = saved.seed;
  finding.executions_to_find = saved.executions_to_find;
  finding.strategy = saved.strategy;
}

void SayWhatIsMissing(const Replayed& replayed, std::FILE* out) {
  if (Reproduces(replayed) || !replayed.promises_kind) return;
  const std::string saved(Title(replayed.finding.kind));
  std::fprintf(out, "This does not reproduce the saved finding: %s.\n",
               saved.c_str());
}

int SayNothingWrong(const Replayed& replayed, std::FILE* out) {
  SayWhatIsMissing(replayed, out);
  std::fprintf(out, "%s shows nothing wrong under this program and schedule.\n",
               replayed.subject.Name().c_str());
  return kNothingFound;
}

void PrintReport(const Finding& finding) {
  std::fputs(
      TerminalReport(finding, {.color = isatty(STDOUT_FILENO) != 0}).c_str(),
      stdout);
}

}  // namespace mortsafe

// `mortsafe replay`, `minimize` and `show`: what to do with a finding.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "harness/base/violation_kind.h"
#include "harness/cli/commands.h"
#include "harness/cli/driver_output.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/files.h"
#include "harness/cli/finding_builder.h"
#include "harness/cli/interruption.h"
#include "harness/cli/recording.h"
#include "harness/cli/show_input.h"
#include "harness/cli/validators.h"
#include "harness/history/history.h"
#include "harness/history/text.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/observer.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/schedule_strategy.h"
#include "harness/hunt/spec_memory.h"
#include "harness/linearize/judge.h"
#include "harness/program/input.h"
#include "harness/program/program.h"
#include "harness/program/schedule_words.h"
#include "harness/report/finding.h"
#include "harness/report/finding_folder.h"
#include "harness/report/history_report.h"
#include "harness/report/html.h"
#include "harness/report/regression_test_writer.h"
#include "harness/report/terminal.h"
#include "harness/report/wording.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

struct FindingFlags {
  std::string path;
  std::string map;
  bool history = false;
  std::string out = "findings";
  std::string html;
  std::string test;
  std::string target;
  std::string resume;
};

// A finding from disk, and what its input shows today.
struct Replayed {
  Finding finding;
  SubjectChoice subject;
  std::optional<Observation> observation;
  // The finding says what is to be seen: it was saved, and of this map.
  bool promises_kind = false;
};

bool Reproduces(const Replayed& replayed) {
  if (!replayed.promises_kind) return replayed.observation.has_value();
  return replayed.observation.has_value() &&
         replayed.observation->kind == replayed.finding.kind;
}

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

absl::StatusOr<Replayed> Replay(const FindingFlags& flags) {
  absl::StatusOr<Finding> finding = ReadFindingOrInput(flags.path, flags.map);
  if (!finding.ok()) return finding.status();
  absl::StatusOr<SubjectChoice> subject = FindScheduledSubject(
      finding->defect.empty() ? finding->map
                              : finding->map + ":" + finding->defect);
  if (!subject.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(flags.path, ": ", subject.status().message()));
  }
  const absl::Status offered =
      CheckOffered(finding->input.program, *subject->subject);
  if (!offered.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(flags.path, ": ", offered.message()));
  }
  const absl::Status memory =
      IsOffered(finding->input.schedule.schedule.memory);
  if (!memory.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(flags.path, ": ", memory.message()));
  }
  Replayed replayed{*finding, *subject, std::nullopt,
                    flags.map.empty() && !finding->version.empty()};
  if (replayed.promises_kind) WarnOfOtherBuild(*finding);
  replayed.observation = Observe(replayed);
  return replayed;
}

// What was saved says where `finding` comes from, and how large it was at
// first.
void KeepOrigin(const Finding& saved, Finding& finding) {
  finding.original_operations =
      std::max(finding.original_operations, saved.original_operations);
  finding.original_switches =
      std::max(finding.original_switches, saved.original_switches);
  finding.seed = saved.seed;
  finding.executions_to_find = saved.executions_to_find;
  finding.strategy = saved.strategy;
}

// What `replayed` shows now, told with what its finding says of its origin.
Finding Retell(const Replayed& replayed) {
  Finding told = BuildFinding(replayed.subject, replayed.finding.input.program,
                              *replayed.observation);
  KeepOrigin(replayed.finding, told);
  told.replay_command = replayed.finding.replay_command;
  return told;
}

void PrintReport(const Finding& finding) {
  std::fputs(
      TerminalReport(finding, {.color = isatty(STDOUT_FILENO) != 0}).c_str(),
      stdout);
}

// Where the saved finding does not show itself any more. `out` is for people.
void SayWhatIsMissing(const Replayed& replayed, std::FILE* out) {
  if (Reproduces(replayed) || !replayed.promises_kind) return;
  const std::string saved(Title(replayed.finding.kind));
  std::fprintf(out, "This does not reproduce the saved finding: %s.\n",
               saved.c_str());
}

// Returns the exit status.
int SayNothingWrong(const Replayed& replayed, std::FILE* out) {
  SayWhatIsMissing(replayed, out);
  std::fprintf(out, "%s shows nothing wrong under this program and schedule.\n",
               replayed.subject.Name().c_str());
  return kNothingFound;
}

// Of an execution in which nothing went wrong.
History GoodHistory(const Replayed& replayed) {
  ProgramRunner runner(replayed.subject);
  SpecMemory memory;
  const Input& input = replayed.finding.input;
  WithStrategy(input.schedule, [&](SchedulingStrategy& strategy) {
    return runner.Run(input.program, strategy,
                      {.memory = memory.For(input.schedule)});
  });
  return runner.history();
}

// The history alone goes to standard output.
int RunReplayHistory(const Replayed& replayed) {
  if (!replayed.observation.has_value()) {
    std::fputs(ToJsonLines(GoodHistory(replayed)).c_str(), stdout);
    return SayNothingWrong(replayed, stderr);
  }
  SayWhatIsMissing(replayed, stderr);
  std::fputs(ToJsonLines(Retell(replayed).history).c_str(), stdout);
  return kFound;
}

int RunReplay(const FindingFlags& flags) {
  const absl::StatusOr<Replayed> replayed = Replay(flags);
  if (!replayed.ok()) return ReportBadInput(replayed.status());
  if (flags.history) return RunReplayHistory(*replayed);
  if (!replayed->observation.has_value()) {
    return SayNothingWrong(*replayed, stdout);
  }
  SayWhatIsMissing(*replayed, stdout);
  PrintReport(Retell(*replayed));
  return kFound;
}

// How far an earlier run came, if it still shows what it promises; nothing if
// there is no such run.
absl::StatusOr<std::optional<Replayed>> ReplayProgress(
    const FindingFlags& flags) {
  std::error_code error;
  const std::filesystem::path progress(flags.resume);
  if (flags.resume.empty() ||
      !std::filesystem::exists(progress / "meta.json", error)) {
    return std::nullopt;
  }
  const absl::StatusOr<Finding> input =
      ReadFindingOrInput(flags.path, flags.map);
  if (!input.ok()) return input.status();
  FindingFlags latest = flags;
  latest.path = flags.resume;
  latest.map = "";
  absl::StatusOr<Replayed> replayed = Replay(latest);
  if (!replayed.ok()) return replayed.status();
  const Finding& saved = replayed->finding;
  if (saved.map != input->map || saved.defect != input->defect ||
      saved.build != MORTSAFE_BUILD) {
    return absl::InvalidArgumentError(absl::StrCat(
        flags.resume, ": expected the progress of the build ", MORTSAFE_BUILD,
        " with ", MapName(*input), ", found that of ", saved.build, " with ",
        MapName(saved)));
  }
  if (!Reproduces(*replayed)) return std::nullopt;
  return *std::move(replayed);
}

// Keeps how far this run has come. Another kill is all that it is for: what
// cannot be written is not worth a word.
void KeepProgress(const FindingFlags& flags, const Finding& saved,
                  const Finding& smaller) {
  if (flags.resume.empty()) return;
  Finding progress = smaller;
  KeepOrigin(saved, progress);
  (void)WriteBriefFinding(progress, flags.resume);
}

void ForgetProgress(const FindingFlags& flags) {
  std::error_code ignored;
  if (!flags.resume.empty()) std::filesystem::remove_all(flags.resume, ignored);
}

int RunMinimize(const FindingFlags& flags) {
  const absl::Status writable = CheckFolderCanBeWritten(flags.out);
  if (!writable.ok()) return ReportBadInput(writable);
  absl::StatusOr<std::optional<Replayed>> progress = ReplayProgress(flags);
  if (!progress.ok()) return ReportBadInput(progress.status());
  const absl::StatusOr<Replayed> replayed =
      progress->has_value() ? **std::move(progress) : Replay(flags);
  if (!replayed.ok()) return ReportBadInput(replayed.status());
  if (!replayed->observation.has_value()) {
    return SayNothingWrong(*replayed, stdout);
  }
  SayWhatIsMissing(*replayed, stdout);
  const Program& program = replayed->finding.input.program;
  const Interruption interruption;
  Finding finding =
      MakeMinimizedFinding(replayed->subject, program, *replayed->observation,
                           interruption.flag(), [&](const Finding& smaller) {
                             KeepProgress(flags, replayed->finding, smaller);
                           });
  KeepOrigin(replayed->finding, finding);
  // A violation was found, whether it can be written or not.
  const bool is_saved = SaveAndTell(finding, flags.out, stdout).ok();
  if (is_saved && !interruption.flag()->load()) ForgetProgress(flags);
  return kFound;
}

void PrintInput(const Input& input, const std::string& target) {
  std::printf("%s\n", ProgramInputText(input, target).c_str());
}

// A fuzzer's input, of which nobody said for which map it is.
int ShowInput(const FindingFlags& flags, const std::string& target) {
  const absl::StatusOr<Finding> input =
      ReadFindingOrInput(flags.path, Subjects().front().name);
  if (!input.ok()) return ReportBadInput(input.status());
  PrintInput(input->input, target);
  return kNothingFound;
}

// An input of a fuzz target that runs no program.
int ShowTargetInput(const FindingFlags& flags, const std::string& target) {
  if (!flags.html.empty() || !flags.test.empty()) {
    return ReportBadInput(absl::InvalidArgumentError(
        absl::StrCat(flags.path, ": expected a finding for ",
                     flags.html.empty() ? "--test" : "--html",
                     ", found an input of ", target)));
  }
  const absl::Status shown = PrintTargetInput(target, flags.path, flags.map);
  return shown.ok() ? kNothingFound : ReportBadInput(shown);
}

// The same for all names of a file, which need not be there.
std::filesystem::path Resolved(const std::string& name) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(name, error);
  const std::filesystem::path resolved =
      std::filesystem::weakly_canonical(path, error);
  return error ? path : resolved;
}

// A history that somebody recorded.
int ShowRecording(const FindingFlags& flags) {
  if (!flags.test.empty()) {
    return ReportBadInput(absl::InvalidArgumentError(
        absl::StrCat(flags.path, ": a recorded history has no program; ",
                     "expected a finding for --test")));
  }
  const absl::StatusOr<Judgement> judged =
      JudgeRecording(flags.path, JudgeOptions());
  if (!judged.ok()) return ReportBadInput(judged.status());
  if (!judged->violation.has_value()) {
    return ReportBadInput(absl::InvalidArgumentError(absl::StrCat(
        flags.path,
        ": nothing to show; expected a history with a violation that can be "
        "told (mortsafe check says more)")));
  }
  const Finding finding = RecordingFinding(flags.path, *judged);
  if (!flags.html.empty()) {
    const absl::Status written =
        WriteFiles({{flags.html, HtmlHistoryReport(finding)}});
    if (!written.ok()) return ReportBadInput(written);
  }
  TerminalOptions options;
  options.color = isatty(STDOUT_FILENO) != 0;
  const std::vector<Fact> facts = {
      {"recording",
       absl::StrCat(flags.path, ", ", judged->operations, " operations")}};
  std::fputs(HistoryReport(finding, facts, options).c_str(), stdout);
  return kNothingFound;
}

int RunShow(const FindingFlags& flags) {
  if (!flags.html.empty() && !flags.test.empty() &&
      Resolved(flags.html) == Resolved(flags.test)) {
    return ReportBadInput(absl::InvalidArgumentError(
        absl::StrCat("--html and --test: expected two files, found ",
                     flags.html, " and ", flags.test)));
  }
  const std::string target =
      flags.target.empty() ? TargetOfFolder(flags.path) : flags.target;
  if (!target.empty() && !HasProgram(target)) {
    return ShowTargetInput(flags, target);
  }
  if (target.empty() && IsNamedAsRecording(flags.path)) {
    return ShowRecording(flags);
  }
  const bool writes = !flags.html.empty() || !flags.test.empty();
  if (flags.map.empty() && !writes &&
      !ReadFindingOrInput(flags.path, "").ok()) {
    return ShowInput(flags, target);
  }
  const absl::StatusOr<Replayed> replayed = Replay(flags);
  if (!replayed.ok()) return ReportBadInput(replayed.status());
  if (!replayed->observation.has_value()) {
    PrintInput(replayed->finding.input, target);
    return SayNothingWrong(*replayed, stdout);
  }
  const Finding told = Retell(*replayed);
  std::vector<NewFile> files;
  if (!flags.html.empty()) files.push_back({flags.html, HtmlReport(told)});
  if (!flags.test.empty()) files.push_back({flags.test, RegressionTest(told)});
  const absl::Status written = WriteFiles(files);
  if (!written.ok()) return ReportBadInput(written);
  SayWhatIsMissing(*replayed, stdout);
  const ScheduleSpec& schedule = replayed->finding.input.schedule;
  // The report has the switches that it came to.
  if (schedule.mode != ScheduleMode::kSwitches) {
    std::printf("schedule: %s\n", InWords(schedule).c_str());
  }
  PrintReport(told);
  return kNothingFound;
}

CLI::App* AddFindingCommand(CLI::App& app, const char* name,
                            const char* description,
                            const std::shared_ptr<FindingFlags>& flags) {
  CLI::App* const command = app.add_subcommand(name, description);
  command
      ->add_option("FILE", flags->path,
                   "A finding's folder, a file in it, or a fuzzer's input")
      ->required()
      ->check(NotEmpty());
  command
      ->add_option("--map", flags->map,
                   "The map, where FILE does not say, or another one")
      ->check(NotEmpty());
  return command;
}

}  // namespace

void AddReplayCommand(CLI::App& app, int& status) {
  const auto flags = std::make_shared<FindingFlags>();
  CLI::App* const command = AddFindingCommand(
      app, "replay", "Runs a finding again and explains it", flags);
  command->add_flag("--history", flags->history,
                    "Print the history alone, as JSON Lines");
  command->callback([flags, &status] { status = RunReplay(*flags); });
}

void AddMinimizeCommand(CLI::App& app, int& status) {
  const auto flags = std::make_shared<FindingFlags>();
  CLI::App* const command = AddFindingCommand(
      app, "minimize", "Shrinks a finding, keeping what it shows", flags);
  command->add_option("--out", flags->out, "Where the finding is written")
      ->check(NotEmpty())
      ->capture_default_str();
  command
      ->add_option("--resume", flags->resume,
                   "Keep the smallest so far in this folder, go on from there "
                   "after a kill, and remove it in the end")
      ->check(NotEmpty());
  command->callback([flags, &status] { status = RunMinimize(*flags); });
}

void AddShowCommand(CLI::App& app, int& status) {
  const auto flags = std::make_shared<FindingFlags>();
  CLI::App* const command =
      AddFindingCommand(app, "show", "Explains a finding or an input", flags);
  command->add_option("--html", flags->html, "Write the report as a page")
      ->check(NotEmpty());
  command->add_option("--test", flags->test, "Write a C++ regression test")
      ->check(NotEmpty());
  command
      ->add_option("--target", flags->target,
                   "The fuzz target that FILE is an input of; by default the "
                   "one that its folder is named after, if any")
      ->check(CLI::IsMember(ShownTargets()));
  command->callback([flags, &status] { status = RunShow(*flags); });
}

}  // namespace mortsafe

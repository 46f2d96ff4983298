// `mortsafe show`: explains a finding, a fuzzer's input or a recorded history.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "harness/cli/commands.h"
#include "harness/cli/driver_output.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/files.h"
#include "harness/cli/finding_command.h"
#include "harness/cli/recording.h"
#include "harness/cli/show_input.h"
#include "harness/cli/validators.h"
#include "harness/linearize/judge.h"
#include "harness/program/input.h"
#include "harness/program/schedule_words.h"
#include "harness/report/finding.h"
#include "harness/report/history_report.h"
#include "harness/report/html.h"
#include "harness/report/regression_test_writer.h"
#include "harness/report/terminal.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

struct ShowFlags {
  FindingSource source;
  std::string html;
  std::string test;
  std::string target;
};

void PrintInput(const Input& input, const std::string& target) {
  std::printf("%s\n", ProgramInputText(input, target).c_str());
}

// A fuzzer's input as it is, without running it.
int ShowInput(const ShowFlags& flags, const std::string& target) {
  const absl::StatusOr<Finding> input =
      ReadFindingOrInput(flags.source.path, Subjects().front().name);
  if (!input.ok()) return ReportBadInput(input.status());
  PrintInput(input->input, target);
  return kNothingFound;
}

// An input of a fuzz target that runs no program.
int ShowTargetInput(const ShowFlags& flags, const std::string& target) {
  if (!flags.html.empty() || !flags.test.empty()) {
    return ReportBadInput(absl::InvalidArgumentError(
        absl::StrCat(flags.source.path, ": expected a finding for ",
                     flags.html.empty() ? "--test" : "--html",
                     ", found an input of ", target)));
  }
  const absl::Status shown =
      PrintTargetInput(target, flags.source.path, flags.source.map);
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
int ShowRecording(const ShowFlags& flags) {
  if (!flags.test.empty()) {
    return ReportBadInput(absl::InvalidArgumentError(
        absl::StrCat(flags.source.path, ": a recorded history has no program; ",
                     "expected a finding for --test")));
  }
  const absl::StatusOr<Judgement> judged =
      JudgeRecording(flags.source.path, JudgeOptions());
  if (!judged.ok()) return ReportBadInput(judged.status());
  if (!judged->violation.has_value()) {
    return ReportBadInput(absl::InvalidArgumentError(absl::StrCat(
        flags.source.path,
        ": nothing to show; expected a history with a violation that can be "
        "told (mortsafe check says more)")));
  }
  const Finding finding = RecordingFinding(flags.source.path, *judged);
  if (!flags.html.empty()) {
    const absl::Status written =
        WriteFiles({{flags.html, HtmlHistoryReport(finding)}});
    if (!written.ok()) return ReportBadInput(written);
  }
  TerminalOptions options;
  options.color = isatty(STDOUT_FILENO) != 0;
  const std::vector<Fact> facts = {
      {"recording", absl::StrCat(flags.source.path, ", ", judged->operations,
                                 " operations")}};
  std::fputs(HistoryReport(finding, facts, options).c_str(), stdout);
  return kNothingFound;
}

int RunShow(const ShowFlags& flags) {
  if (!flags.html.empty() && !flags.test.empty() &&
      Resolved(flags.html) == Resolved(flags.test)) {
    return ReportBadInput(absl::InvalidArgumentError(
        absl::StrCat("--html and --test: expected two files, found ",
                     flags.html, " and ", flags.test)));
  }
  const std::string target =
      flags.target.empty() ? TargetOfFolder(flags.source.path) : flags.target;
  if (!target.empty() && !HasProgram(target)) {
    return ShowTargetInput(flags, target);
  }
  if (target.empty() && IsNamedAsRecording(flags.source.path)) {
    return ShowRecording(flags);
  }
  const bool writes = !flags.html.empty() || !flags.test.empty();
  if (flags.source.map.empty() && !writes &&
      (target == "program_interleavings" ||
       !ReadFindingOrInput(flags.source.path, "").ok())) {
    return ShowInput(flags, target);
  }
  const absl::StatusOr<Replayed> replayed = Replay(flags.source);
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

}  // namespace

void AddShowCommand(CLI::App& app, int& status) {
  const auto flags = std::make_shared<ShowFlags>();
  CLI::App* const command = AddFindingCommand(
      app, "show", "Explains a finding or an input", flags->source);
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

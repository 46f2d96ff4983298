// `mortsafe minimize`: makes a finding as small as it gets.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "harness/cli/commands.h"
#include "harness/cli/driver_output.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/files.h"
#include "harness/cli/finding_builder.h"
#include "harness/cli/finding_command.h"
#include "harness/cli/interruption.h"
#include "harness/cli/validators.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"
#include "harness/report/finding_folder.h"
#include "harness/report/wording.h"

namespace mortsafe {
namespace {

struct MinimizeFlags {
  FindingSource source;
  std::string out = "findings";
  std::string resume;
};

// How far an earlier run came, if it still shows what it promises; nothing if
// there is no such run.
absl::StatusOr<std::optional<Replayed>> ReplayProgress(
    const MinimizeFlags& flags) {
  std::error_code error;
  const std::filesystem::path progress(flags.resume);
  if (flags.resume.empty() ||
      !std::filesystem::exists(progress / "meta.json", error)) {
    return std::nullopt;
  }
  const absl::StatusOr<Finding> input =
      ReadFindingOrInput(flags.source.path, flags.source.map);
  if (!input.ok()) return input.status();
  absl::StatusOr<Replayed> replayed = Replay({flags.resume, ""});
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
void KeepProgress(const MinimizeFlags& flags, const Finding& saved,
                  const Finding& smaller) {
  if (flags.resume.empty()) return;
  Finding progress = smaller;
  KeepOrigin(saved, progress);
  (void)WriteBriefFinding(progress, flags.resume);
}

void ForgetProgress(const MinimizeFlags& flags) {
  std::error_code ignored;
  if (!flags.resume.empty()) std::filesystem::remove_all(flags.resume, ignored);
}

int RunMinimize(const MinimizeFlags& flags) {
  const absl::Status writable = CheckFolderCanBeWritten(flags.out);
  if (!writable.ok()) return ReportBadInput(writable);
  absl::StatusOr<std::optional<Replayed>> progress = ReplayProgress(flags);
  if (!progress.ok()) return ReportBadInput(progress.status());
  const absl::StatusOr<Replayed> replayed =
      progress->has_value() ? **std::move(progress) : Replay(flags.source);
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

}  // namespace

void AddMinimizeCommand(CLI::App& app, int& status) {
  const auto flags = std::make_shared<MinimizeFlags>();
  CLI::App* const command = AddFindingCommand(
      app, "minimize", "Shrinks a finding, keeping what it shows",
      flags->source);
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

}  // namespace mortsafe

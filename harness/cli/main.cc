// `mortsafe`: hunts values that come back from the dead. Each subcommand is a
// file of its own beside this one.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "harness/base/check.h"
#include "harness/cli/commands.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/finding_builder.h"

namespace mortsafe {
namespace {

// The first word of a command line must be a command.
absl::Status CheckCommand(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return absl::OkStatus();
  std::string names;
  for (const CLI::App* const command : app.get_subcommands(nullptr)) {
    if (command->get_name() == argv[1]) return absl::OkStatus();
    absl::StrAppend(&names, names.empty() ? "" : ", ", command->get_name());
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown command '", argv[1], "'; expected one of ", names));
}

// What was printed must have arrived.
int CheckOutput(int status) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  std::fputs("mortsafe: standard output cannot be written\n", stderr);
  return kHarnessErrorExitStatus;
}

int Main(int argc, char** argv) {
  SetProgramPath(argv[0]);
  CLI::App app(
      "Drives concurrent maps with generated programs under generated thread\n"
      "schedules, and checks what every client saw.\n"
      "Exit status: 0 nothing found, 1 found a fault in the map, 2 bad usage "
      "or\n"
      "unreadable input, 3 an error of Mortsafe's own.",
      "mortsafe");
  app.require_subcommand(1);
  app.set_version_flag("--version",
                       "mortsafe " MORTSAFE_VERSION " (" MORTSAFE_BUILD ")");
  int status = kNothingFound;
  AddMapsCommand(app, status);
  AddHuntCommand(app, status);
  AddExploreCommand(app, status);
  AddVerifyCommand(app, status);
  AddCheckCommand(app, status);
  AddStressCommand(app, status);
  AddReplayCommand(app, status);
  AddMinimizeCommand(app, status);
  AddShowCommand(app, status);
  AddVerdictCommand(app, status);
  const absl::Status known = CheckCommand(app, argc, argv);
  if (!known.ok()) return ReportBadInput(known);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return CheckOutput(app.exit(error));
    return ReportBadInput(absl::InvalidArgumentError(
        std::string(error.what()) + " (mortsafe --help tells more)"));
  }
  return CheckOutput(status);
}

}  // namespace

}  // namespace mortsafe

// What CLI11 throws is caught; running out of memory may end the program.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) { return mortsafe::Main(argc, argv); }

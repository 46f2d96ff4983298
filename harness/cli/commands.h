// The subcommands of `mortsafe`. Each adds itself, with its flags and help, to
// the command line and writes the exit status of its run into `status`.

#ifndef MORTSAFE_HARNESS_CLI_COMMANDS_H_
#define MORTSAFE_HARNESS_CLI_COMMANDS_H_

#include <CLI/CLI.hpp>

#include "absl/status/status.h"

namespace mortsafe {

void AddMapsCommand(CLI::App& app, int& status);
void AddHuntCommand(CLI::App& app, int& status);
void AddExploreCommand(CLI::App& app, int& status);
void AddVerifyCommand(CLI::App& app, int& status);
void AddCheckCommand(CLI::App& app, int& status);
void AddStressCommand(CLI::App& app, int& status);
void AddReplayCommand(CLI::App& app, int& status);
void AddMinimizeCommand(CLI::App& app, int& status);
void AddShowCommand(CLI::App& app, int& status);
void AddVerdictCommand(CLI::App& app, int& status);

// Prints the error as one line on standard error; returns kBadInput.
int ReportBadInput(const absl::Status& error);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_COMMANDS_H_

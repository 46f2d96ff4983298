// `mortsafe replay`: runs a finding again.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "absl/status/statusor.h"
#include "harness/cli/commands.h"
#include "harness/cli/driver_output.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/finding_command.h"
#include "harness/history/history.h"
#include "harness/history/text.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/schedule_strategy.h"
#include "harness/hunt/spec_memory.h"
#include "harness/program/input.h"

namespace mortsafe {
namespace {

struct ReplayFlags {
  FindingSource source;
  bool history = false;
};

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

int RunReplay(const ReplayFlags& flags) {
  const absl::StatusOr<Replayed> replayed = Replay(flags.source);
  if (!replayed.ok()) return ReportBadInput(replayed.status());
  if (flags.history) return RunReplayHistory(*replayed);
  if (!replayed->observation.has_value()) {
    return SayNothingWrong(*replayed, stdout);
  }
  SayWhatIsMissing(*replayed, stdout);
  PrintReport(Retell(*replayed));
  return kFound;
}

}  // namespace

void AddReplayCommand(CLI::App& app, int& status) {
  const auto flags = std::make_shared<ReplayFlags>();
  CLI::App* const command = AddFindingCommand(
      app, "replay", "Runs a finding again and explains it", flags->source);
  command->add_flag("--history", flags->history,
                    "Print the history alone, as JSON Lines");
  command->callback([flags, &status] { status = RunReplay(*flags); });
}

}  // namespace mortsafe

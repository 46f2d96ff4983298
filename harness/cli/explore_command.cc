// `mortsafe explore`: every interleaving of one program.

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/cli/commands.h"
#include "harness/cli/driver_output.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/files.h"
#include "harness/cli/interruption.h"
#include "harness/cli/numbers.h"
#include "harness/cli/validators.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/isolated_exploration.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

using Clock = std::chrono::steady_clock;

struct ExploreFlags {
  std::string map = "read-dirty";
  std::string program;
  std::string memory = "sc";
  std::optional<uint64_t> max_executions;
  std::optional<uint32_t> preemptions;
  std::string out = "findings";
  bool json = false;
};

struct Exploration {
  SubjectChoice subject;
  Program program;
};

absl::StatusOr<Exploration> MakeExploration(const ExploreFlags& flags) {
  const absl::StatusOr<SubjectChoice> subject = FindSubject(flags.map);
  if (!subject.ok()) return subject.status();
  const absl::StatusOr<Program> program = ReadProgramArgument(flags.program);
  if (!program.ok()) return program.status();
  absl::Status offered = CheckOffered(*program, *subject->subject);
  if (!offered.ok()) return offered;
  return Exploration{*subject, *program};
}

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string ProgressText(uint64_t executions, double seconds) {
  return absl::StrFormat("%5.1f s  %s executions  %s/s", seconds,
                         WithCommas(executions),
                         WithCommas(PerSecond(executions, seconds)));
}

// What was shown, where nothing was found.
std::string Summary(const Exploration& exploration,
                    const IsolatedExploration& explored,
                    const ExploreFlags& flags) {
  const std::string name = exploration.subject.Name();
  if (explored.interrupted) {
    return "Nothing found until the interruption, and not everything tried.";
  }
  if (explored.endless) {
    return absl::StrFormat(
        "Nothing found, and not everything tried: %s goes round in circles "
        "under schedules that are not fair, so that there is no end to them.",
        name);
  }
  if (explored.cut && explored.executions != flags.max_executions) {
    return absl::StrFormat(
        "Nothing found in any interleaving of this program on %s with at most "
        "%d pre-emptions, under sequentially consistent memory; there are "
        "others.",
        name, *flags.preemptions);
  }
  if (!explored.complete) {
    return "Nothing found, and not everything tried: the limit was reached.";
  }
  return absl::StrFormat(
      "Shown: every interleaving of this program on %s, under sequentially "
      "consistent memory, gives a linearizable history.",
      name);
}

int RunExplore(const ExploreFlags& flags) {
  const absl::Status offered = ExhaustiveIsOffered();
  if (!offered.ok() && !flags.preemptions.has_value()) {
    return ReportBadInput(absl::FailedPreconditionError(absl::StrCat(
        offered.message(), ", or bound pre-emptions (--preemptions)")));
  }
  const absl::StatusOr<Exploration> exploration = MakeExploration(flags);
  if (!exploration.ok()) return ReportBadInput(exploration.status());
  const absl::Status writable = CheckFolderCanBeWritten(flags.out);
  if (!writable.ok()) return ReportBadInput(writable);
  std::optional<Interruption> interruption(std::in_place);
  std::FILE* const people = flags.json ? stderr : stdout;
  std::fprintf(people, "Exploring %s: %s\n",
               exploration->subject.Name().c_str(),
               ToOneLine(exploration->program).c_str());
  std::fflush(people);
  const Clock::time_point start = Clock::now();
  ProgressPrinter printer;
  const IsolatedExploration explored = ExploreInChild(
      exploration->subject, exploration->program,
      {.max_executions =
           flags.max_executions.value_or(std::numeric_limits<uint64_t>::max()),
       .max_preemptions = flags.preemptions,
       .stop = interruption->flag(),
       .on_progress = [&](uint64_t executions) {
         const double seconds = SecondsSince(start);
         printer.Print(seconds, ProgressText(executions, seconds));
       }});
  interruption.reset();
  printer.Finish();
  const double seconds = SecondsSince(start);

  nlohmann::ordered_json document = DriverDocument(
      exploration->subject, explored.executions, seconds, explored.complete);
  document["blocked"] = explored.blocked;
  if (explored.cut) document["preemption_bound"] = *flags.preemptions;
  int status = kNothingFound;
  if (explored.observation.has_value()) {
    Finding finding = MakeMinimizedFinding(
        exploration->subject, exploration->program, *explored.observation);
    finding.executions_to_find = explored.executions_to_find;
    finding.strategy = "exhaustive";
    status = TellFinding(finding, flags.out, people, document);
    if (status != kFound) return status;
  } else {
    std::fprintf(people, "  %s\n%s\n",
                 ProgressText(explored.executions, seconds).c_str(),
                 Summary(*exploration, explored, flags).c_str());
  }
  if (flags.json) std::fprintf(stdout, "%s\n", document.dump(2).c_str());
  return status;
}

}  // namespace

void AddExploreCommand(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand(
      "explore", "Every interleaving of one program, none twice");
  const auto flags = std::make_shared<ExploreFlags>();
  command
      ->add_option("--map", flags->map, "NAME or NAME:DEFECT (mortsafe maps)")
      ->capture_default_str();
  command
      ->add_option("--program", flags->program,
                   "A file, or the text of a program")
      ->check(NotEmpty())
      ->required();
  command->add_option("--memory", flags->memory, "Memory model")
      ->check(CLI::IsMember({"sc"}))
      ->capture_default_str();
  command
      ->add_option("--max-executions", flags->max_executions,
                   "Give up after so many")
      ->check(WholeNumber());
  command
      ->add_option("--preemptions", flags->preemptions,
                   "Only interleavings in which at most so many times a thread "
                   "that could go on is made to wait; nothing is reduced")
      ->check(CLI::Range(0, 1000));
  command->add_option("--out", flags->out, "Where findings are written")
      ->check(NotEmpty())
      ->capture_default_str();
  command->add_flag("--json", flags->json,
                    "One JSON document on standard output");
  command->callback([flags, &status] { status = RunExplore(*flags); });
}

}  // namespace mortsafe

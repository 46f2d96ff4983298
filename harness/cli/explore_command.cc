// `mortsafe explore`: every execution of one program.

#include <CLI/CLI.hpp>
#include <atomic>
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
#include "harness/cli/program_identity.h"
#include "harness/cli/validators.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/isolated_exploration.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

using Clock = std::chrono::steady_clock;

struct ExploreFlags {
  std::string map = "read-dirty";
  std::string program;
  std::string memory = "sc";
  std::optional<uint64_t> max_executions;
  std::optional<uint32_t> preemptions;
  int workers = 1;
  std::string resume;
  std::string out = "findings";
  bool json = false;
};

struct Exploration {
  SubjectChoice subject;
  MemoryModel memory = MemoryModel::kSc;
  Program program;
};

absl::StatusOr<Exploration> MakeExploration(const ExploreFlags& flags) {
  const absl::StatusOr<MemoryModel> memory = OfferedMemory(flags.memory);
  if (!memory.ok()) return memory.status();
  if (*memory != MemoryModel::kSc && flags.preemptions.has_value()) {
    return absl::InvalidArgumentError(
        "--preemptions: expected --memory sc, which alone can be bounded so");
  }
  const absl::Status exhaustive = ExhaustiveIsOffered();
  if (!exhaustive.ok() && !flags.preemptions.has_value()) {
    return absl::FailedPreconditionError(absl::StrCat(
        exhaustive.message(), ", or bound pre-emptions (--preemptions)"));
  }
  const absl::StatusOr<SubjectChoice> subject = FindScheduledSubject(flags.map);
  if (!subject.ok()) return subject.status();
  const absl::StatusOr<Program> program = ReadProgramArgument(flags.program);
  if (!program.ok()) return program.status();
  absl::Status offered = CheckOffered(*program, *subject->subject);
  if (!offered.ok()) return offered;
  return Exploration{*subject, *memory, *program};
}

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// So many executions in all, and so many in these seconds.
std::string ProgressText(uint64_t executions, uint64_t recent, double seconds) {
  return absl::StrFormat("%5.1f s  %s executions  %s/s", seconds,
                         WithCommas(executions),
                         WithCommas(PerSecond(recent, seconds)));
}

// What was shown, where nothing was found.
std::string Summary(const Exploration& exploration,
                    const IsolatedExploration& explored,
                    const ExploreFlags& flags) {
  const std::string name = exploration.subject.Name();
  if (explored.interrupted) {
    return absl::StrCat(
        "Nothing found until the interruption, and not everything tried",
        flags.resume.empty()
            ? "."
            : absl::StrCat("; --resume ", flags.resume, " goes on."));
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
        "%d pre-emptions, %s; there are others.",
        name, *flags.preemptions, MemoryText(exploration.memory));
  }
  if (!explored.complete) {
    return absl::StrCat(
        "Nothing found, and not everything tried: the limit was reached",
        flags.resume.empty()
            ? "."
            : absl::StrCat("; --resume ", flags.resume, " goes on."));
  }
  return absl::StrFormat(
      "Shown: every %s of this program on %s, %s, gives a linearizable "
      "history.",
      exploration.memory == MemoryModel::kSc ? "interleaving" : "execution",
      name, MemoryText(exploration.memory));
}

absl::StatusOr<IsolatedExploration> Explore(
    const Exploration& exploration, const ExploreFlags& flags,
    const IsolatedExplorationOptions& options) {
  if (flags.resume.empty()) {
    return ExploreInChildren(exploration.subject, exploration.program, options);
  }
  return ExploreInChildren(
      exploration.subject, exploration.program, options,
      {.path = flags.resume, .program = ProgramIdentity()});
}

// Tells people, and writes what was found; returns the exit status.
int Tell(const Exploration& exploration, const IsolatedExploration& explored,
         const ExploreFlags& flags, double seconds, std::FILE* people,
         const std::atomic<bool>* stop) {
  nlohmann::ordered_json document =
      DriverDocument(exploration.subject, exploration.memory,
                     explored.executions, seconds, explored.complete);
  document["blocked"] = explored.blocked;
  if (explored.cut) document["preemption_bound"] = *flags.preemptions;
  int status = kNothingFound;
  if (explored.observation.has_value()) {
    Finding finding = MakeMinimizedFinding(
        exploration.subject, exploration.program, *explored.observation, stop);
    finding.executions_to_find = explored.executions_to_find;
    finding.strategy = "exhaustive";
    TellFinding(finding, flags.out, people, document);
    status = kFound;
  } else {
    std::fprintf(
        people, "  %s\n%s\n",
        ProgressText(explored.executions, explored.executions, seconds).c_str(),
        Summary(exploration, explored, flags).c_str());
  }
  if (flags.json) std::fprintf(stdout, "%s\n", document.dump(2).c_str());
  return status;
}

int RunExplore(const ExploreFlags& flags) {
  const absl::StatusOr<Exploration> exploration = MakeExploration(flags);
  if (!exploration.ok()) return ReportBadInput(exploration.status());
  const absl::Status writable = CheckFolderCanBeWritten(flags.out);
  if (!writable.ok()) return ReportBadInput(writable);
  const Interruption interruption;
  std::FILE* const people = flags.json ? stderr : stdout;
  // Not before it is sure that nothing has to be refused.
  auto announce = [&, announced = false]() mutable {
    if (std::exchange(announced, true)) return;
    std::fprintf(people, "Exploring %s: %s\n",
                 exploration->subject.Name().c_str(),
                 ToOneLine(exploration->program).c_str());
    std::fflush(people);
  };
  const Clock::time_point start = Clock::now();
  ProgressPrinter printer;
  const absl::StatusOr<IsolatedExploration> result = Explore(
      *exploration, flags,
      {.memory = exploration->memory,
       .max_executions =
           flags.max_executions.value_or(std::numeric_limits<uint64_t>::max()),
       .max_preemptions = flags.preemptions,
       .workers = flags.workers,
       .stop = interruption.flag(),
       .on_progress = [&](uint64_t executions, uint64_t resumed) {
         announce();
         const double seconds = SecondsSince(start);
         printer.Print(seconds,
                       ProgressText(executions, executions - resumed, seconds));
       }});
  printer.Finish();
  if (!result.ok()) return ReportBadInput(result.status());
  if (!result->refusal.empty()) {
    return ReportBadInput(absl::FailedPreconditionError(
        absl::StrCat(exploration->subject.Name(), ": ", result->refusal)));
  }
  announce();
  return Tell(*exploration, *result, flags,
              result->resumed_seconds + SecondsSince(start), people,
              interruption.flag());
}

}  // namespace

void AddExploreCommand(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand(
      "explore", "Every execution of one program, none twice");
  const auto flags = std::make_shared<ExploreFlags>();
  flags->workers = DefaultWorkers();
  command
      ->add_option("--map", flags->map, "NAME or NAME:DEFECT (mortsafe maps)")
      ->capture_default_str();
  command
      ->add_option("--program", flags->program,
                   "A file, or the text of a program")
      ->check(NotEmpty())
      ->required();
  AddMemoryOption(*command, flags->memory);
  command
      ->add_option("--max-executions", flags->max_executions,
                   "Give up after so many; those that are begun and given up, "
                   "as they could only repeat others, do not count")
      ->check(WholeNumber());
  CLI::Option* const preemptions =
      command
          ->add_option("--preemptions", flags->preemptions,
                       "Only interleavings in which at most so many times a "
                       "thread that could go on is made to wait; nothing is "
                       "reduced, and one process does it")
          ->check(CLI::Range(0, 1000));
  CLI::Option* const resume =
      command
          ->add_option("--resume", flags->resume,
                       "A file that progress is kept in, and taken up from "
                       "by the same build with the same options")
          ->check(NotEmpty());
  preemptions->excludes(resume);
  command->add_option("--workers", flags->workers, "Worker processes")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--out", flags->out, "Where findings are written")
      ->check(NotEmpty())
      ->capture_default_str();
  command->add_flag("--json", flags->json,
                    "One JSON document on standard output");
  command->callback([flags, &status] { status = RunExplore(*flags); });
}

}  // namespace mortsafe

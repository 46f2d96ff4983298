// `mortsafe hunt`: the main job.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "harness/base/operation_kind.h"
#include "harness/cli/commands.h"
#include "harness/cli/driver_output.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/files.h"
#include "harness/cli/interruption.h"
#include "harness/cli/numbers.h"
#include "harness/cli/strategy_text.h"
#include "harness/cli/validators.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/hunt.h"
#include "harness/hunt/portfolio.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

constexpr double kDefaultSeconds = 60;

struct HuntFlags {
  std::string map = "read-dirty";
  std::optional<double> seconds;
  std::optional<uint64_t> executions;
  std::string strategy;
  int threads = 3;
  int operations = 3;
  int keys = 2;
  std::string memory = "sc";
  std::optional<uint64_t> seed;
  std::string program;
  std::string out = "findings";
  int workers = 1;
  bool json = false;
};

absl::StatusOr<HuntOptions> MakeOptions(const HuntFlags& flags) {
  HuntOptions options;
  const absl::StatusOr<MemoryModel> memory = OfferedMemory(flags.memory);
  if (!memory.ok()) return memory.status();
  options.memory = *memory;
  absl::StatusOr<SubjectChoice> subject = FindScheduledSubject(flags.map);
  if (!subject.ok()) return subject.status();
  options.subject = *subject;
  options.bounds = {.threads = flags.threads,
                    .operations = flags.operations,
                    .keys = flags.keys,
                    .initial = 3,
                    .operations_offered = subject->subject->operations};
  if (!flags.program.empty()) {
    absl::StatusOr<Program> program = ReadProgramArgument(flags.program);
    if (!program.ok()) return program.status();
    absl::Status offered = CheckOffered(*program, *subject->subject);
    if (!offered.ok()) return offered;
    options.program = *std::move(program);
  }
  for (const ScheduleMode mode : kSeededModes) {
    if (flags.strategy == StrategyName(mode)) options.strategy = mode;
  }
  options.sweeps = flags.program.empty() && flags.strategy.empty() &&
                   ExhaustiveIsOffered().ok();
  options.seed = flags.seed.has_value()
                     ? *flags.seed
                     : std::random_device()();  // Drawn once, and printed.
  options.executions = flags.executions;
  options.seconds = flags.seconds;
  if (!flags.executions.has_value() && !flags.seconds.has_value()) {
    options.seconds = kDefaultSeconds;
  }
  options.workers = flags.workers;
  return options;
}

std::string ProgressText(const HuntProgress& progress) {
  return absl::StrFormat(
      "%5.1f s  %s executions  %s/s  coverage: %s switch pairs",
      progress.seconds, WithCommas(progress.executions),
      WithCommas(PerSecond(progress.executions, progress.seconds)),
      WithCommas(progress.coverage));
}

// "1,000 executions", "60 s", "1,000 executions or 60 s"
std::string BudgetText(const HuntOptions& options) {
  std::vector<std::string> budgets;
  if (options.executions.has_value()) {
    budgets.push_back(
        absl::StrCat(WithCommas(*options.executions), " executions"));
  }
  if (options.seconds.has_value()) {
    budgets.push_back(absl::StrFormat("%g s", *options.seconds));
  }
  return absl::StrJoin(budgets, " or ");
}

void PrintHeadline(const HuntFlags& flags, const HuntOptions& options,
                   std::FILE* out) {
  const std::string programs =
      options.program.has_value()
          ? "one program: " + ToOneLine(*options.program)
          : absl::StrFormat(
                "programs of up to %d threads x %d operations x %d keys",
                flags.threads, flags.operations, flags.keys);
  std::fprintf(out, "Hunting in %s for %s: %s;%s seed %s, build %s\n",
               options.subject.Name().c_str(), BudgetText(options).c_str(),
               programs.c_str(),
               options.memory == MemoryModel::kSc ? "" : " memory c11,",
               absl::StrCat(options.seed).c_str(), MORTSAFE_BUILD);
  std::string operations;
  for (const OperationKind kind : kAllOperationKinds) {
    if (!options.subject.subject->operations.Has(kind)) continue;
    absl::StrAppend(&operations, operations.empty() ? "" : ", ", ApiName(kind));
  }
  std::fprintf(out, "Operations: %s\n", operations.c_str());
  std::fprintf(out, "  Strategy: %s%s.\n",
               options.sweeps ? "every execution of the smallest programs, "
                                "then "
                              : "",
               StrategyText(options.strategy).c_str());
  std::fflush(out);
}

// `executions`: with the one that found it.
Finding MakeFinding(const HuntOptions& options, const HuntFinding& found,
                    uint64_t executions) {
  Finding finding = MakeMinimizedFinding(options.subject, found.input.program,
                                         found.observation, options.stop);
  finding.seed = options.seed;
  finding.executions_to_find = executions;
  finding.strategy = found.swept
                         ? "exhaustive"
                         : std::string(StrategyName(found.input.schedule.mode));
  return finding;
}

nlohmann::ordered_json CountsJson(const HuntProgress& progress) {
  nlohmann::ordered_json counts = {{"exhaustive", progress.swept}};
  for (size_t i = 0; i < kPortfolio.size(); ++i) {
    counts[std::string(StrategyName(kPortfolio[i]))] = progress.by_strategy[i];
  }
  return counts;
}

// What the sweep showed, in a line; empty if nothing.
std::string ShownText(int keys, MemoryModel memory) {
  if (keys == 0) return "";
  const bool weak = memory != MemoryModel::kSc;
  return absl::StrCat(
      "  Shown: nothing is wrong in any ", weak ? "execution" : "interleaving",
      " of two operations on ", keys == 1 ? "one key" : "up to two keys",
      " (mortsafe verify --threads 2 --ops 1 --keys ", keys,
      weak ? " --memory c11" : "", " says exactly what).\n");
}

int RunHunt(const HuntFlags& flags) {
  absl::StatusOr<HuntOptions> options = MakeOptions(flags);
  if (!options.ok()) return ReportBadInput(options.status());
  const absl::Status writable = CheckFolderCanBeWritten(flags.out);
  if (!writable.ok()) return ReportBadInput(writable);
  const Interruption interruption;
  options->stop = interruption.flag();
  // People's text makes room for the document.
  std::FILE* const people = flags.json ? stderr : stdout;
  PrintHeadline(flags, *options, people);
  ProgressPrinter printer;
  options->on_progress = [&](const HuntProgress& progress) {
    printer.Print(progress.seconds, ProgressText(progress));
  };
  const HuntResult result = Hunt(*options);
  printer.Finish();
  if (!result.refused.ok()) return ReportBadInput(result.refused);

  nlohmann::ordered_json document = DriverDocument(
      options->subject, options->memory, result.progress.executions,
      result.progress.seconds, false);
  document["seed"] = options->seed;
  document["strategies"] = CountsJson(result.progress);
  int status = kNothingFound;
  if (result.finding.has_value()) {
    Finding finding =
        MakeFinding(*options, *result.finding, result.progress.executions);
    TellFinding(finding, flags.out, people, document);
    status = kFound;
    std::fprintf(people, "Found by %s, after %s executions\n",
                 finding.strategy.c_str(), CountsText(result.progress).c_str());
  } else {
    // How much the other workers covered before a finding is a matter of speed.
    document["coverage"] = result.progress.coverage;
    std::fprintf(people, "  %s\n  By strategy: %s\n%sNothing found%s.\n",
                 ProgressText(result.progress).c_str(),
                 CountsText(result.progress).c_str(),
                 ShownText(result.keys_shown, options->memory).c_str(),
                 result.interrupted ? " until the interruption" : "");
  }
  if (flags.json) std::fprintf(stdout, "%s\n", document.dump(2).c_str());
  return status;
}

}  // namespace

void AddHuntCommand(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand(
      "hunt",
      "Generated programs under generated schedules, until the budget "
      "is spent or something is found");
  const auto flags = std::make_shared<HuntFlags>();
  flags->workers = DefaultWorkers();
  command
      ->add_option("--map", flags->map, "NAME or NAME:DEFECT (mortsafe maps)")
      ->capture_default_str();
  command
      ->add_option(
          "--seconds", flags->seconds,
          "Budget in seconds; none by default if --executions is given. "
          "After a leak or a broken invariant up to 200,000 executions more "
          "look for something that a client sees")
      ->check(Seconds())
      ->default_str(absl::StrCat(kDefaultSeconds));
  command
      ->add_option("--executions", flags->executions,
                   "Budget in executions: exactly so many, unless something "
                   "is found or --seconds, if given too, are over; without "
                   "--seconds the result is the same, with one build, on every "
                   "machine")
      ->check(WholeNumber());
  command
      ->add_option("--strategy", flags->strategy,
                   "How schedules are drawn: a random walk; PCT, which shows "
                   "a bug of depth d among n threads and k choices with "
                   "probability at least 1/(n*k^(d-1)); partial order sampling;"
                   " a selectively uniform random walk; by default every "
                   "interleaving of the smallest programs, then a portfolio of "
                   "all four, whose shares follow what each finds new")
      ->check(CLI::IsMember({"random", "pct", "pos", "surw"}));
  CLI::Option* const threads =
      command
          ->add_option("--threads", flags->threads, "At most so many threads")
          ->check(CLI::Range(1, kMaxThreads))
          ->capture_default_str();
  CLI::Option* const operations =
      command
          ->add_option("--ops", flags->operations,
                       "At most so many operations per thread")
          ->check(CLI::Range(1, kMaxOperationsPerThread))
          ->capture_default_str();
  CLI::Option* const keys =
      command->add_option("--keys", flags->keys, "At most so many keys")
          ->check(CLI::Range(1, kMaxKeys))
          ->capture_default_str();
  AddMemoryOption(*command, flags->memory);
  command
      ->add_option("--seed", flags->seed,
                   "Same seed, same hunt; drawn and printed by default")
      ->check(WholeNumber());
  command
      ->add_option("--program", flags->program,
                   "A file, or the text of a program, to hunt with")
      ->check(NotEmpty())
      ->excludes(threads, operations, keys);
  command->add_option("--out", flags->out, "Where findings are written")
      ->check(NotEmpty())
      ->capture_default_str();
  command->add_option("--workers", flags->workers, "Worker processes")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_flag("--json", flags->json,
                    "One JSON document on standard output; its \"complete\" is "
                    "always false, as a hunt samples");
  command->callback([flags, &status] { status = RunHunt(*flags); });
}

}  // namespace mortsafe

// `mortsafe verify`: every program within bounds, in every execution.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "harness/cli/commands.h"
#include "harness/cli/driver_output.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/files.h"
#include "harness/cli/interruption.h"
#include "harness/cli/numbers.h"
#include "harness/cli/program_identity.h"
#include "harness/cli/progress_command.h"
#include "harness/cli/validators.h"
#include "harness/cli/verify_summary.h"
#include "harness/hunt/checkpoint.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/verify.h"
#include "harness/program/enumerate.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

struct VerifyFlags {
  std::string map = "read-dirty";
  int threads = 2;
  int operations = 2;
  int keys = 2;
  bool every_kind = false;
  std::string memory = "sc";
  std::string resume;
  std::string shard;
  std::string out = "findings";
  int workers = 1;
  bool progress = false;
  bool json = false;
};

absl::Status SetShard(const std::string& text, VerifyOptions& options) {
  if (text.empty()) return absl::OkStatus();
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  uint64_t number = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &number) ||
      !absl::SimpleAtoi(parts[1], &options.shard_count) || number == 0 ||
      number > options.shard_count) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--shard: expected I/N with 1 <= I <= N, found '", text, "'"));
  }
  options.shard = number - 1;
  return absl::OkStatus();
}

absl::StatusOr<VerifyOptions> MakeOptions(const VerifyFlags& flags) {
  VerifyOptions options;
  const absl::StatusOr<MemoryModel> memory = OfferedMemory(flags.memory);
  if (!memory.ok()) return memory.status();
  options.memory = *memory;
  const absl::StatusOr<SubjectChoice> subject = FindScheduledSubject(flags.map);
  if (!subject.ok()) return subject.status();
  options.subject = *subject;
  options.threads = flags.threads;
  options.operations = flags.operations;
  options.keys = flags.keys;
  options.use_covered = !flags.every_kind;
  options.workers = flags.workers;
  if (!flags.resume.empty()) {
    const absl::StatusOr<Checkpoint> saved = ReadCheckpoint(flags.resume);
    if (!saved.ok() && !absl::IsNotFound(saved.status())) return saved.status();
  }
  options.checkpoint = flags.resume;
  options.program = ProgramIdentity();
  absl::Status shard = SetShard(flags.shard, options);
  if (!shard.ok()) return shard;
  return options;
}

// "1 h 02 min", "3 min 20 s", "12 s"
std::string DurationText(double seconds) {
  const auto whole = static_cast<uint64_t>(seconds);
  if (whole >= 3600) {
    return absl::StrFormat("%d h %02d min", whole / 3600, whole % 3600 / 60);
  }
  if (whole >= 60) {
    return absl::StrFormat("%d min %02d s", whole / 60, whole % 60);
  }
  return absl::StrCat(whole, " s");
}

std::string CountsText(const VerifyCounts& counts) {
  return absl::StrFormat("%s programs  %s with initial states  %s executions",
                         WithCommas(counts.programs), WithCommas(counts.starts),
                         WithCommas(counts.executions));
}

std::string ProgressText(const VerifyProgress& progress, uint64_t resumed) {
  const double now = progress.done - progress.resumed;
  const uint64_t executions = progress.counts.executions -
                              std::min(resumed, progress.counts.executions);
  std::string text =
      absl::StrFormat("%5.1f s  %4.1f %%  %s  %s/s", progress.seconds,
                      100 * progress.done, CountsText(progress.counts),
                      WithCommas(PerSecond(executions, progress.seconds)));
  if (now > 0) {
    absl::StrAppend(&text, "  ",
                    DurationText(progress.seconds * (1 - progress.done) / now),
                    " left");
  }
  return text;
}

void PrintHeadline(const VerifyOptions& options, std::FILE* out) {
  std::fprintf(out,
               "Verifying %s: every program of %d threads x %d operations x %d "
               "keys%s, build %s\n",
               options.subject.Name().c_str(), options.threads,
               options.operations, options.keys,
               options.memory == MemoryModel::kSc ? "" : ", memory c11",
               MORTSAFE_BUILD);
  std::fflush(out);
}

int RunVerify(const VerifyFlags& flags) {
  const absl::Status offered = ExhaustiveIsOffered();
  if (!offered.ok()) return ReportBadInput(offered);
  absl::StatusOr<VerifyOptions> options = MakeOptions(flags);
  if (!options.ok()) return ReportBadInput(options.status());
  const absl::Status writable = CheckFolderCanBeWritten(flags.out);
  if (!writable.ok()) return ReportBadInput(writable);
  if (flags.progress) return RunProgress(*options, flags.out, flags.json);
  const Interruption interruption;
  options->stop = interruption.flag();
  std::FILE* const people = flags.json ? stderr : stdout;
  PrintHeadline(*options, people);
  ProgressPrinter printer;
  // What other runs counted is no part of this one's rate.
  uint64_t resumed = 0;
  bool first = true;
  options->on_progress = [&](const VerifyProgress& progress) {
    if (first) resumed = progress.resumed > 0 ? progress.counts.executions : 0;
    first = false;
    printer.Print(progress.seconds, ProgressText(progress, resumed));
  };
  const absl::StatusOr<VerifyResult> result = Verify(*options);
  printer.Finish();
  if (!result.ok()) return ReportBadInput(result.status());

  nlohmann::ordered_json document = DriverDocument(
      options->subject, options->memory, result->counts.executions,
      result->seconds, result->complete);
  document["programs"] = result->counts.programs;
  document["starts"] = result->counts.starts;
  document["initial_states"] = result->states;
  document["blocked"] = result->counts.blocked;
  document["done"] = result->done;  // What part of this run's share was.
  int status = kNothingFound;
  if (result->finding.has_value()) {
    Finding finding =
        MakeMinimizedFinding(options->subject, result->finding->program,
                             result->finding->observation, options->stop);
    finding.executions_to_find = result->counts.executions;
    finding.strategy = "exhaustive";
    TellFinding(finding, flags.out, people, document);
    status = kFound;
  } else {
    const std::string summary = VerifySummary(*options, *result);
    document["shown"] = result->complete ? summary : "";
    std::fprintf(people, "  %5.1f s  %s\n%s\n", result->seconds,
                 CountsText(result->counts).c_str(), summary.c_str());
  }
  if (flags.json) std::fprintf(stdout, "%s\n", document.dump(2).c_str());
  return status;
}

}  // namespace

void AddVerifyCommand(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand(
      "verify",
      "Every program within bounds, from every initial state, in every "
      "execution");
  const auto flags = std::make_shared<VerifyFlags>();
  flags->workers = DefaultWorkers();
  command
      ->add_option("--map", flags->map, "NAME or NAME:DEFECT (mortsafe maps)")
      ->capture_default_str();
  command->add_option("--threads", flags->threads, "So many threads")
      ->check(CLI::Range(1, kMaxThreads))
      ->capture_default_str();
  command->add_option("--ops", flags->operations, "Operations per thread")
      ->check(CLI::Range(1, kMaxOperationsPerThread))
      ->capture_default_str();
  command->add_option("--keys", flags->keys, "At most so many keys")
      ->check(CLI::Range(1, kMaxEnumeratedKeys))
      ->capture_default_str();
  command->add_flag("--every-kind", flags->every_kind,
                    "Enumerate operations too that stronger ones cover");
  AddMemoryOption(*command, flags->memory);
  CLI::Option* const resume =
      command
          ->add_option("--resume", flags->resume,
                       "A file that progress is kept in, and taken up from "
                       "by the same build with the same options")
          ->check(NotEmpty());
  CLI::Option* const shard =
      command
          ->add_option("--shard", flags->shard,
                       "I/N: only the I-th of N equal parts")
          ->check(NotEmpty());
  command
      ->add_flag("--progress", flags->progress,
                 "Probe for wait-freedom: how many steps each operation takes "
                 "beside the other threads, wherever these stop")
      ->excludes(resume)
      ->excludes(shard);
  command->add_option("--out", flags->out, "Where findings are written")
      ->check(NotEmpty())
      ->capture_default_str();
  command->add_option("--workers", flags->workers, "Worker processes")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_flag("--json", flags->json,
                    "One JSON document on standard output");
  command->callback([flags, &status] { status = RunVerify(*flags); });
}

}  // namespace mortsafe

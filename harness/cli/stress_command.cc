// `mortsafe stress`: real threads, checked while they run.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/base/check.h"
#include "harness/base/violation_kind.h"
#include "harness/cli/commands.h"
#include "harness/cli/driver_output.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/files.h"
#include "harness/cli/finding_builder.h"
#include "harness/cli/interruption.h"
#include "harness/cli/isolated_stress.h"
#include "harness/cli/numbers.h"
#include "harness/cli/validators.h"
#include "harness/history/text.h"
#include "harness/linearize/explain.h"
#include "harness/report/finding.h"
#include "harness/report/finding_folder.h"
#include "harness/report/finding_metadata.h"
#include "harness/report/history_report.h"
#include "harness/report/wording.h"
#include "harness/stress/stress.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

// What a timeline has room for.
constexpr uint64_t kMostTimed = uint64_t{1} << 20;

struct StressFlags {
  std::string map = "read-dirty";
  double seconds = 60;
  std::optional<uint64_t> operations;
  int threads = 4;
  uint64_t keys = 8;
  uint64_t delay = 100;
  uint64_t operations_per_map = uint64_t{1} << 20;
  double patience = 20;
  std::optional<uint64_t> seed;
  std::string timeline;
  std::string out = "findings";
  bool json = false;
};

absl::StatusOr<StressOptions> MakeOptions(const StressFlags& flags) {
  StressOptions options;
  absl::StatusOr<SubjectChoice> subject = FindSubject(flags.map);
  if (!subject.ok()) return subject.status();
  options.subject = *subject;
  options.threads = flags.threads;
  options.keys = flags.keys;
  options.checkers = static_cast<size_t>(DefaultWorkers());
  options.seconds = flags.seconds;
  options.operations = flags.operations;
  options.operations_per_map = flags.operations_per_map;
  options.delay = flags.delay;
  options.is_timed = !flags.timeline.empty();
  if (options.is_timed) {
    if (*flags.operations > kMostTimed) {
      return absl::InvalidArgumentError(
          absl::StrCat("--timeline: expected at most ", kMostTimed,
                       " --operations, found ", *flags.operations));
    }
    // All on one map.
    options.operations_per_map = std::numeric_limits<uint64_t>::max();
  }
  options.seed = flags.seed.has_value()
                     ? *flags.seed
                     : std::random_device()();  // Drawn once, and printed.
  return options;
}

std::string BudgetText(const StressOptions& options) {
  return options.operations.has_value()
             ? absl::StrCat(WithCommas(*options.operations), " operations")
             : absl::StrFormat("%g s", options.seconds);
}

// "go-sync-map (go1.19.8)"
std::string NameAndVersion(const SubjectChoice& choice) {
  const std::string& version = choice.subject->version;
  return version.empty() ? choice.Name()
                         : absl::StrCat(choice.Name(), " (", version, ")");
}

// "4 threads x 8 keys, a delay before one in 100 accesses"
std::string SetupText(const StressOptions& options) {
  return absl::StrCat(
      options.threads, " threads x ", options.keys, " keys, ",
      options.delay == 0
          ? "no delays"
          : absl::StrCat("a delay before one in ", options.delay, " accesses"));
}

std::string ProgressText(const StressProgress& progress) {
  return absl::StrFormat(
      "%5.1f s  %s operations  %s/s  %s map%s", progress.seconds,
      WithCommas(progress.operations),
      WithCommas(PerSecond(progress.operations, progress.seconds)),
      WithCommas(progress.maps), progress.maps == 1 ? "" : "s");
}

// What finds it again, if the system lets threads run so.
std::string CommandText(const StressOptions& options) {
  return absl::StrCat(ProgramPath(), " stress --map ", options.subject.Name(),
                      " --threads ", options.threads, " --keys ", options.keys,
                      " --delay ", options.delay, " --per-map ",
                      options.operations_per_map, " --seed ", options.seed);
}

// What the test knows of the finding beside the map's own fault.
void AddOrigin(const StressOptions& options, Finding& finding) {
  finding.map = options.subject.subject->name;
  finding.map_header = options.subject.subject->header;
  if (options.subject.defect != nullptr) {
    finding.defect = options.subject.defect->name;
  }
  finding.seed = options.seed;
  finding.strategy = std::string(kStressStrategy);
  finding.memory = "";
  finding.build = MORTSAFE_BUILD;
  finding.version = MORTSAFE_VERSION;
  finding.replay_command = CommandText(options);
}

std::vector<Fact> FactsOf(const StressOptions& options,
                          const IsolatedStress& result) {
  return {
      {"found in",
       absl::StrCat("operation ", WithCommas(result.operations_to_find),
                    ", map ", WithCommas(result.finding->executions_to_find),
                    ", seed ", options.seed)},
      {"stress", absl::StrCat(SetupText(options), " of ",
                              NameAndVersion(options.subject))},
      {"build", absl::StrCat(MORTSAFE_BUILD, ", Mortsafe ", MORTSAFE_VERSION)}};
}

std::string MetadataText(const StressOptions& options,
                         const IsolatedStress& result) {
  auto document =
      nlohmann::ordered_json::parse(FindingMetadata(*result.finding));
  document["operations_to_find"] = result.operations_to_find;
  const std::string& version = options.subject.subject->version;
  if (!version.empty()) document["map_version"] = version;
  document["threads"] = options.threads;
  document["keys"] = options.keys;
  document["delay"] = options.delay;
  document["operations_per_map"] = options.operations_per_map;
  return document.dump(2) + "\n";
}

std::vector<FindingFile> FilesOf(const StressOptions& options,
                                 const IsolatedStress& result) {
  const Finding& finding = *result.finding;
  std::vector<FindingFile> files = {
      {"report.txt",
       HistoryReport(finding, FactsOf(options, result), TerminalOptions())},
      {"meta.json", MetadataText(options, result)}};
  if (!finding.violation.has_value()) return files;
  files.push_back({"history.jsonl", ToJsonLines(finding.history)});
  files.push_back(
      {"witness.jsonl",
       ToJsonLines(Restricted(finding.history, finding.violation->witness))});
  return files;
}

std::string NameOf(const Finding& finding) {
  const std::string told =
      absl::StrCat(finding.sentence, ToJsonLines(finding.history));
  return FindingName(finding, std::vector<uint8_t>(told.begin(), told.end()));
}

// The clients that prove the violation.
size_t WitnessThreads(const Finding& finding) {
  std::set<uint32_t> clients;
  if (!finding.violation.has_value()) return 0;
  for (const size_t operation : finding.violation->witness) {
    clients.insert(finding.history.operations[operation].client);
  }
  return clients.size();
}

// Saves the finding, tells people, and adds it to `document`. Returns the exit
// status.
int Tell(const StressFlags& flags, const StressOptions& options,
         const IsolatedStress& result, std::FILE* people,
         nlohmann::ordered_json& document) {
  const Finding& finding = *result.finding;
  const absl::StatusOr<std::string> folder =
      WriteFindingFiles(NameOf(finding), FilesOf(options, result), flags.out);
  // Told in any case: a finding must not be lost for want of a folder.
  std::fputs(HistoryReport(finding, FactsOf(options, result),
                           {.color = isatty(fileno(people)) != 0})
                 .c_str(),
             people);
  if (!folder.ok()) return ReportBadInput(folder.status());
  std::fprintf(people, "\nWritten to %s\n", folder->c_str());
  document["findings"].push_back(
      {{"kind", std::string(Slug(finding.kind))},
       {"folder", *folder},
       {"executions_to_find", finding.executions_to_find},
       {"operations_to_find", result.operations_to_find},
       {"strategy", finding.strategy},
       {"threads", WitnessThreads(finding)},
       {"operations",
        finding.violation.has_value() ? finding.violation->witness.size() : 0},
       {"sentence", finding.sentence}});
  return kFound;
}

// Writes when each operation was called and returned, and adds which thread of
// the system each client was to `document`.
absl::Status WriteTimeline(const StressFlags& flags,
                           const IsolatedStress& result,
                           nlohmann::ordered_json& document) {
  if (flags.timeline.empty()) return absl::OkStatus();
  History history;
  history.has_initial_client = false;
  nlohmann::ordered_json threads = nlohmann::ordered_json::object();
  for (const Timeline& timeline : result.timelines) {
    const std::vector<HistoryOperation>& operations = timeline.operations;
    threads[absl::StrCat(operations.front().client)] = timeline.thread;
    history.operations.insert(history.operations.end(), operations.begin(),
                              operations.end());
  }
  document["timeline"] = {{"file", flags.timeline},
                          {"clock", "CLOCK_MONOTONIC, ns"},
                          {"threads", std::move(threads)}};
  return WriteFiles({{flags.timeline, ToJsonLines(history)}});
}

nlohmann::ordered_json DocumentOf(const StressOptions& options,
                                  const IsolatedStress& result) {
  const StressProgress& progress = result.progress;
  nlohmann::ordered_json document = {
      {"map", options.subject.Name()},
      {"executions", progress.maps},
      {"operations", progress.operations},
      {"seconds", progress.seconds},
      {"complete", false},
      {"findings", nlohmann::ordered_json::array()},
      {"seed", options.seed},
      {"most_waiting", progress.most_waiting},
      {"verdict_seconds", result.verdict_seconds}};
  const std::string& version = options.subject.subject->version;
  if (!version.empty()) document["version"] = version;
  return document;
}

void PrintSummary(const IsolatedStress& result, std::FILE* people) {
  std::fprintf(people,
               "  %s\n  At most %s records waited to be checked; each map's "
               "verdict was there %.0f ms after its last operation, or "
               "earlier.\n",
               ProgressText(result.progress).c_str(),
               WithCommas(result.progress.most_waiting).c_str(),
               result.verdict_seconds * 1000);
}

// The checker gave up: nothing is known of what followed.
int TellUndecided(const Decision& undecided, std::FILE* people,
                  nlohmann::ordered_json& document) {
  const std::string where = undecided.key.has_value()
                                ? absl::StrCat("under key ", *undecided.key)
                                : "with several keys taken together";
  std::fprintf(people,
               "Undecided: at time %s, %s, there was more than the checker "
               "follows: %s.\n",
               absl::StrCat(undecided.time).c_str(), where.c_str(),
               undecided.bound.c_str());
  document["undecided"] = {{"time", undecided.time},
                           {"bound", undecided.bound}};
  if (undecided.key) document["undecided"]["key"] = *undecided.key;
  return kHarnessErrorExitStatus;
}

int RunStress(const StressFlags& flags) {
  absl::StatusOr<StressOptions> options = MakeOptions(flags);
  if (!options.ok()) return ReportBadInput(options.status());
  const absl::Status writable = CheckFolderCanBeWritten(flags.out);
  if (!writable.ok()) return ReportBadInput(writable);
  if (!flags.timeline.empty()) {
    const absl::Status empty = WriteFiles({{flags.timeline, ""}});
    if (!empty.ok()) return ReportBadInput(empty);
  }
  std::optional<Interruption> interruption(std::in_place);
  options->stop = interruption->flag();
  // People's text makes room for the document.
  std::FILE* const people = flags.json ? stderr : stdout;
  std::fprintf(people, "Stressing %s for %s: %s; seed %s, build %s\n",
               NameAndVersion(options->subject).c_str(),
               BudgetText(*options).c_str(), SetupText(*options).c_str(),
               absl::StrCat(options->seed).c_str(), MORTSAFE_BUILD);
  std::fflush(people);
  ProgressPrinter printer;
  options->on_progress = [&](const StressProgress& progress) {
    printer.Print(progress.seconds, ProgressText(progress));
  };
  IsolatedStress result = StressInChild(
      *options,
      std::chrono::milliseconds(static_cast<int64_t>(flags.patience * 1000)));
  interruption.reset();
  printer.Finish();

  nlohmann::ordered_json document = DocumentOf(*options, result);
  int status = kNothingFound;
  if (result.finding.has_value()) {
    AddOrigin(*options, *result.finding);
    status = Tell(flags, *options, result, people, document);
    if (status != kFound) return status;
  } else {
    PrintSummary(result, people);
    if (result.undecided.has_value()) {
      status = TellUndecided(*result.undecided, people, document);
    } else {
      std::fprintf(people, "Nothing found%s.\n",
                   result.interrupted ? " until the interruption" : "");
    }
  }
  // After the finding, which must not be lost.
  const absl::Status timed = WriteTimeline(flags, result, document);
  if (!timed.ok()) return ReportBadInput(timed);
  if (flags.json) std::fprintf(stdout, "%s\n", document.dump(2).c_str());
  return status;
}

}  // namespace

void AddStressCommand(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand(
      "stress",
      "Real threads call random operations; what they see is checked while "
      "they run");
  const auto flags = std::make_shared<StressFlags>();
  command
      ->add_option("--map", flags->map, "NAME or NAME:DEFECT (mortsafe maps)")
      ->capture_default_str();
  command->add_option("--seconds", flags->seconds, "Budget in seconds")
      ->check(Seconds())
      ->capture_default_str();
  CLI::Option* const operations =
      command
          ->add_option("--operations", flags->operations,
                       "Budget in operations of all threads together, instead")
          ->check(WholeNumber());
  command->add_option("--threads", flags->threads, "Threads")
      ->check(CLI::Range(1, kMaxStressThreads))
      ->capture_default_str();
  command->add_option("--keys", flags->keys, "Keys")
      ->check(CLI::Range(uint64_t{1}, kMaxStressKeys))
      ->capture_default_str();
  command
      ->add_option("--delay", flags->delay,
                   "Delay threads before one in so many accesses to shared "
                   "state on average, and of the moments between operations; "
                   "0: never")
      ->check(CLI::Range(uint64_t{0}, uint64_t{1} << 31))
      ->capture_default_str();
  command
      ->add_option("--per-map", flags->operations_per_map,
                   "A new, empty map after about so many operations. That many "
                   "are logged to explain a finding, at 48 bytes each")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1} << 31))
      ->capture_default_str();
  command
      ->add_option("--patience", flags->patience,
                   "A map of which no operation returns for so many seconds is "
                   "stuck")
      ->check(Seconds())
      ->capture_default_str();
  command
      ->add_option("--seed", flags->seed,
                   "Of the calls and the delays; without it one is drawn. When "
                   "the calls run is up to the system")
      ->check(WholeNumber());
  command
      ->add_option("--timeline", flags->timeline,
                   "Write the operations, on one map, as JSON Lines, with the "
                   "times of their calls and returns by CLOCK_MONOTONIC in "
                   "nanoseconds (scripts/perf_sched)")
      ->needs(operations)
      ->check(NotEmpty());
  command->add_option("--out", flags->out, "Where findings are written")
      ->check(NotEmpty())
      ->capture_default_str();
  command->add_flag("--json", flags->json,
                    "One JSON document on standard output; its \"executions\" "
                    "are maps, and \"complete\" is always false");
  command->callback([flags, &status] { status = RunStress(*flags); });
}

}  // namespace mortsafe

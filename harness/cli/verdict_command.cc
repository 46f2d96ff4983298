// `mortsafe verdict`: the trial of every claim, and whether it agrees with the
// page that says how it ended last time.

#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "harness/base/read_file.h"
#include "harness/cli/commands.h"
#include "harness/cli/driver_output.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/files.h"
#include "harness/cli/interruption.h"
#include "harness/cli/isolated_stress.h"
#include "harness/cli/validators.h"
#include "harness/cli/verdict_document.h"
#include "harness/stress/stress.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/document.h"
#include "harness/verdict/page.h"
#include "harness/verdict/ruling.h"
#include "harness/verdict/trial.h"

namespace mortsafe {
namespace {

using Clock = std::chrono::steady_clock;

// A map of which no operation returns for so long is stuck.
constexpr std::chrono::seconds kPatience{20};

struct VerdictFlags {
  double seconds = 60;
  bool full = false;
  std::vector<std::string> claims;
  std::string page = "docs/verdict.md";
  std::string out;
  std::string html;
  std::string evidence;
  int workers = 1;
  bool json = false;
};

StressOutcome RunStress(const StressOptions& options) {
  StressOptions own = options;
  own.checkers = static_cast<size_t>(DefaultWorkers());
  const IsolatedStress result = StressInChild(own, kPatience);
  StressOutcome outcome = {.progress = result.progress};
  if (result.finding.has_value()) {
    outcome.found = result.finding->kind;
    outcome.sentence = result.finding->sentence;
  }
  if (result.undecided.has_value()) outcome.undecided = result.undecided->bound;
  return outcome;
}

int TerminalWidth(std::FILE* out) {
  winsize size = {};
  if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return size.ws_col;
  }
  return 110;
}

// What a reader has to run for the same page: scripts/verdict, which alone
// gathers what other builds find, or this program.
std::string CommandText(const VerdictFlags& flags) {
  const std::string bounds = absl::StrFormat("--seconds %g%s", flags.seconds,
                                             flags.full ? " --full" : "");
  if (!flags.evidence.empty()) return absl::StrCat("scripts/verdict ", bounds);
  std::string text =
      absl::StrCat("build/release/bin/mortsafe verdict ", bounds);
  if (!flags.out.empty()) absl::StrAppend(&text, " --out ", flags.out);
  if (!flags.html.empty()) absl::StrAppend(&text, " --html ", flags.html);
  return text;
}

// Why the trial must not take the place of a page that is there; empty if it
// may.
std::string Reservation(const Trial& trial) {
  for (const Chapter& chapter : trial.chapters) {
    const ClaimVerdict& verdict = chapter.verdict;
    if (verdict.ruling == Ruling::kNotSettled && !verdict.missing) {
      return absl::StrCat(chapter.claim->id,
                          " is not settled: ", verdict.reason);
    }
    if (const auto blindness = Blindness(chapter.evidence)) {
      return absl::StrCat(chapter.claim->id, ": ", *blindness);
    }
  }
  return "";
}

bool IsThere(const std::string& path) {
  std::error_code error;
  return !path.empty() && std::filesystem::exists(path, error);
}

// Writes the page in both forms, as far as they are asked for.
absl::Status WritePage(const VerdictFlags& flags, const Trial& trial) {
  const Document page = MakePage(trial, {.command = CommandText(flags),
                                         .build = MORTSAFE_BUILD,
                                         .version = MORTSAFE_VERSION});
  std::vector<NewFile> files;
  if (!flags.out.empty()) files.push_back({flags.out, ToMarkdown(page)});
  if (!flags.html.empty()) files.push_back({flags.html, ToHtml(page)});
  return WriteFiles(files);
}

// Adds the parts of the claim that a user names to `ids`, each once.
absl::Status AddClaim(const std::string& name, std::vector<std::string>& ids) {
  const std::vector<std::string> parts = IdsOfClaim(name);
  for (const std::string& id : parts) {
    if (!absl::c_linear_search(ids, id)) ids.push_back(id);
  }
  if (!parts.empty()) return absl::OkStatus();
  std::vector<std::string> known;
  for (const Claim& claim : Claims()) known.push_back(claim.id);
  return absl::InvalidArgumentError(
      absl::StrCat("--claim: no claim is called '", name, "'; expected one of ",
                   absl::StrJoin(known, ", "), ", or C14 for all its parts"));
}

absl::StatusOr<TrialOptions> MakeOptions(const VerdictFlags& flags) {
  TrialOptions options;
  for (const std::string& claim : flags.claims) {
    absl::Status known = AddClaim(claim, options.claims);
    if (!known.ok()) return known;
  }
  options.seconds = flags.seconds;
  options.full = flags.full;
  options.legs.workers = flags.workers;
  options.legs.stress = RunStress;
  if (flags.evidence.empty()) return options;
  const absl::StatusOr<std::string> text = ReadFile(flags.evidence);
  if (!text.ok()) return text.status();
  auto more = ReadEvidence(*text, flags.evidence);
  if (!more.ok()) return more.status();
  options.more = *std::move(more);
  return options;
}

// Says how the trial disagrees with the page; the exit status.
int Compare(const VerdictFlags& flags, const Trial& trial,
            const std::string& page, std::FILE* people,
            nlohmann::ordered_json& document) {
  const std::vector<std::string> disagreements = Disagreements(trial, page);
  document["page"] = flags.page;
  document["disagreements"] = disagreements;
  for (const std::string& each : disagreements) {
    std::fprintf(people, "Disagrees with %s: %s\n", flags.page.c_str(),
                 each.c_str());
  }
  if (!disagreements.empty()) return kFound;
  std::fprintf(people, "Agrees with %s.\n", flags.page.c_str());
  return kNothingFound;
}

int RunVerdict(const VerdictFlags& flags) {
  absl::StatusOr<TrialOptions> options = MakeOptions(flags);
  if (!options.ok()) return ReportBadInput(options.status());
  const bool writes = !flags.out.empty() || !flags.html.empty();
  std::string page;
  if (!writes) {
    absl::StatusOr<std::string> text = ReadFile(flags.page);
    if (!text.ok()) return ReportBadInput(text.status());
    page = *std::move(text);
  }
  std::FILE* const people = flags.json ? stderr : stdout;
  const Interruption interruption;
  options->legs.stop = interruption.flag();
  const Clock::time_point start = Clock::now();
  ProgressPrinter printer;
  options->on_leg = [&](absl::string_view leg) {
    const double seconds =
        std::chrono::duration<double>(Clock::now() - start).count();
    printer.Print(seconds, absl::StrFormat("%5.1f s  %s", seconds, leg));
  };
  const size_t claims =
      options->claims.empty() ? Claims().size() : options->claims.size();
  std::fprintf(stderr, "Holding the trial of %zu claim%s\n", claims,
               claims == 1 ? "" : "s");
  const Trial trial = HoldTrial(*options);
  printer.Finish();
  std::fputs(TerminalTable(trial, TerminalWidth(people)).c_str(), people);
  nlohmann::ordered_json document = VerdictDocument(trial);
  int status = kNothingFound;
  const bool interrupted = *interruption.flag();
  if (interrupted) {
    std::fprintf(people, "Interrupted: what did not run settles nothing; %s.\n",
                 writes ? "no page is written" : "no page is compared");
  } else if (writes) {
    const std::string reservation = Reservation(trial);
    if (!reservation.empty() && (IsThere(flags.out) || IsThere(flags.html))) {
      std::fprintf(people, "Not written over the page that is there: %s.\n",
                   reservation.c_str());
      status = kFound;
    } else if (const absl::Status written = WritePage(flags, trial);
               !written.ok()) {
      return ReportBadInput(written);
    }
  } else {
    status = Compare(flags, trial, page, people, document);
  }
  if (flags.json) std::fprintf(stdout, "%s\n", document.dump(2).c_str());
  return status;
}

}  // namespace

void AddVerdictCommand(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand(
      "verdict",
      "The trial of every claim about sync.Map: evidence, a verdict each, and "
      "whether they are still those of docs/verdict.md (exit status 1: not)");
  const auto flags = std::make_shared<VerdictFlags>();
  flags->workers = DefaultWorkers();
  command
      ->add_option("--seconds", flags->seconds,
                   "For all that is drawn, or runs or is measured on real "
                   "threads; what decides verdicts, and a few samples of "
                   "what maps cost, take as long as they take")
      ->check(Seconds())
      ->capture_default_str();
  command->add_flag("--full", flags->full, "Wider bounds, which take hours");
  CLI::Option* const page = command
                                ->add_option("--page", flags->page,
                                             "The page that it must agree with")
                                ->check(NotEmpty())
                                ->capture_default_str();
  CLI::Option* const claim =
      command
          ->add_option(
              "--claim", flags->claims,
              "Try this claim alone (C1, C14b, or C14 for all its parts), "
              "on the maps that it speaks of; may be repeated")
          ->allow_extra_args(false);
  command
      ->add_option("--out", flags->out,
                   "Write the page, as Markdown, in place of comparing")
      ->check(NotEmpty())
      ->excludes(page)
      ->excludes(claim);
  command->add_option("--html", flags->html, "Write the page as HTML")
      ->check(NotEmpty())
      ->excludes(page)
      ->excludes(claim);
  command
      ->add_option("--evidence", flags->evidence,
                   "A JSON file with what other builds found (scripts/verdict)")
      ->check(NotEmpty());
  command->add_option("--workers", flags->workers, "Worker processes")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_flag("--json", flags->json,
                    "One JSON document on standard output");
  command->callback([flags, &status] { status = RunVerdict(*flags); });
}

}  // namespace mortsafe

// `mortsafe check`: judges recorded histories.

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/base/check.h"
#include "harness/base/violation_kind.h"
#include "harness/cli/commands.h"
#include "harness/cli/driver_output.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/recording.h"
#include "harness/history/text.h"
#include "harness/linearize/judge.h"
#include "harness/report/escape.h"
#include "harness/report/finding.h"
#include "harness/report/wording.h"

namespace mortsafe {
namespace {

using nlohmann::ordered_json;

struct CheckFlags {
  std::vector<std::string> files;
  std::string model = "map";
  std::string format;
  bool conservation = false;
  bool json = false;
  int workers = 1;
};

struct Result {
  std::string file;
  absl::StatusOr<Judgement> judgement;
  double seconds = 0;
};

const std::map<std::string, HistoryFormat> kFormats = {
    {"jsonl", HistoryFormat::kJsonLines},
    {"jepsen", HistoryFormat::kJepsen},
    {"edn", HistoryFormat::kEdn}};

JudgeOptions OptionsOf(const CheckFlags& flags) {
  JudgeOptions options;
  if (flags.model == "register") options.model = Model::kRegister;
  const auto format = kFormats.find(flags.format);
  if (format != kFormats.end()) options.format = format->second;
  options.conservation = flags.conservation;
  options.workers = static_cast<size_t>(flags.workers);
  return options;
}

std::string VerdictName(const Result& result) {
  if (!result.judgement.ok()) return "unreadable";
  switch (result.judgement->verdict) {
    case Verdict::kLinearizable:
      return "linearizable";
    case Verdict::kViolation:
      return "violation";
    case Verdict::kUnknown:
      break;
  }
  return "unknown";
}

// What is wrong; empty where nothing is.
std::string KindOf(const Result& result) {
  if (!result.judgement.ok() ||
      result.judgement->verdict != Verdict::kViolation) {
    return "";
  }
  return result.judgement->violation.has_value()
             ? std::string(Slug(result.judgement->violation->kind))
             : "not-linearizable";
}

ordered_json WitnessJson(const Judgement& judgement) {
  ordered_json witness = ordered_json::array();
  if (!judgement.violation.has_value()) return witness;
  for (size_t operation : judgement.violation->witness) {
    History one;
    one.operations.push_back(judgement.evidence.operations[operation]);
    ordered_json call = ordered_json::parse(ToJsonLines(one));
    call["line"] = judgement.lines[operation];
    witness.push_back(std::move(call));
  }
  return witness;
}

// How the calls of the witness stand to each other, a line each. REQUIRES:
// there is a violation that can be told.
std::vector<std::string> ConstraintLines(const Judgement& judgement) {
  const Finding finding = RecordingFinding("", judgement);
  std::vector<std::string> lines;
  for (const Constraint& constraint : finding.violation->constraints) {
    lines.push_back(ConstraintText(finding, constraint));
  }
  return lines;
}

ordered_json ToJson(const Result& result) {
  ordered_json json = {
      {"file", result.file}, {"verdict", VerdictName(result)},
      {"kind", nullptr},     {"witness", ordered_json::array()},
      {"operations", 0},     {"seconds", result.seconds}};
  if (!KindOf(result).empty()) json["kind"] = KindOf(result);
  if (!result.judgement.ok()) {
    json["error"] = std::string(result.judgement.status().message());
    return json;
  }
  const Judgement& judgement = *result.judgement;
  json["operations"] = judgement.operations;
  json["witness"] = WitnessJson(judgement);
  if (judgement.violation.has_value()) {
    json["sentence"] = judgement.violation->sentence;
    json["constraints"] = ConstraintLines(judgement);
  }
  if (!judgement.note.empty()) json["note"] = judgement.note;
  if (!judgement.rest.empty()) json["rest"] = judgement.rest;
  return json;
}

void PrintWitness(const Judgement& judgement) {
  const Violation& violation = *judgement.violation;
  absl::PrintF("  %s\n\n", violation.sentence);
  size_t number = 0;
  for (size_t index : violation.witness) {
    const HistoryOperation& operation = judgement.evidence.operations[index];
    const std::string interval =
        operation.return_time == kPending
            ? absl::StrCat(operation.call_time, "-")
            : absl::StrCat(operation.call_time, "-", operation.return_time);
    absl::PrintF("  %c (%d) line %-9d client %-5d %-24s %-14s at %s\n",
                 index == violation.culprit ? '!' : ' ', ++number,
                 judgement.lines[index], operation.client, CallText(operation),
                 ResultText(operation), interval);
  }
  for (const std::string& line : ConstraintLines(judgement)) {
    absl::PrintF("      %s\n", line);
  }
}

void Print(const Result& result) {
  if (!result.judgement.ok()) {
    ReportBadInput(result.judgement.status());
    return;
  }
  const Judgement& judgement = *result.judgement;
  const std::string kind = KindOf(result);
  absl::PrintF("%s: %s%s, %d operations, %.2f s\n", PrintableLine(result.file),
               VerdictName(result), kind.empty() ? "" : ": " + kind,
               judgement.operations, result.seconds);
  if (judgement.violation.has_value()) PrintWitness(judgement);
  if (!judgement.note.empty()) absl::PrintF("  %s\n", judgement.note);
  if (!judgement.rest.empty()) {
    absl::PrintF("  What follows was not read: %s\n", judgement.rest);
  }
}

// A violation weighs most, then what cannot be read, then what is not known.
int StatusOf(const std::vector<Result>& results) {
  int status = kNothingFound;
  for (const Result& result : results) {
    if (!result.judgement.ok()) {
      if (status != kFound) status = kBadInput;
    } else if (result.judgement->verdict == Verdict::kViolation) {
      status = kFound;
    } else if (result.judgement->verdict == Verdict::kUnknown &&
               status == kNothingFound) {
      status = kHarnessErrorExitStatus;
    }
  }
  return status;
}

int Check(const CheckFlags& flags) {
  const JudgeOptions options = OptionsOf(flags);
  if (absl::c_count(flags.files, "-") > 1) {
    return ReportBadInput(absl::InvalidArgumentError(
        "-: expected standard input once, found it twice"));
  }
  std::vector<Result> results;
  for (const std::string& file : flags.files) {
    const auto start = std::chrono::steady_clock::now();
    Result result{file, JudgeRecording(file, options)};
    result.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count();
    if (flags.json) {
      if (!result.judgement.ok()) ReportBadInput(result.judgement.status());
    } else {
      Print(result);
      std::fflush(stdout);
    }
    results.push_back(std::move(result));
  }
  if (flags.json) {
    ordered_json all = ordered_json::array();
    for (const Result& result : results) all.push_back(ToJson(result));
    const ordered_json document = {{"results", all}};
    // File names are bytes, and need not be text.
    std::puts(
        document.dump(2, ' ', false, ordered_json::error_handler_t::replace)
            .c_str());
  }
  return StatusOf(results);
}

}  // namespace

void AddCheckCommand(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand(
      "check", "Judges recorded histories: is each linearizable?");
  command->footer(
      "A file holds one history: JSON Lines, a Jepsen log or EDN, plain, gzip\n"
      "or zstd. '-' is standard input. Exit status: 1 a history is not\n"
      "linearizable, 2 one cannot be read, 3 of one nothing is known.");
  const auto flags = std::make_shared<CheckFlags>();
  command->add_option("files", flags->files, "The files")
      ->type_name("FILE")
      ->required();
  command
      ->add_option("--model", flags->model,
                   "map, or register: loads, stores, compare-and-swaps only")
      ->check(CLI::IsMember({"map", "register"}))
      ->capture_default_str();
  command
      ->add_option("--format", flags->format,
                   "jsonl, jepsen or edn (default: by the first line)")
      ->check(CLI::IsMember({"jsonl", "jepsen", "edn"}));
  command->add_flag("--conservation", flags->conservation,
                    "Also count: no value leaves the map more often than it "
                    "entered");
  flags->workers = DefaultWorkers();
  command
      ->add_option("--workers", flags->workers,
                   "Threads that search, each other keys")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_flag("--json", flags->json,
                    "One JSON document on standard output");
  command->callback([flags, &status] { status = Check(*flags); });
}

}  // namespace mortsafe

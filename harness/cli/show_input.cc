#include "harness/cli/show_input.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "harness/base/operation_kind.h"
#include "harness/base/read_file.h"
#include "harness/history/history.h"
#include "harness/history/history_reader.h"
#include "harness/history/text.h"
#include "harness/hunt/isolation.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/differential.h"
#include "harness/linearize/history_codec.h"
#include "harness/program/input.h"
#include "harness/program/operation.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "harness/program/schedule_words.h"
#include "harness/report/escape.h"
#include "harness/report/finding.h"
#include "harness/report/history_report.h"
#include "harness/report/history_table.h"
#include "harness/report/terminal.h"
#include "harness/report/text_layout.h"
#include "harness/stress/byte_trial.h"
#include "harness/stress/operation_bytes.h"
#include "harness/stress/sequential_trial.h"
#include "harness/subject/map_code.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

constexpr std::array<absl::string_view, 4> kProgramTargets = {
    "program_schedule", "program_interleavings", "canary", "regressions"};

// An input is small: what takes longer hangs.
constexpr std::chrono::seconds kPatience{10};

absl::Span<const uint8_t> AsBytes(const std::string& text) {
  return absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(text.data()),
                             text.size());
}

void Print(absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

// What `work`, which may crash, says in a line; or how it crashed.
std::string SaidInChild(absl::FunctionRef<std::string()> work) {
  constexpr size_t kLongest = 4096;
  struct Said {
    std::atomic<uint64_t> pulse{0};
    std::array<char, kLongest> text = {};
  };
  const Shared<Said> said;
  Child child([&] {
    const std::string text = work();
    text.copy(said->text.data(), kLongest - 1);
  });
  AwaitUnlessStuck(child, said->pulse, kPatience);
  const std::optional<Crash> crash = child.crash();
  return PrintableLine(crash.has_value() ? crash->sentence : said->text.data());
}

// What is wrong with a history, or that nothing is.
std::string VerdictText(const History& history, const std::string& path) {
  Checker checker;
  switch (checker.Judge(history)) {
    case Verdict::kLinearizable:
      return "Linearizable: some order of the calls explains every answer.\n";
    case Verdict::kUnknown:
      return "Nothing is known of it: a bound of the checker was hit.\n";
    case Verdict::kViolation:
      break;
  }
  Finding finding;
  finding.map = path;
  finding.history = history;
  finding.violation = checker.Explain(history);
  if (!finding.violation.has_value()) {
    return "Not linearizable, but it cannot be told why within the bounds.\n";
  }
  finding.kind = finding.violation->kind;
  finding.sentence = finding.violation->sentence;
  return absl::StrCat(
      "Not linearizable.\n\n",
      HistoryReport(finding,
                    {{"input", absl::StrCat(path, ", ",
                                            Counted(history.operations.size(),
                                                    "operation"))}},
                    TerminalOptions()));
}

// A line that says `what` the rest is.
std::string Titled(absl::string_view what, absl::string_view rest) {
  return absl::StrCat(what, "\n", rest);
}

// Bytes that name a map and the operations of one client.
absl::Status PrintMapVsSpecification(const std::string& input,
                                     const std::string& map) {
  OperationBytes bytes(AsBytes(input));
  std::vector<SubjectChoice> maps = MapsOfBytes();
  if (!map.empty()) {
    const absl::StatusOr<SubjectChoice> named = FindSubject(map);
    if (!named.ok()) return named.status();
    maps = {*named};
  }
  const SubjectChoice& choice = ChosenMap(maps, bytes.map());
  const OperationKindSet offered = choice.subject->operations;
  const auto answers = RightAnswers(AsBytes(input), offered);
  Print(absl::StrCat(Counted(answers.size(), "operation"), " of one client on ",
                     choice.Name(),
                     map.empty() ? ", which the input chooses" : "",
                     "; what the specification answers:\n"));
  for (const auto& [operation, answer] : answers) {
    Print(absl::StrCat("  ", PadRight(ToText(operation), 28), "  ",
                       ResultText(answer), "\n"));
  }
  // Before a child takes it along.
  std::fflush(stdout);
  Print(SaidInChild([&] {
    SequentialTrial trial(choice);
    const auto wrong = PerformBytes(bytes, offered, trial);
    return wrong.has_value()
               ? absl::StrCat("The map is wrong: ", *wrong)
               : "The map answers the same; its structure and state are as its "
                 "design says.";
  }));
  Print("\n");
  return absl::OkStatus();
}

// Bytes of a small history.
void PrintCheckerVsBruteForce(const std::string& input,
                              const std::string& path) {
  const History history = DecodeHistory(AsBytes(input));
  Print(
      Titled(absl::StrCat("A history of ",
                          Counted(history.operations.size(), "operation"), ":"),
             HistoryTable(history)));
  Print(VerdictText(history, path));
  std::fflush(stdout);
  Print(SaidInChild([&] {
    const auto disagreement = Differential().Disagreement(history);
    return disagreement.has_value()
               ? absl::StrCat("The checkers disagree: ", *disagreement)
               : "The checkers and the brute-force oracle agree on that.";
  }));
  Print("\n");
}

// A form that is read, or refused with the reader's words.
template <class Form>
std::string ReadText(const absl::StatusOr<Form>& read) {
  if (!read.ok()) {
    return absl::StrCat(
        "  refused: ",
        PrintableLine(absl::string_view(read.status().message())), "\n");
  }
  const std::string text = ToText(*read);
  return text.empty() ? "  read, and empty\n" : text;
}

// The same bytes in four forms.
void PrintCodecRoundTrip(const std::string& input, const std::string& path) {
  const Input decoded = DecodeInput(AsBytes(input));
  Print(Titled("As the bytes of a program and a schedule:",
               ProgramInputText(decoded, "")));
  Print(Titled("\nAs the bytes of a history:",
               HistoryTable(DecodeHistory(AsBytes(input)))));
  Print(Titled("\nAs the text of a program:",
               ReadText(ParseProgram(input, path))));
  Print(Titled("\nAs the text of a schedule:",
               ReadText(ParseSchedule(input, path))));
}

struct NamedFormat {
  HistoryFormat format;
  absl::string_view name;
};
constexpr std::array<NamedFormat, 4> kFormats = {{
    {HistoryFormat::kDetect, "whichever it begins like"},
    {HistoryFormat::kJsonLines, "JSON Lines"},
    {HistoryFormat::kJepsen, "Jepsen's log"},
    {HistoryFormat::kEdn, "EDN"},
}};

// By the bytes with which such files begin.
absl::string_view CompressionOf(absl::string_view bytes) {
  if (absl::StartsWith(bytes, "\x1f\x8b")) return "compressed by gzip";
  if (absl::StartsWith(bytes, "\x28\xb5\x2f\xfd")) return "compressed by zstd";
  return "not compressed";
}

// A file in some format: what each reader makes of it, and the first that is
// read.
void PrintHistoryReaders(const std::string& input, const std::string& path) {
  Print(absl::StrCat("A file of ", Counted(input.size(), "byte"), ", ",
                     CompressionOf(input), "\n"));
  std::optional<History> shown;
  for (const auto& [format, name] : kFormats) {
    absl::StatusOr<History> history = ReadHistoryInMemory(input, path, format);
    if (!history.ok()) {
      Print(absl::StrCat(
          "As ", name, ": refused: ",
          PrintableLine(absl::string_view(history.status().message())), "\n"));
      continue;
    }
    Print(absl::StrCat("As ", name, ": ",
                       Counted(history->operations.size(), "operation"), "\n"));
    if (!shown.has_value()) shown = *std::move(history);
  }
  if (!shown.has_value()) return;
  shown->has_initial_client = false;
  SortByCall(*shown);
  Print(HistoryTable(*shown));
  Print(VerdictText(*shown, path));
}

}  // namespace

const std::vector<std::string>& ShownTargets() {
  static const auto* const targets = new std::vector<std::string>{
      "program_schedule", "program_interleavings",  "canary",
      "regressions",      "map_vs_specification",   "codec_round_trip",
      "history_readers",  "checker_vs_brute_force",
  };
  return *targets;
}

std::string TargetOfFolder(const std::string& path) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::absolute(path, error);
  const std::string folder = whole.parent_path().filename().string();
  const std::vector<std::string>& targets = ShownTargets();
  const bool is_target =
      std::find(targets.begin(), targets.end(), folder) != targets.end();
  return is_target ? folder : "";
}

bool HasProgram(absl::string_view target) {
  return std::find(kProgramTargets.begin(), kProgramTargets.end(), target) !=
         kProgramTargets.end();
}

std::string ProgramInputText(const Input& input, absl::string_view target) {
  std::string text;
  if (input.map_code != 0) {
    absl::StrAppend(&text, "map: ", MapOfCode(input.map_code).Name(), "\n");
  }
  absl::StrAppend(&text, ToText(input.program));
  if (target == "program_interleavings") {
    return absl::StrCat(text,
                        "schedule: every one with few pre-emptions; the "
                        "input's own is not used\n");
  }
  absl::StrAppend(&text, "schedule: ", InWords(input.schedule), "\n");
  return absl::StrCat(text, ToText(input.schedule.schedule));
}

absl::Status PrintTargetInput(absl::string_view target, const std::string& path,
                              const std::string& map) {
  const absl::StatusOr<std::string> input = ReadFile(path);
  if (!input.ok()) return input.status();
  if (target == "map_vs_specification") {
    return PrintMapVsSpecification(*input, map);
  }
  if (!map.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--map: an input of ", target, " is of no map"));
  }
  if (target == "checker_vs_brute_force") {
    PrintCheckerVsBruteForce(*input, path);
  } else if (target == "codec_round_trip") {
    PrintCodecRoundTrip(*input, path);
  } else {
    PrintHistoryReaders(*input, path);
  }
  return absl::OkStatus();
}

}  // namespace mortsafe

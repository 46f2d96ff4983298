#include "harness/report/terminal.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "harness/history/text.h"
#include "harness/linearize/violation.h"
#include "harness/program/program.h"
#include "harness/report/escape.h"
#include "harness/report/finding.h"
#include "harness/report/table.h"
#include "harness/report/text_layout.h"
#include "harness/report/wording.h"

namespace mortsafe {
namespace {

constexpr size_t kMaxCrashLines = 24;
constexpr size_t kLabelWidth = 9;

class Report {
 public:
  Report(const Finding& finding, const TerminalOptions& options)
      : finding_(finding),
        options_(options),
        painter_(options.color),
        width_(static_cast<size_t>(std::max(options.width, 40))) {}

  std::string Text() {
    AddLine(painter_.Culprit(PrintableLine(Headline(finding_))));
    AddParagraph("", PrintableLine(finding_.sentence));
    AddProof();
    AddProgram();
    AddInterleaving();
    AddCrash();
    AddFacts();
    AddReplay();
    return std::move(text_);
  }

 private:
  void AddLine(absl::string_view line) { absl::StrAppend(&text_, line, "\n"); }

  void AddTitle(absl::string_view title) {
    AddLine("");
    AddLine(painter_.Strong(title));
  }

  // `text` wrapped, with `first` before it and the same room before the rest.
  void AddParagraph(absl::string_view first, absl::string_view text) {
    if (text.empty()) return;
    std::string prefix(first);
    for (const std::string& line : Wrap(text, width_ - first.size())) {
      AddLine(absl::StrCat(prefix, line));
      prefix.assign(first.size(), ' ');
    }
  }

  void AddProof() {
    if (!finding_.violation.has_value()) return;
    AddTitle("The calls that prove it");
    for (size_t operation : finding_.violation->witness) {
      AddWitness(operation);
    }
    if (finding_.violation->constraints.empty()) return;
    AddTitle("Why no order of them is right");
    for (const Constraint& constraint : finding_.violation->constraints) {
      AddParagraph("  - ", ConstraintText(finding_, constraint));
    }
  }

  void AddWitness(size_t operation) {
    const std::string label = WitnessLabel(finding_, operation);
    const HistoryOperation& call = finding_.history.operations[operation];
    const bool is_culprit = RoleOf(finding_, operation) == Role::kCulprit;
    const std::string line =
        absl::StrCat(is_culprit ? "! " : "* ",
                     PadRight(ClientName(call.client), kLabelWidth), " ",
                     PadRight(label, LongestLabel()), "  ", AnswerText(call));
    AddLine(is_culprit ? painter_.Culprit(line) : painter_.Witness(line));
  }

  size_t LongestLabel() const {
    size_t longest = 0;
    for (size_t operation : finding_.violation->witness) {
      longest = std::max(longest, WitnessLabel(finding_, operation).size());
    }
    return longest;
  }

  void AddProgram() {
    AddTitle("The program (client 1 runs thread 1, and so on)");
    const std::string program = ToText(finding_.input.program);
    for (absl::string_view line :
         absl::StrSplit(absl::StripSuffix(program, "\n"), '\n')) {
      AddLine(absl::StrCat("  ", line));
    }
  }

  void AddInterleaving() {
    TableOptions table;
    table.color = options_.color;
    table.width = options_.width;
    const std::string text = InterleavingTable(finding_, table);
    if (text.empty()) return;
    AddTitle("What happened, in order");
    absl::StrAppend(&text_, text);
  }

  void AddCrash() {
    if (finding_.crash_report.empty()) return;
    AddTitle("The crash report");
    const std::string report = Printable(finding_.crash_report);
    const std::vector<absl::string_view> lines =
        absl::StrSplit(absl::StripSuffix(report, "\n"), '\n');
    const size_t shown = std::min(lines.size(), kMaxCrashLines);
    for (size_t i = 0; i < shown; ++i) {
      AddLine(absl::StrCat("  ", Cut(lines[i], width_ - 2)));
    }
    if (shown < lines.size()) {
      AddLine(painter_.Dim(
          absl::StrCat("  ... ", Counted(lines.size() - shown, "more line"),
                       " in report.html")));
    }
  }

  void AddFacts() {
    AddTitle("How it was found");
    for (const Fact& fact : Facts(finding_)) {
      AddParagraph(absl::StrCat("  ", PadRight(fact.label, kLabelWidth), "  "),
                   PrintableLine(fact.text));
    }
  }

  void AddReplay() {
    if (finding_.replay_command.empty()) return;
    AddTitle("Replay it");
    AddLine(absl::StrCat("  ", PrintableLine(finding_.replay_command)));
  }

  const Finding& finding_;
  const TerminalOptions& options_;
  const Painter painter_;
  const size_t width_;
  std::string text_;
};

}  // namespace

std::string TerminalReport(const Finding& finding,
                           const TerminalOptions& options) {
  return Report(finding, options).Text();
}

}  // namespace mortsafe

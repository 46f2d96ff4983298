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
#include "harness/report/report_text.h"
#include "harness/report/table.h"
#include "harness/report/text_layout.h"
#include "harness/report/wording.h"

namespace mortsafe {
namespace {

constexpr size_t kLabelWidth = 9;

class Report {
 public:
  Report(const Finding& finding, const TerminalOptions& options)
      : finding_(finding), options_(options), text_(options) {}

  std::string Text() {
    text_.AddLine(text_.painter().Culprit(PrintableLine(Headline(finding_))));
    text_.AddParagraph("", PrintableLine(finding_.sentence));
    AddProof();
    AddProgram();
    AddInterleaving();
    text_.AddCrash(finding_.crash_report, "report.html");
    AddFacts();
    AddReplay();
    return text_.Take();
  }

 private:
  void AddProof() {
    if (!finding_.violation.has_value()) return;
    text_.AddTitle("The calls that prove it");
    for (size_t operation : finding_.violation->witness) {
      AddWitness(operation);
    }
    if (finding_.violation->constraints.empty()) return;
    text_.AddTitle("Why no order of them is right");
    for (const Constraint& constraint : finding_.violation->constraints) {
      text_.AddParagraph("  - ", ConstraintText(finding_, constraint));
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
    text_.AddLine(is_culprit ? text_.painter().Culprit(line)
                             : text_.painter().Witness(line));
  }

  size_t LongestLabel() const {
    size_t longest = 0;
    for (size_t operation : finding_.violation->witness) {
      longest = std::max(longest, WitnessLabel(finding_, operation).size());
    }
    return longest;
  }

  void AddProgram() {
    text_.AddTitle("The program (client 1 runs thread 1, and so on)");
    const std::string program = ToText(finding_.input.program);
    for (absl::string_view line :
         absl::StrSplit(absl::StripSuffix(program, "\n"), '\n')) {
      text_.AddLine(absl::StrCat("  ", line));
    }
  }

  void AddInterleaving() {
    TableOptions table;
    table.color = options_.color;
    table.width = options_.width;
    const std::string text = InterleavingTable(finding_, table);
    if (text.empty()) return;
    text_.AddTitle("What happened, in order");
    text_.AddText(text);
  }

  void AddFacts() {
    text_.AddTitle("How it was found");
    for (const Fact& fact : Facts(finding_)) {
      text_.AddParagraph(
          absl::StrCat("  ", PadRight(fact.label, kLabelWidth), "  "),
          PrintableLine(fact.text));
    }
  }

  void AddReplay() {
    if (finding_.replay_command.empty()) return;
    text_.AddTitle("Replay it");
    text_.AddLine(absl::StrCat("  ", PrintableLine(finding_.replay_command)));
  }

  const Finding& finding_;
  const TerminalOptions& options_;
  ReportText text_;
};

}  // namespace

std::string TerminalReport(const Finding& finding,
                           const TerminalOptions& options) {
  return Report(finding, options).Text();
}

}  // namespace mortsafe

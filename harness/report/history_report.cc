#include "harness/report/history_report.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "harness/history/history.h"
#include "harness/linearize/violation.h"
#include "harness/report/escape.h"
#include "harness/report/history_table.h"
#include "harness/report/report_text.h"
#include "harness/report/text_layout.h"

namespace mortsafe {
namespace {

class Report {
 public:
  Report(const Finding& finding, const TerminalOptions& options)
      : finding_(finding), text_(options) {}

  std::string Text(const std::vector<Fact>& facts) {
    text_.AddLine(text_.painter().Culprit(PrintableLine(Headline(finding_))));
    text_.AddParagraph("", PrintableLine(finding_.sentence));
    AddProof();
    text_.AddCrash(finding_.crash_report, "meta.json");
    AddFacts(facts);
    AddReplay();
    return text_.Take();
  }

 private:
  void AddProof() {
    if (!finding_.violation.has_value()) return;
    text_.AddTitle("The calls that prove it");
    AddWitness();
    if (finding_.violation->constraints.empty()) return;
    text_.AddTitle("Why no order of them is right");
    for (const Constraint& constraint : finding_.violation->constraints) {
      text_.AddParagraph("  - ", ConstraintText(finding_, constraint));
    }
  }

  HistoryRow WitnessRow(size_t operation) const {
    return RowOf(finding_.history, finding_.history.operations[operation],
                 WitnessLabel(finding_, operation));
  }

  void AddWitness() {
    const std::vector<size_t>& witness = finding_.violation->witness;
    std::vector<HistoryRow> rows = {HistoryHead()};
    for (size_t operation : witness) rows.push_back(WitnessRow(operation));
    const std::vector<std::string> lines = Aligned(rows);
    const Painter& painter = text_.painter();
    text_.AddLine(painter.Dim(absl::StrCat("  ", lines[0])));
    for (size_t i = 0; i < witness.size(); ++i) {
      const bool is_culprit = witness[i] == finding_.violation->culprit;
      const std::string line =
          absl::StrCat(is_culprit ? "! " : "* ", lines[i + 1]);
      text_.AddLine(is_culprit ? painter.Culprit(line) : painter.Witness(line));
    }
  }

  void AddFacts(const std::vector<Fact>& facts) {
    text_.AddTitle("How it was found");
    size_t width = 0;
    for (const Fact& fact : facts) width = std::max(width, fact.label.size());
    for (const Fact& fact : facts) {
      text_.AddParagraph(absl::StrCat("  ", PadRight(fact.label, width), "  "),
                         PrintableLine(fact.text));
    }
  }

  void AddReplay() {
    if (finding_.replay_command.empty()) return;
    text_.AddTitle(
        "Look for it again (the same calls; when they run is up to the "
        "system)");
    text_.AddLine(absl::StrCat("  ", PrintableLine(finding_.replay_command)));
  }

  const Finding& finding_;
  ReportText text_;
};

}  // namespace

std::string HistoryReport(const Finding& finding,
                          const std::vector<Fact>& facts,
                          const TerminalOptions& options) {
  return Report(finding, options).Text(facts);
}

}  // namespace mortsafe

#include "harness/report/report_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "harness/report/escape.h"

namespace mortsafe {
namespace {

constexpr size_t kMaxCrashLines = 24;

}  // namespace

ReportText::ReportText(const TerminalOptions& options)
    : painter_(options.color),
      width_(static_cast<size_t>(std::max(options.width, 40))) {}

void ReportText::AddLine(absl::string_view line) {
  absl::StrAppend(&text_, line, "\n");
}

void ReportText::AddTitle(absl::string_view title) {
  AddLine("");
  AddLine(painter_.Strong(title));
}

void ReportText::AddParagraph(absl::string_view first, absl::string_view text) {
  if (text.empty()) return;
  std::string prefix(first);
  for (const std::string& line : Wrap(text, width_ - first.size())) {
    AddLine(absl::StrCat(prefix, line));
    prefix.assign(first.size(), ' ');
  }
}

void ReportText::AddText(absl::string_view text) {
  absl::StrAppend(&text_, text);
}

void ReportText::AddCrash(absl::string_view report, absl::string_view file) {
  if (report.empty()) return;
  AddTitle("The crash report");
  const std::string printable = Printable(report);
  const std::vector<absl::string_view> lines =
      absl::StrSplit(absl::StripSuffix(printable, "\n"), '\n');
  const size_t shown = std::min(lines.size(), kMaxCrashLines);
  for (size_t i = 0; i < shown; ++i) {
    AddLine(absl::StrCat("  ", Cut(lines[i], width_ - 2)));
  }
  if (shown < lines.size()) {
    AddLine(painter_.Dim(absl::StrCat(
        "  ... ", Counted(lines.size() - shown, "more line"), " in ", file)));
  }
}

}  // namespace mortsafe

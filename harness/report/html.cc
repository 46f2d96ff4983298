#include "harness/report/html.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "harness/linearize/violation.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "harness/report/escape.h"
#include "harness/report/finding.h"
#include "harness/report/html_assets.h"
#include "harness/report/interleaving.h"
#include "harness/report/timeline.h"
#include "harness/report/wording.h"

namespace mortsafe {
namespace {

using Kind = InterleavingRow::Kind;

// More rows would make the page slow to open.
constexpr size_t kMaxRows = 4000;

absl::string_view KindClass(Kind kind) {
  switch (kind) {
    case Kind::kCall:
      return "call";
    case Kind::kReturn:
      return "return";
    case Kind::kSwitch:
      return "switch";
    case Kind::kFolded:
      return "folded";
    case Kind::kGap:
      return "gap";
    case Kind::kStep:
      break;
  }
  return "step";
}

std::string RowText(const InterleavingRow& row) {
  if (row.kind == Kind::kSwitch) {
    return absl::StrCat("\u2933 ", EscapeHtml(row.text.substr(3)),
                        " took over");
  }
  return absl::StrReplaceAll(EscapeHtml(row.text), {{"-&gt;", "\u2192"}});
}

// The interleaving; a cell is tinted while its client's call is open.
class InterleavingHtml {
 public:
  InterleavingHtml(const Finding& finding, std::vector<InterleavingRow> rows)
      : finding_(finding), rows_(std::move(rows)), clients_(ClientsOf(rows_)) {}

  std::string Text() {
    AddHead();
    for (const InterleavingRow& row : rows_) AddRow(row);
    return html_ + "</tbody></table></div>\n";
  }

 private:
  void AddHead() {
    absl::StrAppend(&html_, "<div class=\"scroll\"><table class=\"",
                    "interleaving\"><thead><tr><th>time</th>");
    for (uint32_t client : clients_) {
      absl::StrAppend(&html_, "<th style=\"width:", 96 / clients_.size(),
                      "%\">", ClientName(client), "</th>");
    }
    absl::StrAppend(&html_, "</tr></thead><tbody class=\"mono\">\n");
  }

  void AddRow(const InterleavingRow& row) {
    if (row.kind == Kind::kGap) {
      absl::StrAppend(&html_, "<tr><td></td><td class=\"gap\" colspan=\"",
                      clients_.size(), "\">", EscapeHtml(row.text),
                      "</td></tr>\n");
      return;
    }
    const bool is_step = row.kind == Kind::kStep || row.kind == Kind::kFolded;
    const bool has_time = row.kind == Kind::kCall || row.kind == Kind::kStep ||
                          row.kind == Kind::kReturn;
    absl::StrAppend(&html_, is_step ? "<tr class=\"step-row\">" : "<tr>",
                    "<td class=\"time\">");
    if (has_time) absl::StrAppend(&html_, row.time);
    absl::StrAppend(&html_, "</td>");
    if (row.kind == Kind::kCall) open_[row.client] = row.operation;
    for (uint32_t client : clients_) {
      AddCell(client, client == row.client ? &row : nullptr);
    }
    if (row.kind == Kind::kReturn) open_[row.client] = std::nullopt;
    absl::StrAppend(&html_, "</tr>\n");
  }

  // `row` is null where it belongs to another client.
  void AddCell(uint32_t client, const InterleavingRow* row) {
    const std::optional<size_t> operation = open_[client];
    std::string css_class(row == nullptr ? "" : KindClass(row->kind));
    if (operation.has_value()) {
      absl::StrAppend(&css_class, " open ",
                      CssClass(RoleOf(finding_, operation)));
    }
    absl::StrAppend(&html_, "<td");
    if (!css_class.empty()) {
      absl::StrAppend(&html_, " class=\"",
                      absl::StripLeadingAsciiWhitespace(css_class), "\"");
    }
    if (operation.has_value()) {
      absl::StrAppend(&html_, " data-operation=\"", *operation, "\"");
    }
    absl::StrAppend(&html_, ">", row == nullptr ? "" : RowText(*row), "</td>");
  }

  const Finding& finding_;
  const std::vector<InterleavingRow> rows_;
  const std::vector<uint32_t> clients_;
  std::map<uint32_t, std::optional<size_t>> open_;
  std::string html_;
};

std::string Section(absl::string_view title, absl::string_view note,
                    absl::string_view content) {
  return absl::StrCat(
      "<section><h2>", title,
      note.empty() ? "" : absl::StrCat("<small>", note, "</small>"), "</h2>\n",
      content, "</section>\n");
}

std::string Pre(absl::string_view css_class, absl::string_view text) {
  return absl::StrCat("<pre class=\"", css_class, "\">", EscapeHtml(text),
                      "</pre>\n");
}

std::string Header(const Finding& finding) {
  return absl::StrCat(
      "<header><div class=\"brand\">Mortsafe found</div><h1>",
      EscapeHtml(KindTitle(finding)), "</h1><div class=\"map mono\">",
      EscapeHtml(MapName(finding)), "</div><p class=\"", "sentence\">",
      EscapeHtml(finding.sentence), "</p></header>\n");
}

std::string Proof(const Finding& finding) {
  std::string list = "<ul class=\"proof\">\n";
  const std::vector<Constraint>& constraints = finding.violation->constraints;
  for (size_t i = 0; i < constraints.size(); ++i) {
    absl::StrAppend(&list, "<li class=\"", CssClass(constraints[i].relation),
                    "\" data-constraint=\"", i, "\"><span class=\"letter\">",
                    ConstraintLetter(i), "</span><span>",
                    EscapeHtml(ConstraintText(finding, constraints[i])),
                    "</span></li>\n");
  }
  return list + "</ul>\n";
}

std::string TimelineSection(const Finding& finding) {
  const std::string svg = TimelineSvg(finding);
  if (svg.empty()) return "";
  std::string content = absl::StrCat("<div class=\"scroll\">", svg, "</div>\n");
  if (!finding.violation.has_value() ||
      finding.violation->constraints.empty()) {
    return Section("The calls", "a box runs from call to return", content);
  }
  absl::StrAppend(
      &content, Proof(finding),
      "<p class=\"note\">No order of the numbered calls obeys all of this. "
      "Point at a call or a reason to see it everywhere on this page; click to "
      "keep it.</p>\n");
  return Section("Why it is wrong", "a box runs from call to return", content);
}

std::string InterleavingSection(const Finding& finding) {
  std::vector<InterleavingRow> rows = Interleaving(finding);
  if (rows.empty()) return "";
  const bool has_steps = !finding.trace.steps.empty();
  rows = CutMiddle(std::move(rows), kMaxRows);
  return Section(
      "What happened, in order",
      has_steps ? "\u2933 could have gone on, but another client took over"
                : "",
      absl::StrCat(has_steps
                       ? "<label class=\"choose\"><input type=\"checkbox\" "
                         "id=\"calls-only\"> only calls, returns and "
                         "switches</label>\n"
                       : "",
                   InterleavingHtml(finding, std::move(rows)).Text()));
}

std::string ProgramSections(const Finding& finding) {
  const Schedule& schedule = finding.input.schedule.schedule;
  return absl::StrCat(
      "<div class=\"columns\">\n",
      Section("Program", "client 1 runs thread 1, and so on",
              Pre("program", ToText(finding.input.program))),
      Section("Schedule", "where another thread takes over",
              schedule.switches.empty()
                  ? "<p class=\"note\">No thread is pre-empted.</p>\n"
                  : Pre("schedule", ToText(schedule))),
      "</div>\n");
}

std::string CrashSection(const Finding& finding) {
  if (finding.crash_report.empty()) return "";
  return Section("Crash report", "", Pre("crash", finding.crash_report));
}

std::string FactsSection(const Finding& finding) {
  std::string list = "<dl>";
  for (const Fact& fact : Facts(finding)) {
    absl::StrAppend(&list, "<dt>", EscapeHtml(fact.label), "</dt><dd>",
                    EscapeHtml(fact.text), "</dd>\n");
  }
  return Section("How it was found", "", list + "</dl>\n");
}

std::string ReplaySection(const Finding& finding) {
  if (finding.replay_command.empty()) return "";
  return Section("Replay it", "", Pre("command", finding.replay_command));
}

// The whole page, with `sections` below its header.
std::string Page(const Finding& finding, absl::string_view sections) {
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
      "<meta name=\"viewport\" content=\"width=device-width, ",
      "initial-scale=1\">\n",
      // The page asks for nothing, and nothing in it may.
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src ",
      "'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n",
      "<title>", EscapeHtml(Headline(finding)), "</title>\n<style>",
      HtmlStyle(), "</style>\n</head>\n<body>\n<main>\n", Header(finding),
      sections, "</main>\n<script>", HtmlScript(),
      "</script>\n</body>\n</html>\n");
}

}  // namespace

std::string HtmlReport(const Finding& finding) {
  return Page(
      finding,
      absl::StrCat(TimelineSection(finding), InterleavingSection(finding),
                   CrashSection(finding), ProgramSections(finding),
                   "<div class=\"columns\">", FactsSection(finding),
                   ReplaySection(finding), "</div>\n"));
}

std::string HtmlHistoryReport(const Finding& finding) {
  return Page(finding, TimelineSection(finding));
}

}  // namespace mortsafe

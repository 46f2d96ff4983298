#include "harness/verdict/document.h"

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "harness/report/escape.h"

namespace mortsafe {
namespace {

template <class... Functions>
// One function object made of several.
// NOLINTNEXTLINE(misc-multiple-inheritance)
struct Overloaded : Functions... {
  using Functions::operator()...;
};

std::string BeginMark(absl::string_view mark) {
  return absl::StrCat("<!-- ", mark, ": begin -->");
}
std::string EndMark(absl::string_view mark) {
  return absl::StrCat("<!-- ", mark, ": end -->");
}

// A cell of a table, in which | would end it.
std::string MarkdownCell(absl::string_view text) {
  return absl::StrReplaceAll(PrintableLine(text), {{"|", "\\|"}});
}

std::string MarkdownRow(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) {
    absl::StrAppend(&row, " ", MarkdownCell(cell), cell.empty() ? "|" : " |");
  }
  return row + "\n";
}

std::string MarkdownTable(const Table& table) {
  std::string text;
  if (!table.title.empty()) absl::StrAppend(&text, table.title, "\n\n");
  if (!table.mark.empty()) {
    absl::StrAppend(&text, BeginMark(table.mark), "\n");
  }
  absl::StrAppend(&text, MarkdownRow(table.columns), "|");
  for (size_t i = 0; i < table.columns.size(); ++i) text += "---|";
  text += "\n";
  for (const auto& row : table.rows) text += MarkdownRow(row);
  if (!table.mark.empty()) absl::StrAppend(&text, EndMark(table.mark), "\n");
  return text;
}

// `text` with what stands between pairs of `mark` put between tags.
std::string WithTags(absl::string_view text, absl::string_view mark,
                     absl::string_view tag) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, mark);
  // An odd mark is none.
  if (parts.size() % 2 == 0) return std::string(text);
  std::string tagged;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i % 2 == 1) {
      absl::StrAppend(&tagged, "<", tag, ">", parts[i], "</", tag, ">");
    } else {
      absl::StrAppend(&tagged, parts[i]);
    }
  }
  return tagged;
}

std::string HtmlText(absl::string_view text) {
  return WithTags(WithTags(EscapeHtml(text), "**", "strong"), "`", "code");
}

bool IsNumber(absl::string_view cell) {
  return !cell.empty() && absl::ascii_isdigit(cell.front()) &&
         absl::c_all_of(cell, [](char c) {
           return absl::ascii_isdigit(c) || absl::StrContains(",.e+-", c);
         });
}

// What a link calls a heading: what is before a colon, in letters, digits and
// hyphens.
std::string Anchor(const Heading& heading) {
  std::string anchor;
  for (const char c : heading.text.substr(0, heading.text.find(':'))) {
    anchor += absl::ascii_isalnum(c) ? c : '-';
  }
  return anchor;
}

// Links to all parts of the page; empty where there are none.
std::string HtmlContents(const Document& document) {
  std::string items;
  for (const Block& block : document) {
    const auto* const heading = std::get_if<Heading>(&block);
    if (heading == nullptr || heading->level != 2) continue;
    absl::StrAppend(&items, "<li><a href=\"#", Anchor(*heading), "\">",
                    HtmlText(heading->text), "</a></li>\n");
  }
  if (items.empty()) return "";
  return absl::StrCat("<nav><ul>\n", items, "</ul></nav>\n");
}

std::string HtmlRow(const std::vector<std::string>& cells,
                    absl::string_view tag) {
  std::string row = "<tr>";
  for (const std::string& cell : cells) {
    absl::StrAppend(&row, "<", tag, IsNumber(cell) ? " class=\"number\"" : "",
                    ">", HtmlText(cell), "</", tag, ">");
  }
  return row + "</tr>\n";
}

std::string HtmlTable(const Table& table) {
  std::string text;
  // Not its caption, which would be as wide as all of a table that is scrolled.
  if (!table.title.empty()) {
    absl::StrAppend(&text, "<p class=\"title\">", HtmlText(table.title),
                    "</p>\n");
  }
  absl::StrAppend(&text, "<table>\n<thead>", HtmlRow(table.columns, "th"),
                  "</thead>\n<tbody>\n");
  for (const auto& row : table.rows) text += HtmlRow(row, "td");
  return text + "</tbody>\n</table>\n";
}

constexpr absl::string_view kHtmlBegin = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The trial</title>
<style>
:root { color-scheme: light dark; --ink: #1b1b1b; --muted: #555; --line: #ccc;
  --paper: #fdfdfb; --line-1: #0072b2; --line-2: #d55e00; --line-3: #009e73;
  --line-4: #cc79a7; --line-5: #e69f00; --line-6: #56b4e9;
  --line-7: #8c6d31; --line-8: #7f7f7f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --muted: #aaa;
  --line: #444; --paper: #161616; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); margin: 2em; }
p, pre, nav { max-width: 64em; }
nav ul { columns: 3 16em; padding-left: 1.2em; }
a { color: inherit; }
table { border-collapse: collapse; margin: 1em 0; display: block;
  overflow-x: auto; font-size: 0.9em; }
.title { color: var(--muted); margin: 1em 0 -0.6em; }
th, td { border-bottom: 1px solid var(--line); padding: 0.3em 0.6em;
  text-align: left; vertical-align: top; overflow-wrap: break-word;
  min-width: 3em; }
th.number, td.number { text-align: right; }
pre { white-space: pre-wrap; overflow-wrap: anywhere;
  border-left: 3px solid var(--line); padding-left: 1em; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.92em; }
figure { margin: 1em 0; max-width: 40em; }
</style>
</head>
<body>
)";

}  // namespace

std::string ToMarkdown(const Document& document) {
  std::string text;
  for (const Block& block : document) {
    const std::string part = std::visit(
        Overloaded{[](const Heading& heading) {
                     return absl::StrCat(
                         std::string(static_cast<size_t>(heading.level), '#'),
                         " ", heading.text, "\n");
                   },
                   [](const Paragraph& paragraph) {
                     return absl::StrCat(paragraph.text, "\n");
                   },
                   [](const CodeBlock& code) {
                     std::string lines;
                     for (const std::string& line : code.lines) {
                       absl::StrAppend(&lines, "    ", line, "\n");
                     }
                     return lines;
                   },
                   [](const Table& table) { return MarkdownTable(table); },
                   [](const Plot&) { return std::string(); }},
        block);
    if (part.empty()) continue;
    absl::StrAppend(&text, text.empty() ? "" : "\n", part);
  }
  return text;
}

std::string ToHtml(const Document& document) {
  std::string text(kHtmlBegin);
  bool has_contents = false;
  for (const Block& block : document) {
    const auto* const part = std::get_if<Heading>(&block);
    if (!has_contents && part != nullptr && part->level == 2) {
      has_contents = true;
      text += HtmlContents(document);
    }
    text += std::visit(
        Overloaded{
            [](const Heading& heading) {
              return absl::StrCat(
                  "<h", heading.level, " id=\"", Anchor(heading), "\">",
                  HtmlText(heading.text), "</h", heading.level, ">\n");
            },
            [](const Paragraph& paragraph) {
              return absl::StrCat("<p>", HtmlText(paragraph.text), "</p>\n");
            },
            [](const CodeBlock& code) {
              return absl::StrCat("<pre>",
                                  EscapeHtml(absl::StrJoin(code.lines, "\n")),
                                  "</pre>\n");
            },
            [](const Table& table) { return HtmlTable(table); },
            [](const Plot& plot) {
              return absl::StrCat("<figure data-plot=\"", EscapeHtml(plot.name),
                                  "\"></figure>\n");
            }},
        block);
  }
  return text + "</body>\n</html>\n";
}

std::vector<std::vector<std::string>> RowsOfTable(const std::string& markdown,
                                                  const std::string& mark) {
  const size_t begin = markdown.find(BeginMark(mark));
  const size_t end = markdown.find(EndMark(mark));
  std::vector<std::vector<std::string>> rows;
  if (begin == std::string::npos || end == std::string::npos || end < begin) {
    return rows;
  }
  // Lines of the table begin with a bar; the first two name the columns.
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(
           absl::string_view(markdown).substr(begin, end - begin), '\n')) {
    if (!absl::ConsumePrefix(&line, "|")) continue;
    if (++number <= 2) continue;
    absl::ConsumeSuffix(&line, "|");
    // A bar inside of a cell stands behind a backslash.
    const std::string hidden = absl::StrReplaceAll(line, {{"\\|", "\x01"}});
    std::vector<std::string> row;
    for (const absl::string_view cell : absl::StrSplit(hidden, '|')) {
      row.push_back(absl::StrReplaceAll(absl::StripAsciiWhitespace(cell),
                                        {{"\x01", "|"}}));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace mortsafe

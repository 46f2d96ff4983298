// A page as a value: headings, paragraphs, tables, programs and plots, that can
// be written as Markdown and as HTML.

#ifndef MORTSAFE_HARNESS_VERDICT_DOCUMENT_H_
#define MORTSAFE_HARNESS_VERDICT_DOCUMENT_H_

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mortsafe {

// Text may have Markdown's `code` and **strong**.

struct Heading {
  int level = 1;
  std::string text;
};

struct Paragraph {
  std::string text;
};

// Lines that stay as they are.
struct CodeBlock {
  std::vector<std::string> lines;
};

// NOLINTBEGIN(readability-redundant-member-init): compilers let designated
// initializers skip what is initialized.
struct Table {
  std::string title;  // Stands above it, unless empty.
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows = {};
  // Of the comments around it, by which programs find it; empty for none.
  std::string mark = {};
};

// Lines in one chart, which HTML leaves a place for (scripts/verdict draws it).
struct Plot {
  struct Series {
    std::string name;
    std::vector<std::pair<double, double>> points;
  };
  std::string name;  // Tells plots apart: "c11-steps".
  std::string title = {};
  std::string x_label = {};
  std::string y_label = {};
  std::vector<Series> series = {};
};

// NOLINTEND(readability-redundant-member-init)

using Block = std::variant<Heading, Paragraph, CodeBlock, Table, Plot>;
using Document = std::vector<Block>;

// A plot is left out.
std::string ToMarkdown(const Document& document);

// A whole page, with a list of its parts before the first. In place of a plot
// stands <figure data-plot="NAME"></figure>.
std::string ToHtml(const Document& document);

// The rows, without the columns' names, of the table with that mark in a page
// of Markdown; nothing if it is not there.
std::vector<std::vector<std::string>> RowsOfTable(const std::string& markdown,
                                                  const std::string& mark);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_DOCUMENT_H_

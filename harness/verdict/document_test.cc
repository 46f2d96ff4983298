// One page in two forms: what is put in can be read back, and nothing that
// comes from a map gets out of its place.

#include "harness/verdict/document.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Document PageWith(Table table) {
  return {Heading{1, "Title"}, Paragraph{"Some `code`, **loud**."},
          CodeBlock{{"a | b", "c"}}, table};
}

const Table kTable = {.title = "",
                      .columns = {"x", "y"},
                      .rows = {{"1", "a | b"}, {"2", ""}},
                      .mark = "marked"};

TEST(DocumentTest, MarkdownHasItsTablesReadBack) {
  const std::string markdown = ToMarkdown(PageWith(kTable));
  EXPECT_THAT(markdown, HasSubstr("# Title\n\nSome `code`, **loud**.\n\n"
                                  "    a | b\n    c\n"));
  EXPECT_THAT(RowsOfTable(markdown, "marked"),
              ElementsAre(ElementsAre("1", "a | b"), ElementsAre("2", "")));
  EXPECT_THAT(RowsOfTable(markdown, "other"), IsEmpty());
}

TEST(DocumentTest, CellsStayOnTheirLine) {
  Table table = kTable;
  table.rows = {{"1", "a\nb"}};
  EXPECT_THAT(RowsOfTable(ToMarkdown(PageWith(table)), "marked"),
              ElementsAre(ElementsAre("1", "a b")));
}

TEST(DocumentTest, HtmlEscapesWhatItShows) {
  Table table = kTable;
  table.rows = {{"<script>", "`x<y`"}};
  const std::string html = ToHtml(PageWith(table));
  EXPECT_THAT(html, HasSubstr("<td>&lt;script&gt;</td>"));
  EXPECT_THAT(html, HasSubstr("<code>x&lt;y</code>"));
  EXPECT_THAT(html, HasSubstr("<strong>loud</strong>"));
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
}

TEST(DocumentTest, HtmlLinksToItsParts) {
  const std::string html =
      ToHtml({Heading{1, "Title"}, Paragraph{"First."},
              Heading{2, "C1: refuted"}, Heading{2, "The maps"}});
  EXPECT_THAT(html, HasSubstr("<p>First.</p>\n<nav>"));
  EXPECT_THAT(html, HasSubstr("<a href=\"#C1\">C1: refuted</a>"));
  EXPECT_THAT(html, HasSubstr("<h2 id=\"C1\">C1: refuted</h2>"));
  EXPECT_THAT(html, HasSubstr("<a href=\"#The-maps\">"));
  EXPECT_THAT(html, HasSubstr("<h2 id=\"The-maps\">"));
}

TEST(DocumentTest, HtmlPutsNumbersInLine) {
  Table table = kTable;
  table.rows = {{"1,024", "1 program"}, {"1.4e+07", ""}};
  const std::string html = ToHtml({table});
  EXPECT_THAT(html, HasSubstr("<td class=\"number\">1,024</td>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"number\">1.4e+07</td>"));
  EXPECT_THAT(html, HasSubstr("<td>1 program</td>"));
}

TEST(DocumentTest, PlotsAreLeftToHtml) {
  const Document page = {Plot{.name = "window"}};
  EXPECT_EQ(ToMarkdown(page), "");
  EXPECT_THAT(ToHtml(page),
              HasSubstr("<figure data-plot=\"window\"></figure>"));
}

}  // namespace
}  // namespace mortsafe

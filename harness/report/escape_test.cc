// What comes from outside cannot drive a terminal or a page.

#include "harness/report/escape.h"

#include <string>

#include "gtest/gtest.h"

namespace mortsafe {
namespace {

TEST(PrintableTest, KeepsTextAndSpellsOutControlCharacters) {
  EXPECT_EQ(Printable("plain text\n\tindented"), "plain text\n  indented");
  EXPECT_EQ(Printable("\x1b[31mred\x07\r\x7f"), "\\x1b[31mred\\x07\\x0d\\x7f");
  EXPECT_EQ(Printable(std::string("a\0b", 3)), "a\\x00b");
}

TEST(PrintableTest, KeepsWellFormedUtf8Only) {
  EXPECT_EQ(Printable("\u00e9 \u2192 \U0001f480"), "\u00e9 \u2192 \U0001f480");
  EXPECT_EQ(Printable("\xff"), "\\xff");
  EXPECT_EQ(Printable("cut \xe2\x86"), "cut \\xe2\\x86");
  EXPECT_EQ(Printable("\xc0\xaf"), "\\xc0\\xaf") << "overlong";
  EXPECT_EQ(Printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "surrogate";
  EXPECT_EQ(Printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(Printable("\xc2\x9b"), "\\xc2\\x9b") << "a C1 control";
}

TEST(PrintableTest, LinesBecomeOne) {
  EXPECT_EQ(PrintableLine("one\ntwo\n"), "one two ");
}

TEST(EscapeHtmlTest, LeavesNoMarkup) {
  EXPECT_EQ(EscapeHtml("<a href='x' id=\"y\">&</a>"),
            "&lt;a href=&#39;x&#39; id=&quot;y&quot;&gt;&amp;&lt;/a&gt;");
  EXPECT_EQ(EscapeHtml("\x01"), "\\x01");
}

}  // namespace
}  // namespace mortsafe

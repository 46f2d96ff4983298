// The page is well formed, whole, harmless and needs nothing else.

#include "harness/report/html.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/report/example_finding.h"
#include "harness/report/finding.h"

namespace mortsafe {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

bool IsVoidElement(absl::string_view name) {
  return name == "meta" || name == "input" || name == "!DOCTYPE";
}

// What is wrong with the nesting of the page's tags, or nothing.
std::string NestingError(absl::string_view page) {
  std::vector<std::string> open;
  size_t at = 0;
  while ((at = page.find('<', at)) != absl::string_view::npos) {
    const size_t end = page.find('>', at);
    if (end == absl::string_view::npos) return "a tag without end";
    const absl::string_view tag = page.substr(at + 1, end - at - 1);
    at = end + 1;
    const std::string name(tag.substr(0, tag.find_first_of(" />", 1)));
    if (absl::StartsWith(tag, "/")) {
      const std::string closed(tag.substr(1));
      if (open.empty() || open.back() != closed) return "stray /" + closed;
      open.pop_back();
    } else if (!absl::EndsWith(tag, "/") && !IsVoidElement(name)) {
      open.push_back(name);
      // The content of these two is not markup.
      if (name == "style" || name == "script") at = page.find("</", at);
    }
  }
  return open.empty() ? "" : "unclosed " + open.back();
}

TEST(NestingErrorTest, SeesWhatIsWrong) {
  EXPECT_EQ(NestingError("<p><b>x</b><meta a></p>"), "");
  EXPECT_NE(NestingError("<p><b>x</p></b>"), "");
  EXPECT_NE(NestingError("<p>"), "");
  EXPECT_NE(NestingError("</p>"), "");
}

TEST(HtmlReportTest, TagsAreBalanced) {
  EXPECT_EQ(NestingError(HtmlReport(StaleValueFinding())), "");
  EXPECT_EQ(NestingError(HtmlReport(CrashFinding())), "");
}

TEST(HtmlReportTest, ShowsEveryCallAndAnswerInTheTimeline) {
  const std::string page = HtmlReport(StaleValueFinding());
  EXPECT_THAT(page, AllOf(HasSubstr("initial: Store(0, 1) done</title>"),
                          HasSubstr("client 1: Load(1) absent</title>"),
                          HasSubstr("client 2: Delete(0) done</title>"),
                          HasSubstr("client 2: Load(0) = 1</title>")));
  EXPECT_THAT(page, AllOf(HasSubstr("box culprit\" tabindex=\"0\" "
                                    "data-operation=\"3\""),
                          HasSubstr("box witness\" tabindex=\"0\" "
                                    "data-operation=\"2\""),
                          HasSubstr("box bystander\" tabindex=\"0\" "
                                    "data-operation=\"1\"")));
}

TEST(HtmlReportTest, EveryReasonIsAnArrowAndASentence) {
  const std::string page = HtmlReport(StaleValueFinding());
  for (int i = 0; i < 4; ++i) {
    EXPECT_THAT(page, HasSubstr(absl::StrCat("\" data-constraint=\"", i,
                                             "\"><span class=\"letter\">",
                                             std::string(1, "abcd"[i]))));
    EXPECT_THAT(page, HasSubstr(absl::StrCat("\" data-constraint=\"", i,
                                             "\"><title>")));
  }
  EXPECT_THAT(
      page,
      HasSubstr(
          "(3) Load(0) read the value that (1) Store(0, 1) stored</span>"));
}

TEST(HtmlReportTest, TheInterleavingPointsAtItsOperations) {
  EXPECT_THAT(HtmlReport(StaleValueFinding()),
              AllOf(HasSubstr("<td class=\"call open culprit\" "
                              "data-operation=\"3\">Load(0)</td>"),
                    HasSubstr("<td class=\"step open culprit\" "
                              "data-operation=\"3\">load entry.p = 1</td>"),
                    HasSubstr("<td class=\"return open culprit\" "
                              "data-operation=\"3\">= 1</td>"),
                    HasSubstr("client 2 took over</td>")));
}

TEST(HtmlReportTest, ShowsProgramScheduleFactsAndReplay) {
  EXPECT_THAT(HtmlReport(StaleValueFinding()),
              AllOf(HasSubstr("thread 2: Delete(0); Load(0)\n"),
                    HasSubstr("T1@2 -&gt; T2\n"), HasSubstr("seed 42"),
                    HasSubstr("9 to 4 operations, 7 to 3 thread switches"),
                    HasSubstr("mortsafe replay findings/example")));
}

TEST(HtmlReportTest, NothingFromOutsideIsMarkup) {
  Finding finding = CrashFinding();
  finding.map = "<map>";
  finding.sentence = "<sentence onload='x'>";
  finding.strategy = "<strategy>";
  finding.replay_command = "<command>";
  finding.trace.steps = {Step(1, 1, "<action>", "<object>", "<detail>")};
  const std::string page = HtmlReport(finding);
  for (const char* markup :
       {"<script>alert", "<map>", "<sentence", "<strategy>", "<command>",
        "<action>", "<object>", "<detail>", "\x1b", "\xff"}) {
    EXPECT_THAT(page, Not(HasSubstr(markup)));
  }
  EXPECT_THAT(
      page,
      AllOf(HasSubstr("&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"),
            HasSubstr("\\x1b[1mheap-use-after-free"),
            HasSubstr("&lt;action&gt; &lt;object&gt; &lt;detail&gt;")));
  EXPECT_EQ(NestingError(page), "");
}

TEST(HtmlReportTest, NeedsNothingElse) {
  const std::string page = HtmlReport(StaleValueFinding());
  for (const char* reference :
       {"http:", "https:", " src=", " href=", "@import", "url(\"", "fetch("}) {
    EXPECT_THAT(page, Not(HasSubstr(reference)));
  }
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(HtmlReportTest, PendingCallsAndManyClientsHaveAPlace) {
  Finding finding = StaleValueFinding();
  finding.history.operations.push_back(
      Called(8, OperationKind::kClear, 0, 5, kPending));
  const std::string page = HtmlReport(finding);
  EXPECT_THAT(page, HasSubstr("<g class=\"box bystander pending\""));
  EXPECT_THAT(page, HasSubstr("client 8: Clear() pending</title>"));
  EXPECT_EQ(NestingError(page), "");
}

}  // namespace
}  // namespace mortsafe

// Two maps part where they do, and a map does not part from itself.

#include "harness/verdict/side_by_side.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/specials.h"
#include "maps/defects.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::string_view kDeleteAndLoad =
    "initial: Store(0, 1); Load(0); Delete(0); Load(0)";

TEST(SideBySideTest, AWrongAnswerIsShownBesideTheRightOne) {
  const Special special =
      SideBySide({.article = "read-dirty:c7-delete-skips-read",
                  .defect = ReadDirtyDefect::kDeleteSkipsUnamendedRead,
                  .program = kDeleteAndLoad,
                  .set_up = 2});
  const std::string page = ToMarkdown(special.exhibits);
  EXPECT_THAT(page, HasSubstr("after `initial: Store(0, 1); Load(0)`"));
  EXPECT_THAT(page, HasSubstr("| 1 | Delete(0) | done | live in read | done | "
                              "nil in read |"));
  EXPECT_THAT(page, HasSubstr("| 2 | Load(0) | 1, **wrong** | live in read | "
                              "absent | nil in read |"));
  EXPECT_THAT(page, HasSubstr("part at step 1, `Delete(0)`"));
  EXPECT_THAT(page, HasSubstr("wrong answer of the article's map is 1, at step "
                              "2, `Load(0)`"));
  ASSERT_EQ(special.evidence.size(), 2);
  EXPECT_EQ(OutcomeText(special.evidence[0]), "nothing wrong in any execution");
  EXPECT_EQ(special.evidence[1].leg, Leg::kDefect);
  EXPECT_EQ(special.evidence[1].found, "a wrong answer");
}

TEST(SideBySideTest, AMapDoesNotPartFromItself) {
  const Special special = SideBySide({.article = "read-dirty",
                                      .defect = ReadDirtyDefect::kNone,
                                      .program = kDeleteAndLoad});
  EXPECT_EQ(special.evidence[1].found, "");
  const std::string page = ToMarkdown(special.exhibits);
  EXPECT_THAT(page, HasSubstr("The two maps do not differ."));
  EXPECT_THAT(page, Not(HasSubstr("wrong")));
}

TEST(SideBySideTest, AKeyMayBeElsewhereWithoutAWrongAnswer) {
  const Special special =
      SideBySide({.article = "read-dirty:c14-promotes-at-eighth",
                  .defect = ReadDirtyDefect::kPromotesAtEighth,
                  .program = "initial: Store(0, 1); Store(1, 2); Load(7)",
                  .set_up = 2});
  EXPECT_EQ(special.evidence[1].found, "a key that is elsewhere");
  EXPECT_THAT(ToMarkdown(special.exhibits),
              HasSubstr("No answer of the article's map is wrong."));
}

}  // namespace
}  // namespace mortsafe

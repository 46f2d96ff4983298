// The source that a finding leaves behind.

#include "harness/report/regression_test_writer.h"

#include <cstddef>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/violation_kind.h"
#include "harness/report/example_finding.h"
#include "harness/report/finding.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

TEST(RegressionTestTest, ReplaysProgramAndSchedule) {
  EXPECT_EQ(
      RegressionTest(StaleValueFinding()),
      R"text(// Stale value after Delete in read-dirty:c3-promotion-copies.
//
// Client 2's Load(0) returned 1, although client 2's Delete(0) had removed that
// value and finished before the Load was called.
//
// Fails until the map is mended, the same way each time. To run it, add this
// file to a GoogleTest program that links the harness (CMake: mortsafe_hunt and
// GTest::gtest_main), and run that program with
// --gtest_filter='RegressionTest.*'.
//
// Found by the build release (cmake --preset release); another may not see it.

#include "gtest/gtest.h"
#include "harness/hunt/replay.h"

namespace {

TEST(RegressionTest, StaleValueAfterDelete) {
  const mortsafe::ReplayResult result = mortsafe::ReplayText(
      "read-dirty:c3-promotion-copies",
      R"(
initial:  Store(0, 1)
thread 1: Load(1)
thread 2: Delete(0); Load(0)
)",
      R"(
T1@2 -> T2
T2@3 -> T1
T1@3 -> T2
)");
  EXPECT_EQ(result.violation, "") << result.report;
}

}  // namespace
)text");
}

TEST(RegressionTestTest, NoSentenceEscapesItsComment) {
  Finding finding = StaleValueFinding();
  finding.sentence = "one\nint two;\\";
  EXPECT_THAT(RegressionTest(finding),
              HasSubstr("//\n// one int two;\\.\n//\n"));
}

TEST(RegressionTestTest, TheMapsNameIsQuoted) {
  Finding finding = StaleValueFinding();
  finding.map = "a\"b\\c";
  finding.defect = "";
  EXPECT_THAT(RegressionTest(finding), HasSubstr(R"("a\"b\\c",)"));
}

TEST(RegressionTestTest, AUsersMapIsBroughtAlong) {
  Finding finding = StaleValueFinding();
  EXPECT_THAT(RegressionTest(finding), Not(HasSubstr("RegisterMap")));
  finding.map = "acme::Map";
  finding.map_header = "maps/acme_map.h";
  const std::string test = RegressionTest(finding);
  EXPECT_THAT(test, HasSubstr("#include \"maps/acme_map.h\"\n"));
  EXPECT_THAT(test,
              HasSubstr("mortsafe::RegisterMap<acme::Map>(\"acme::Map\");"));
}

TEST(RegressionTestTest, ThreadsOfTheMapsOwnAreCounted) {
  Finding finding = StaleValueFinding();
  EXPECT_THAT(RegressionTest(finding), HasSubstr("\n)\");\n"));
  finding.input.schedule.schedule.switches.back().next = 4;
  EXPECT_THAT(RegressionTest(finding), HasSubstr("\n)\",\n      2);\n"));
}

TEST(RegressionTestTest, EveryKindGivesAnIdentifier) {
  for (int i = 0; i < kViolationKindCount; ++i) {
    Finding finding = StaleValueFinding();
    finding.kind = static_cast<ViolationKind>(i);
    const std::string source = RegressionTest(finding);
    const size_t start = source.find("TEST(RegressionTest, ") + 21;
    const std::string name =
        source.substr(start, source.find(')', start) - start);
    EXPECT_THAT(name, MatchesRegex("[A-Z][A-Za-z]+"));
  }
}

TEST(RegressionTestTest, AWeakMemoryModelIsMentioned) {
  Finding finding = StaleValueFinding();
  EXPECT_THAT(RegressionTest(finding), Not(HasSubstr("--memory")));
  finding.memory = "c11";
  EXPECT_THAT(RegressionTest(finding),
              HasSubstr("// Found under --memory c11."));
}

}  // namespace
}  // namespace mortsafe

// The report on a finding of real threads, letter by letter.

#include "harness/report/history_report.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/report/example_finding.h"

namespace mortsafe {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(HistoryReportTest, TellsTheWholeStory) {
  Finding finding = StaleValueFinding();
  finding.replay_command = "mortsafe stress --seed 42";
  EXPECT_EQ(
      HistoryReport(finding, {{"found in", "operation 7"}, {"build", "tsan"}},
                    TerminalOptions()),
      R"(Stale value after Delete in read-dirty:c3-promotion-copies
Client 2's Load(0) returned 1, although client 2's Delete(0) had removed that value and finished before the
Load was called.

The calls that prove it
  client    call             answer  called  returned
* initial   (1) Store(0, 1)  done    1       4
* client 2  (2) Delete(0)    done    10      13
! client 2  (3) Load(0)      = 1     17      19

Why no order of them is right
  - (1) Store(0, 1) finished before (2) Delete(0) was called
  - (2) Delete(0) removed the value that (1) Store(0, 1) stored
  - (2) Delete(0) finished before (3) Load(0) was called
  - (3) Load(0) read the value that (1) Store(0, 1) stored

How it was found
  found in  operation 7
  build     tsan

Look for it again (the same calls; when they run is up to the system)
  mortsafe stress --seed 42
)");
}

TEST(HistoryReportTest, ACrashHasNoCallsToShow) {
  const std::string report =
      HistoryReport(CrashFinding(), {}, TerminalOptions());
  EXPECT_THAT(report, AllOf(HasSubstr("The crash report\n  ==1==ERROR"),
                            Not(HasSubstr("calls that prove")),
                            Not(HasSubstr("\x1b"))));
}

}  // namespace
}  // namespace mortsafe

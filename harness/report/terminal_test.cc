// The report on a terminal, letter by letter.

#include "harness/report/terminal.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/violation_kind.h"
#include "harness/report/example_finding.h"
#include "harness/report/finding.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(TerminalReportTest, TellsTheWholeStory) {
  EXPECT_EQ(TerminalReport(StaleValueFinding(), TerminalOptions()),
            R"(Stale value after Delete in read-dirty:c3-promotion-copies
Client 2's Load(0) returned 1, although client 2's Delete(0) had removed that value and finished before the
Load was called.

The calls that prove it
* initial   (1) Store(0, 1)  done
* client 2  (2) Delete(0)    done
! client 2  (3) Load(0)      = 1

Why no order of them is right
  - (1) Store(0, 1) finished before (2) Delete(0) was called
  - (2) Delete(0) removed the value that (1) Store(0, 1) stored
  - (2) Delete(0) finished before (3) Load(0) was called
  - (3) Load(0) read the value that (1) Store(0, 1) stored

The program (client 1 runs thread 1, and so on)
  initial:  Store(0, 1)
  thread 1: Load(1)
  thread 2: Delete(0); Load(0)

What happened, in order
time | initial         | client 1            | client 2
-----+-----------------+---------------------+------------------------------
   1 | * Store(0, 1)   |                     |
     |     ... 2 steps |                     |
   4 | * done          |                     |
   7 |                 |   Load(1)           |
   8 |                 |     load read = #0  |
   9 |                 |     load dirty = #1 |
     |                 |     ~> client 2     |
  10 |                 |                     | * Delete(0)
  11 |                 |                     |     load read = #0
  12 |                 |                     |     exchange entry.p 1 -> nil
  13 |                 |                     | * done
  15 |                 |     store read = #2 |
  16 |                 |   absent            |
  17 |                 |                     | ! Load(0)
  18 |                 |                     |     load entry.p = 1
  19 |                 |                     | ! = 1

!   the call that no order of the calls explains
*   a call that proves it
~>  could have gone on, but another client ran

How it was found
  found in   execution 1,234, strategy random, seed 42
  minimised  9 to 4 operations, 7 to 3 thread switches
  memory     sc
  build      release, Mortsafe 0.1.0

Replay it
  mortsafe replay findings/example
)");
}

TEST(TerminalReportTest, ACrashShowsItsReportWithControlsSpelledOut) {
  const std::string report = TerminalReport(CrashFinding(), TerminalOptions());
  EXPECT_THAT(report, StartsWith("Use after free in third-party\n"));
  EXPECT_THAT(report, HasSubstr(R"(
The crash report
  ==1==ERROR: AddressSanitizer: \x1b[1mheap-use-after-free\x1b[0m
      #0 <script>alert('&')</script> map.h:7\x0d
      #1 \xff\x80

How it was found
)"));
  EXPECT_THAT(report, Not(HasSubstr("What happened")));
  EXPECT_TRUE(std::none_of(report.begin(), report.end(), [](char c) {
    return c != '\n' && static_cast<unsigned char>(c) < 0x20;
  }));
}

TEST(TerminalReportTest, ALongCrashReportIsCut) {
  Finding finding = CrashFinding();
  finding.crash_report = std::string(300, 'x') + "\n";
  for (int i = 0; i < 99; ++i) {
    absl::StrAppend(&finding.crash_report, "line ", i, "\n");
  }
  const std::string report = TerminalReport(finding, TerminalOptions());
  EXPECT_THAT(report, HasSubstr(std::string(105, 'x') + "...\n"));
  EXPECT_THAT(report, HasSubstr("line 22\n  ... 76 more lines in report.html"));
}

TEST(TerminalReportTest, NothingIsWiderThanTheTerminal) {
  TerminalOptions options;
  options.width = 60;
  for (absl::string_view line :
       absl::StrSplit(TerminalReport(StaleValueFinding(), options), '\n')) {
    EXPECT_LE(line.size(), 60u) << line;
  }
}

TEST(TerminalReportTest, UnknownFactsAreLeftOut) {
  Finding finding;
  finding.map = "read-dirty";
  finding.kind = ViolationKind::kDeadlock;
  EXPECT_EQ(TerminalReport(finding, TerminalOptions()),
            R"(Deadlock in read-dirty

The program (client 1 runs thread 1, and so on)
)" + std::string("  \n") +
                R"(
How it was found
  minimised  0 operations, 0 thread switches
  memory     sc
)");
}

}  // namespace
}  // namespace mortsafe

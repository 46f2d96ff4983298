// The interleaving as text, letter by letter: people read it first.

#include "harness/report/table.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/report/example_finding.h"
#include "harness/report/finding.h"
#include "harness/report/text_layout.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

size_t LongestLine(const std::string& text) {
  size_t longest = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    longest = std::max(longest, DisplayWidth(line));
  }
  return longest;
}

TEST(InterleavingTableTest, ShowsCallsStepsReturnsAndPreemptions) {
  EXPECT_EQ("\n" + InterleavingTable(StaleValueFinding(), TableOptions()), R"(
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
)");
}

TEST(InterleavingTableTest, CountsStepsFarFromSwitchesWhereThereAreTooMany) {
  TableOptions options;
  options.max_steps = 5;
  EXPECT_EQ("\n" + InterleavingTable(StaleValueFinding(), options), R"(
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
)");
}

TEST(InterleavingTableTest, TheInitialColumnIsThereOnlyWhenNeeded) {
  Finding finding;
  finding.history.operations = {Called(1, OperationKind::kLoad, 0, 2, 5)};
  finding.trace.steps = {Step(0, 1, "start", "T1", ""),
                         Step(1, 3, "load", "read", "= nil")};
  EXPECT_EQ("\n" + InterleavingTable(finding, TableOptions()), R"(
time | client 1
-----+--------------------
   2 |   Load(0)
   3 |     load read = nil
   5 |   absent
)");
}

TEST(InterleavingTableTest, WrapsCellsToTheWidth) {
  Finding finding;
  finding.history.operations = {Called(1, OperationKind::kLoad, 0, 2, 5),
                                Called(2, OperationKind::kLoad, 0, 2, 5)};
  finding.trace.steps = {
      Step(1, 3, "compare-exchange", "entry.p", "nil -> expunged"),
      Step(2, 4, "load", "a_name_without_any_space", "")};
  TableOptions options;
  options.width = 50;
  EXPECT_EQ("\n" + InterleavingTable(finding, options), R"(
time | client 1             | client 2
-----+----------------------+---------------------
   2 |   Load(0)            |
   2 |                      |   Load(0)
   3 |     compare-exchange |
     |     entry.p nil ->   |
     |     expunged         |
   4 |                      |     load
     |                      |     a_name_without_a
     |                      |     ny_space
   5 |   absent             |
   5 |                      |   absent
)");
}

TEST(InterleavingTableTest, ThreeClientsFitTheDefaultWidth) {
  Finding finding = StaleValueFinding();
  for (uint32_t client = 1; client <= 3; ++client) {
    finding.trace.steps.push_back(Step(client, 20 + client, "compare-exchange",
                                       "some.long.name.of.it",
                                       "a long old value -> a long new value"));
  }
  const std::string table = InterleavingTable(finding, TableOptions());
  EXPECT_THAT(table, HasSubstr("client 3"));
  EXPECT_GT(LongestLine(table), 90u);
  EXPECT_LE(LongestLine(table), 110u);
}

TEST(InterleavingTableTest, ColoursAddNothingButStyles) {
  TableOptions options;
  options.color = true;
  const std::string table = InterleavingTable(StaleValueFinding(), options);
  EXPECT_THAT(table, HasSubstr("\x1b[1;31m! Load(0)\x1b[0m"));
  EXPECT_THAT(table, HasSubstr("\x1b[1;33m* Delete(0)\x1b[0m"));
  EXPECT_THAT(InterleavingTable(StaleValueFinding(), TableOptions()),
              Not(HasSubstr("\x1b")));
}

TEST(InterleavingTableTest, AnEndlessTraceIsCut) {
  Finding finding;
  for (uint32_t i = 0; i < 20'000; ++i) {
    finding.trace.steps.push_back(
        Step(1 + i % 2, i, "load", "flag", "= 0", /*preempts=*/true));
  }
  const std::string table = InterleavingTable(finding, TableOptions());
  EXPECT_THAT(table, HasSubstr("rows left out"));
  EXPECT_LT(std::count(table.begin(), table.end(), '\n'), 420);
}

TEST(InterleavingTableTest, NothingHappenedNothingShown) {
  EXPECT_EQ(InterleavingTable(CrashFinding(), TableOptions()), "");
}

}  // namespace
}  // namespace mortsafe

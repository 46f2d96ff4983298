// What a probe found is told with its bounds, and no more than it has shown.

#include "harness/cli/progress_report.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/hunt/progress.h"
#include "harness/hunt/progress_probe.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ProgressReportTest : public ::testing::Test {
 protected:
  ProgressReportTest() {
    options_.subject = *FindSubject("read-dirty");
    options_.keys = 2;
    ProgressRow load = {.kind = OperationKind::kLoad,
                        .starts = 50,
                        .most_steps = 13,
                        .most_steps_without_lock = 2};
    result_.rows.push_back(load);
    load.operations = 1;
    load.starts = 2'000;
    load.with_waits = 1'234;
    load.example = *ParseProgram(
        "initial: Store(0, 1) | thread 1: Load(0) | thread 2: Load(1); Load(0)",
        "test");
    load.wait = {.own_steps = 1, .client = 2, .operation = 1, .steps = 3};
    result_.rows.push_back(load);
    result_.rows.push_back(
        {.kind = OperationKind::kClear, .starts = 50, .most_steps = 7});
    result_.states = 50;
    result_.states_known = true;
    result_.kinds.Add(OperationKind::kLoad);
    result_.complete = true;
    result_.executions = 27'228;
  }
  ProgressOptions options_;
  ProgressResult result_;
};

TEST_F(ProgressReportTest, HasALineForEachOperation) {
  EXPECT_THAT(
      ProgressTable(result_),
      AllOf(ContainsRegex("Load +2   2 +13  13 +for a lock, in 1,234 of 2,000"),
            ContainsRegex("Clear +- +7 +never")));
}

TEST_F(ProgressReportTest, SaysWhoIsWaitedForWhere) {
  EXPECT_THAT(
      ProgressTable(result_),
      HasSubstr("Load(0) of client 1 waits for a lock after 1 step; client 2 "
                "holds it, stopped after 3 steps of Load(0):\n      initial: "
                "Store(0, 1) | thread 1: Load(0) | thread 2: Load(1); "
                "Load(0)\n"));
}

TEST_F(ProgressReportTest, WhatGoesOnForEverHasNoNumber) {
  ProgressRow& row = result_.rows[1];
  row.bounded = false;
  row.wait.kind = ProbedWait::Kind::kChange;
  EXPECT_THAT(ProgressTable(result_),
              AllOf(ContainsRegex("Load +2   \\* +13   \\* +in a loop"),
                    HasSubstr("  * for ever, unless another thread goes on"),
                    HasSubstr("waits in a loop, for a change after 1 step")));
}

TEST_F(ProgressReportTest, TheSentenceNamesTheBounds) {
  EXPECT_THAT(
      ProgressSummary(options_, result_),
      AllOf(StartsWith("Shown: on read-dirty"),
            HasSubstr("1 other thread with up to 1 operation each on up to 2 "
                      "keys, made of Load, from each of the 50 initial states"),
            HasSubstr("sequentially consistent"),
            HasSubstr("2,100 programs with initial states, 27,228 "
                      "executions")));
  result_.states_known = false;
  EXPECT_THAT(ProgressSummary(options_, result_),
              HasSubstr("from 50 initial states, which need not be all"));
}

TEST_F(ProgressReportTest, ClaimsNoMoreThanWasDone) {
  result_.complete = false;
  result_.rows[0].incomplete = 3;
  EXPECT_THAT(ProgressSummary(options_, result_),
              StartsWith("Not shown for 3 programs"));
  result_.interrupted = true;
  EXPECT_THAT(ProgressSummary(options_, result_),
              AllOf(StartsWith("Interrupted"), Not(HasSubstr("Shown"))));
}

TEST_F(ProgressReportTest, TheDocumentHasTheTable) {
  const auto json = ProgressJson(result_);
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["operation"], "load");
  EXPECT_EQ(json[0]["waits_for"], "lock");
  EXPECT_EQ(json[0]["beside"][1]["steps"], 13);
  EXPECT_EQ(json[0]["beside"][1]["steps_without_lock"], 2);
  EXPECT_EQ(json[0]["beside"][1]["waiting"], 1'234);
  EXPECT_EQ(json[0]["example"]["own_steps"], 1);
  EXPECT_EQ(json[1]["waits_for"], nullptr);
  EXPECT_EQ(json[1]["beside"][0]["steps_without_lock"], nullptr);
  result_.rows[2].bounded = false;
  EXPECT_EQ(ProgressJson(result_)[1]["beside"][0]["steps"], nullptr);
}

}  // namespace
}  // namespace mortsafe

// What is told of an execution that went wrong, when running it again is
// dangerous or shows something else.

#include "harness/cli/finding_builder.h"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/isolation.h"
#include "harness/hunt/observer.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class EmptyMap {
 public:
  std::optional<Value> Load(Key) { return std::nullopt; }
  void Store(Key, Value) {}
  void Delete(Key) {}
};

class LoopsWhenMade : public EmptyMap {
 public:
  LoopsWhenMade() {
    volatile bool for_ever = true;
    while (for_ever) {
    }
  }
};

class AbortsWhenMade : public EmptyMap {
 public:
  AbortsWhenMade() { std::abort(); }
};

[[maybe_unused]] const bool kRegistered =
    RegisterMap<EmptyMap>("test::Empty") &&
    RegisterMap<LoopsWhenMade>("test::LoopsWhenMade") &&
    RegisterMap<AbortsWhenMade>("test::AbortsWhenMade");

Finding Build(absl::string_view map, const Observation& observation) {
  return BuildFinding(
      FindSubject(map).value(),
      ParseProgram("initial: Store(0, 1) | thread 1: Load(0)", "test").value(),
      observation);
}

Observation CrashAfter(uint32_t steps, ViolationKind kind) {
  Observation observation;
  observation.kind = kind;
  observation.steps = steps;
  observation.crash = Crash{kind, "It went wrong.", "its last words"};
  return observation;
}

TEST(BuildFindingTest, RunsNothingOfWhatFailedBeforeTheFirstStep) {
  const Finding finding =
      Build("test::LoopsWhenMade", CrashAfter(0, ViolationKind::kTimeOut));
  EXPECT_EQ(finding.kind, ViolationKind::kTimeOut);
  EXPECT_EQ(finding.sentence, "It went wrong.");
  EXPECT_EQ(finding.crash_report, "its last words");
  EXPECT_TRUE(finding.history.operations.empty());
  EXPECT_TRUE(finding.trace.steps.empty());
}

TEST(BuildFindingTest, SurvivesAMapThatCrashesEarlierThisTime) {
  const Finding finding =
      Build("test::AbortsWhenMade", CrashAfter(5, ViolationKind::kCrash));
  EXPECT_EQ(finding.sentence, "It went wrong.");
  EXPECT_TRUE(finding.trace.steps.empty());
}

TEST(BuildFindingTest, ShowsTheCallsOfAViolation) {
  Observation observation;
  observation.kind = ViolationKind::kLostStore;
  observation.sentence = "The Store was lost.";
  const Finding finding = Build("test::Empty", observation);
  EXPECT_EQ(finding.history.operations.size(), 2u);
  ASSERT_TRUE(finding.violation.has_value());
  EXPECT_EQ(finding.violation->kind, ViolationKind::kLostStore);
  EXPECT_THAT(finding.sentence, Not(HasSubstr("did not happen again")));
}

TEST(BuildFindingTest, SaysSoWhereAViolationDoesNotHappenAgain) {
  Observation observation;
  observation.kind = ViolationKind::kStaleValueAfterDelete;
  observation.sentence = "The value was stale.";
  const Finding finding = Build("test::Empty", observation);
  EXPECT_EQ(finding.kind, ViolationKind::kStaleValueAfterDelete);
  EXPECT_THAT(finding.sentence, HasSubstr("The value was stale."));
  EXPECT_THAT(finding.sentence, HasSubstr("did not happen again"));
  EXPECT_TRUE(finding.trace.steps.empty());
}

}  // namespace
}  // namespace mortsafe

// The closing sentence of `mortsafe verify` claims what was shown, and no more.

#include "harness/cli/verify_summary.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/hunt/verify.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class VerifySummaryTest : public ::testing::Test {
 protected:
  VerifySummaryTest() {
    options_.subject = *FindSubject("read-dirty");
    options_.threads = 3;
    options_.keys = 2;
    result_.kinds = VerifiedKinds(*options_.subject.subject, true);
    result_.covered = options_.subject.subject->covered;
    result_.states = 50;
    result_.state_classes = 26;
    result_.keys_are_alike = true;
    result_.states_known = true;
    result_.complete = true;
    result_.counts.executions = 1'234'567;
  }
  VerifyOptions options_;
  VerifyResult result_;
};

TEST_F(VerifySummaryTest, NamesMapReclaimerBoundsStatesAndMemoryModel) {
  EXPECT_THAT(
      VerifySummary(options_, result_),
      AllOf(
          StartsWith("Shown: on read-dirty, where memory is freed with the "
                     "map (ArenaReclaimer), every program of 3 threads with "
                     "1 operation each (and so, as far as histories go, every "
                     "smaller one) on up to 2 keys"),
          HasSubstr("each of the 50 states"), HasSubstr("(26 up to"),
          HasSubstr("sequentially consistent"),
          HasSubstr("1,234,567 executions")));
}

TEST_F(VerifySummaryTest, NamesWeakMemory) {
  options_.memory = MemoryModel::kC11;
  EXPECT_THAT(VerifySummary(options_, result_),
              AllOf(HasSubstr("in every execution under C11's memory model "
                              "(RC11) a linearizable history"),
                    Not(HasSubstr("sequentially consistent")),
                    Not(HasSubstr("interleaving"))));
}

TEST_F(VerifySummaryTest, NamesWhatStrongerOperationsCover) {
  EXPECT_THAT(VerifySummary(options_, result_),
              AllOf(HasSubstr("made of Load, LoadOrStore,"),
                    HasSubstr("cover Store (Swap, its result dropped) and "
                              "Delete (LoadAndDelete, its result dropped)")));
  result_.covered.clear();
  EXPECT_THAT(VerifySummary(options_, result_), Not(HasSubstr("cover")));
}

TEST_F(VerifySummaryTest, SaysSoWhereThereMayBeOtherStates) {
  result_.states_known = false;
  EXPECT_THAT(VerifySummary(options_, result_),
              HasSubstr("from the empty map and 49 other initial states (26 up "
                        "to renaming of keys), which need not be all"));
}

TEST_F(VerifySummaryTest, RenamesNoKeysThatAreNotAlike) {
  EXPECT_THAT(VerifySummary(options_, result_),
              HasSubstr("up to renaming of threads, keys and values"));
  result_.keys_are_alike = false;
  EXPECT_THAT(VerifySummary(options_, result_),
              AllOf(HasSubstr("from each of the 50 states that a single client "
                              "can bring its tables to, gives"),
                    HasSubstr("up to renaming of threads and values"),
                    Not(HasSubstr("renaming of keys"))));
}

TEST_F(VerifySummaryTest, APartClaimsNothingForTheWhole) {
  options_.shard_count = 4;
  result_.complete = false;
  EXPECT_THAT(VerifySummary(options_, result_),
              StartsWith("Part 1 of 4 is done, and found nothing; all parts "
                         "together show: "));
}

TEST_F(VerifySummaryTest, EndlessProgramsShowNothing) {
  result_.complete = false;
  result_.counts.endless = 3;
  EXPECT_THAT(VerifySummary(options_, result_),
              StartsWith("Nothing found, but not shown, because 3 programs"));
}

}  // namespace
}  // namespace mortsafe

// Verdicts follow from evidence, and from nothing else: what speaks against the
// map, or against the harness, always counts.

#include "harness/verdict/ruling.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/evidence.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;

Claim ClaimOf(ClaimNature nature) {
  return {.id = "C0",
          .sentence = "something",
          .nature = nature,
          .scenario = {"initial: Store(0, 1)"},
          .defects = {"read-dirty:c0"}};
}

// All that a claim needs to be refuted.
std::vector<Evidence> CleanEvidence() {
  return {
      {.leg = Leg::kPrograms,
       .map = "read-dirty",
       .bounds = "all",
       .complete = true},
      {.leg = Leg::kScenario,
       .map = "read-dirty",
       .bounds = "its",
       .complete = true},
      {.leg = Leg::kDefect,
       .map = "read-dirty:c0",
       .bounds = "a hunt",
       .found = "lost Store"},
  };
}

TEST(RulingTest, AWrongAnswerThatNoExecutionGivesIsRefuted) {
  const ClaimVerdict verdict =
      Rule(ClaimOf(ClaimNature::kWrongAnswer), CleanEvidence());
  EXPECT_EQ(verdict.ruling, Ruling::kRefuted);
}

TEST(RulingTest, AFindingOfAnyLegConfirms) {
  for (const Leg leg : {Leg::kPrograms, Leg::kScenario, Leg::kSampled,
                        Leg::kThreads, Leg::kGo}) {
    for (const ClaimNature nature :
         {ClaimNature::kWrongAnswer, ClaimNature::kMechanism}) {
      std::vector<Evidence> evidence = CleanEvidence();
      evidence.push_back({.leg = leg,
                          .map = "a map",
                          .bounds = "some bounds",
                          .complete = true,
                          .found = "stale value after Delete"});
      const ClaimVerdict verdict = Rule(ClaimOf(nature), evidence);
      EXPECT_EQ(verdict.ruling, Ruling::kConfirmed) << LegName(leg);
      EXPECT_THAT(verdict.reason, HasSubstr("stale value after Delete"));
    }
  }
}

TEST(RulingTest, AFindingCountsWhateverDidNotRunBesideIt) {
  std::vector<Evidence> evidence = CleanEvidence();
  evidence.push_back({.leg = Leg::kThreads,
                      .map = "a map",
                      .not_run = "no time for the rest",
                      .found = "lost Store"});
  EXPECT_EQ(OutcomeText(evidence.back()), "found: lost Store");
  EXPECT_EQ(Rule(ClaimOf(ClaimNature::kWrongAnswer), evidence).ruling,
            Ruling::kConfirmed);
}

TEST(RulingTest, AFindingSettlesNothingThatIsNotOfWrongAnswers) {
  for (const ClaimNature nature :
       {ClaimNature::kAbility, ClaimNature::kAlways}) {
    const ClaimVerdict verdict = Rule(
        ClaimOf(nature), {{.leg = Leg::kMechanism, .map = "m", .happens = true},
                          {.leg = Leg::kGo, .found = "lost Store"}});
    EXPECT_EQ(verdict.ruling, Ruling::kNotSettled);
    EXPECT_FALSE(verdict.missing);
  }
}

TEST(RulingTest, AHarnessThatMissesTheDefectRefutesNothing) {
  std::vector<Evidence> evidence = CleanEvidence();
  evidence.back().found.clear();
  const ClaimVerdict verdict =
      Rule(ClaimOf(ClaimNature::kWrongAnswer), evidence);
  EXPECT_EQ(verdict.ruling, Ruling::kNotSettled);
  EXPECT_THAT(verdict.reason, HasSubstr("read-dirty:c0"));
}

TEST(RulingTest, WhatDidNotRunOrWasNotCompleteSettlesNothing) {
  for (const size_t leg : {0U, 1U}) {
    std::vector<Evidence> evidence = CleanEvidence();
    const Claim claim = ClaimOf(ClaimNature::kWrongAnswer);
    evidence[leg].complete = false;
    EXPECT_EQ(Rule(claim, evidence).ruling, Ruling::kNotSettled);
    EXPECT_FALSE(Rule(claim, evidence).missing);
    evidence[leg].not_run = "no such search in this build";
    EXPECT_EQ(Rule(claim, evidence).ruling, Ruling::kNotSettled);
    EXPECT_TRUE(Rule(claim, evidence).missing);
  }
  EXPECT_EQ(Rule(ClaimOf(ClaimNature::kWrongAnswer), {}).ruling,
            Ruling::kNotSettled);
}

TEST(RulingTest, SamplesThatDidNotRunChangeNothing) {
  std::vector<Evidence> evidence = CleanEvidence();
  evidence.push_back(
      {.leg = Leg::kGo, .map = "go-sync-map", .not_run = "no Go here"});
  EXPECT_EQ(Rule(ClaimOf(ClaimNature::kWrongAnswer), evidence).ruling,
            Ruling::kRefuted);
}

TEST(RulingTest, AMechanismIsHarmlessOrDoesNotHappen) {
  const Claim claim = ClaimOf(ClaimNature::kMechanism);
  std::vector<Evidence> evidence = CleanEvidence();
  EXPECT_EQ(Rule(claim, evidence).ruling, Ruling::kNotSettled);
  evidence.push_back(
      {.leg = Leg::kMechanism, .map = "read-dirty", .happens = false});
  EXPECT_EQ(Rule(claim, evidence).ruling, Ruling::kRefuted);
  evidence.back().happens = true;
  EXPECT_EQ(Rule(claim, evidence).ruling, Ruling::kHarmless);
}

TEST(RulingTest, WhatIsDescribedAndHappensConfirmsAWrongAnswer) {
  std::vector<Evidence> evidence = CleanEvidence();
  evidence.push_back(
      {.leg = Leg::kMechanism, .map = "read-dirty", .happens = true});
  EXPECT_EQ(Rule(ClaimOf(ClaimNature::kWrongAnswer), evidence).ruling,
            Ruling::kConfirmed);
}

TEST(RulingTest, AnAbilityIsConfirmedByDoingIt) {
  const Claim claim = ClaimOf(ClaimNature::kAbility);
  EXPECT_EQ(Rule(claim, {}).ruling, Ruling::kNotSettled);
  EXPECT_EQ(Rule(claim, {{.leg = Leg::kMechanism, .map = "m", .happens = true}})
                .ruling,
            Ruling::kConfirmed);
  EXPECT_EQ(
      Rule(claim, {{.leg = Leg::kMechanism, .map = "m", .happens = false}})
          .ruling,
      Ruling::kRefuted);
}

TEST(RulingTest, WhatFailedOnceIsNoAbility) {
  EXPECT_EQ(
      Rule(ClaimOf(ClaimNature::kAbility),
           {{.leg = Leg::kMechanism, .map = "from inside", .happens = true},
            {.leg = Leg::kMechanism, .map = "by gdb", .happens = false}})
          .ruling,
      Ruling::kRefuted);
}

TEST(RulingTest, WhatDidNotHappenOnceDoesNotAlwaysHappen) {
  const Claim claim = ClaimOf(ClaimNature::kAlways);
  std::vector<Evidence> evidence = {
      {.leg = Leg::kMechanism, .map = "m", .bounds = "a", .happens = true}};
  EXPECT_EQ(Rule(claim, {}).ruling, Ruling::kNotSettled);
  EXPECT_TRUE(Rule(claim, {}).missing);
  EXPECT_EQ(Rule(claim, evidence).ruling, Ruling::kConfirmed);
  evidence.push_back(
      {.leg = Leg::kMechanism, .map = "m", .bounds = "b", .happens = false});
  EXPECT_EQ(Rule(claim, evidence).ruling, Ruling::kRefuted);
  evidence.back().not_run = "not here";
  EXPECT_EQ(Rule(claim, evidence).ruling, Ruling::kConfirmed);
}

TEST(RulingTest, ACostIsNoStatementAboutCorrectness) {
  EXPECT_EQ(Rule(ClaimOf(ClaimNature::kNotCorrectness), {}).ruling,
            Ruling::kNotCorrectness);
}

}  // namespace
}  // namespace mortsafe

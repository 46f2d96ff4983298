// The portfolio: shares follow weights, weights follow from what was new, and a
// hunt that learns is the same with any number of workers.

#include "harness/hunt/portfolio.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/hunt/epoch_board.h"
#include "harness/hunt/hunt.h"
#include "harness/model/sanitizers.h"
#include "harness/program/input.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Gt;

constexpr bool kSanitized = kAddressSanitizer || kThreadSanitizer;

// The share of strategy `i`.
double Share(const StrategyWeights& weights, size_t i) {
  return static_cast<double>(weights[i]) /
         std::accumulate(weights.begin(), weights.end(), 0.0);
}

StrategyWeights LearnOften(const EpochResults& results) {
  StrategyWeights weights = kFirstWeights;
  for (int i = 0; i < 20; ++i) weights = Learn(weights, results);
  return weights;
}

TEST(DrawStrategyTest, SharesFollowTheWeights) {
  const StrategyWeights weights = {100, 300, 0, 600};
  PerStrategy<int> drawn = {};
  constexpr int kDraws = 20'000;
  for (uint64_t i = 0; i < kDraws; ++i) {
    ++drawn[DrawStrategy(1, i * kExecutionsPerDraw, weights)];
  }
  EXPECT_NEAR(drawn[0], 0.1 * kDraws, 0.02 * kDraws);
  EXPECT_NEAR(drawn[1], 0.3 * kDraws, 0.02 * kDraws);
  EXPECT_EQ(drawn[2], 0);
  EXPECT_NEAR(drawn[3], 0.6 * kDraws, 0.02 * kDraws);
}

TEST(DrawStrategyTest, OneStrategyAloneTakesAll) {
  for (size_t i = 0; i < kPortfolio.size(); ++i) {
    for (uint64_t index = 0; index < 100; ++index) {
      EXPECT_EQ(DrawStrategy(1, index, OnlyStrategy(kPortfolio[i])), i);
    }
  }
}

TEST(LearnTest, WhoFindsNothingNewGetsLess) {
  EpochResults results;
  results.executions = {1000, 1000, 1000, 1000};
  results.new_pairs = {100, 0, 100, 100};
  const StrategyWeights weights = LearnOften(results);
  EXPECT_LT(Share(weights, 1), 0.75 * Share(kFirstWeights, 1));
  for (const size_t other : {0, 2, 3}) {
    EXPECT_GT(Share(weights, other), Share(kFirstWeights, other) - 0.01);
  }
}

TEST(LearnTest, RatesCountAndNotSums) {
  EpochResults results;
  results.executions = {100, 1000, 1000, 1000};
  results.new_pairs = {50, 50, 50, 50};
  const StrategyWeights weights = LearnOften(results);
  EXPECT_GT(Share(weights, 0), 2 * Share(kFirstWeights, 0));
  EXPECT_LT(Share(weights, 3), Share(kFirstWeights, 3));
}

TEST(LearnTest, NoStrategyFallsBelowTwoThirdsOfItsFirstShare) {
  EpochResults results;
  results.executions = {1, 1'000'000, 1'000'000, 1'000'000};
  results.new_pairs = {100'000, 0, 0, 0};
  const StrategyWeights weights = LearnOften(results);
  for (size_t i = 0; i < weights.size(); ++i) {
    EXPECT_GT(Share(weights, i), 0.65 * Share(kFirstWeights, i));
  }
}

TEST(LearnTest, WithoutNewsTheFirstWeightsComeBack) {
  StrategyWeights weights = {900, 41, 41, 42};
  for (int i = 0; i < 20; ++i) weights = Learn(weights, {});
  for (size_t i = 0; i < weights.size(); ++i) {
    EXPECT_NEAR(Share(weights, i), Share(kFirstWeights, i), 0.01);
  }
}

// Of `count` executions of each strategy, of which `strategy` covers
// `new_pairs` that no other does.
PartialResults ResultsOf(uint64_t count, size_t strategy, uintptr_t new_pairs) {
  PartialResults results;
  results.executions.fill(count);
  for (uintptr_t site = 1; site <= new_pairs; ++site) {
    results.coverage[strategy].Add(site, 7);
  }
  return results;
}

TEST(EpochBoardTest, TheNextEpochBeginsWhenAllOfTheLastIsAdded) {
  const auto board = std::make_unique<EpochBoard>();
  board->Begin(5, kFirstWeights, true);
  const uint64_t quarter = EpochLength(0) / 4;
  EXPECT_TRUE(board->HasBegun(5 + EpochLength(0) - 1));
  EXPECT_FALSE(board->HasBegun(5 + EpochLength(0)));
  board->Add(ResultsOf(quarter - 1, 2, 200));
  EXPECT_EQ(board->weights(), kFirstWeights);
  board->Add(ResultsOf(1, 2, 0));
  EXPECT_TRUE(board->HasBegun(5 + EpochLength(0)));
  EXPECT_GT(Share(board->weights(), 2), Share(kFirstWeights, 2));
  EXPECT_LT(Share(board->weights(), 0), Share(kFirstWeights, 0));
  EXPECT_THAT(board->Executions(), Each(quarter));
}

TEST(EpochBoardTest, WhatAnEarlierEpochCoveredIsNotNew) {
  const auto board = std::make_unique<EpochBoard>();
  board->Begin(0, kFirstWeights, true);
  board->Add(ResultsOf(EpochLength(0) / 4, 2, 200));
  const uint64_t coverage = board->Coverage();
  const StrategyWeights weights = board->weights();
  board->Add(ResultsOf(EpochLength(EpochLength(0)) / 4, 2, 200));
  EXPECT_EQ(board->Coverage(), coverage);
  EXPECT_LT(Share(board->weights(), 2), Share(weights, 2));
}

TEST(EpochBoardTest, TheOrderOfPartsDoesNotMatter) {
  const auto forward = std::make_unique<EpochBoard>();
  const auto backward = std::make_unique<EpochBoard>();
  const uint64_t eighth = EpochLength(0) / 8;
  const PartialResults first = ResultsOf(eighth, 0, 90);
  const PartialResults second = ResultsOf(eighth, 3, 120);
  forward->Begin(0, kFirstWeights, true);
  forward->Add(first);
  forward->Add(second);
  backward->Begin(0, kFirstWeights, true);
  backward->Add(second);
  backward->Add(first);
  EXPECT_NE(forward->weights(), kFirstWeights);
  EXPECT_EQ(forward->weights(), backward->weights());
}

HuntOptions OptionsFor(const char* subject) {
  HuntOptions options;
  options.subject = FindSubject(subject).value();
  options.bounds.operations_offered = options.subject.subject->operations;
  options.seed = 1;
  return options;
}

// The strategies of later epochs depend on what all workers covered before.
TEST(PortfolioHuntTest, LearnsTheSameWithAnyNumberOfWorkers) {
  HuntOptions options = OptionsFor("read-dirty");
  options.executions = kSanitized ? 10'000 : 30'000;
  const HuntResult one = Hunt(options);
  EXPECT_THAT(one.progress.by_strategy, Each(Gt(0u)));
  EXPECT_EQ(std::accumulate(one.progress.by_strategy.begin(),
                            one.progress.by_strategy.end(), uint64_t{0}),
            *options.executions);
  options.workers = 3;
  const HuntResult three = Hunt(options);
  EXPECT_EQ(three.progress.by_strategy, one.progress.by_strategy);
  EXPECT_EQ(three.progress.coverage, one.progress.coverage);

  PerStrategy<uint64_t> unlearned = {};
  for (uint64_t index = 0; index < *options.executions; ++index) {
    ++unlearned[DrawStrategy(options.seed, index, kFirstWeights)];
  }
  EXPECT_NE(one.progress.by_strategy, unlearned) << "nothing was learned";
}

TEST(PortfolioHuntTest, AFindingOfALaterEpochIsTheSameWithAnyNumberOfWorkers) {
  HuntOptions options = OptionsFor("read-dirty:c4");
  options.executions = 100'000;
  // A seed under which the first epoch finds nothing.
  HuntResult one = Hunt(options);
  while (one.finding.has_value() && one.finding->index < EpochLength(0)) {
    ++options.seed;
    one = Hunt(options);
  }
  ASSERT_TRUE(one.finding.has_value());
  options.workers = 3;
  const HuntResult three = Hunt(options);
  ASSERT_TRUE(three.finding.has_value());
  EXPECT_EQ(three.finding->index, one.finding->index);
  EXPECT_EQ(three.finding->input, one.finding->input);
  EXPECT_EQ(three.progress.by_strategy, one.progress.by_strategy);
  EXPECT_EQ(std::accumulate(one.progress.by_strategy.begin(),
                            one.progress.by_strategy.end(), uint64_t{0}),
            one.finding->index + 1);
}

TEST(PortfolioHuntTest, ASingleStrategyRunsAlone) {
  HuntOptions options = OptionsFor("read-dirty");
  options.executions = 2'000;
  options.strategy = ScheduleMode::kPos;
  EXPECT_THAT(Hunt(options).progress.by_strategy, ElementsAre(0, 0, 2'000, 0));
}

}  // namespace
}  // namespace mortsafe

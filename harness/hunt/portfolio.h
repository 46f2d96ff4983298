// The portfolio: no strategy is best for every defect, so a hunt draws from
// all, and more often from those that lately found what nobody had seen.
//
// Weights change between epochs only, and follow from counts of what all
// executions of earlier epochs covered, so that they depend neither on time nor
// on which worker ran what.

#ifndef MORTSAFE_HARNESS_HUNT_PORTFOLIO_H_
#define MORTSAFE_HARNESS_HUNT_PORTFOLIO_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/program/input.h"

namespace mortsafe {

// Its strategies, in the order in which everything about them is kept.
inline constexpr auto& kPortfolio = kSeededModes;

template <class T>
using PerStrategy = std::array<T, kPortfolio.size()>;

// A strategy's share of the executions is its weight's share of the sum.
using StrategyWeights = PerStrategy<uint32_t>;

// Before anything is learned. PCT and POS, which differ most, have twice and
// three times the shares of the two walks, which are near each other: a bug
// that one of the four alone finds takes few times as long as with that one.
inline constexpr StrategyWeights kFirstWeights = {128, 352, 352, 192};

// All on one. REQUIRES: it is in kPortfolio.
StrategyWeights OnlyStrategy(ScheduleMode strategy);

// So many executions in a row have one strategy: that is worth a tenth of the
// time, as processors predict what was done just before.
inline constexpr uint64_t kExecutionsPerDraw = 8;

// The place in kPortfolio of execution number `index`'s strategy, drawn by
// weight. REQUIRES: some weight is not 0.
size_t DrawStrategy(uint64_t seed, uint64_t index,
                    const StrategyWeights& weights);

// What the strategies did in one epoch: how many executions each ran, and how
// many pairs of switches each covered that had not been covered before it.
struct EpochResults {
  PerStrategy<uint64_t> executions = {};
  PerStrategy<uint64_t> new_pairs = {};
};

// The weights of the epoch that follows one of `weights` and `results`: halfway
// to what the rates of new pairs per execution suggest, or to the first weights
// where hardly anything was new. No strategy falls below two thirds of its
// first share: what is new is a hint at what is broken, and no more.
StrategyWeights Learn(const StrategyWeights& weights,
                      const EpochResults& results);

// How many executions the epoch has that begins after `executions` of them:
// epochs double the total, up to a bound, so that there is something to learn
// early and little to wait for later.
uint64_t EpochLength(uint64_t executions);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_PORTFOLIO_H_

#include "harness/hunt/portfolio.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "harness/base/random.h"
#include "harness/program/input.h"

namespace mortsafe {
namespace {

constexpr uint32_t kWeightSum = 1024;
constexpr uint64_t kRateUnit = uint64_t{1} << 32;
// So many new pairs count as much as the first weights do.
constexpr uint64_t kDoubt = 32;

constexpr uint64_t kShortestEpoch = 4096;
constexpr uint64_t kLongestEpoch = 262'144;

// Sets the family of these draws apart from those of programs and schedules.
constexpr uint64_t kStrategyFamily = 0x706f7274666f6c69;

}  // namespace

StrategyWeights OnlyStrategy(ScheduleMode strategy) {
  StrategyWeights weights = {};
  for (size_t i = 0; i < kPortfolio.size(); ++i) {
    weights[i] = kPortfolio[i] == strategy ? kWeightSum : 0;
  }
  return weights;
}

size_t DrawStrategy(uint64_t seed, uint64_t index,
                    const StrategyWeights& weights) {
  const uint64_t sum = std::accumulate(weights.begin(), weights.end(), 0u);
  uint64_t place =
      Random(DeriveSeed(seed ^ kStrategyFamily, index / kExecutionsPerDraw))
          .Below(sum);
  size_t drawn = 0;
  while (place >= weights[drawn]) place -= weights[drawn++];
  return drawn;
}

StrategyWeights Learn(const StrategyWeights& weights,
                      const EpochResults& results) {
  const uint64_t news = std::accumulate(results.new_pairs.begin(),
                                        results.new_pairs.end(), uint64_t{0});
  PerStrategy<uint64_t> rates = {};
  for (size_t i = 0; i < rates.size(); ++i) {
    rates[i] = results.new_pairs[i] * kRateUnit /
               std::max<uint64_t>(1, results.executions[i]);
  }
  const uint64_t sum = std::accumulate(rates.begin(), rates.end(), uint64_t{1});
  StrategyWeights learned = weights;
  for (size_t i = 0; i < rates.size(); ++i) {
    const uint64_t first = kFirstWeights[i];
    const uint64_t suggested = first * 2 / 3 + kWeightSum / 3 * rates[i] / sum;
    const uint64_t aim = (suggested * news + first * kDoubt) / (news + kDoubt);
    learned[i] = static_cast<uint32_t>((weights[i] + aim) / 2);
  }
  return learned;
}

uint64_t EpochLength(uint64_t executions) {
  return std::clamp(executions, kShortestEpoch, kLongestEpoch);
}

}  // namespace mortsafe

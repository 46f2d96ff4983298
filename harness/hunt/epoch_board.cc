#include "harness/hunt/epoch_board.h"

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "harness/hunt/portfolio.h"
#include "harness/model/switch_coverage.h"

namespace mortsafe {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

}  // namespace

void EpochBoard::Begin(uint64_t begin, const StrategyWeights& weights,
                       bool learns) {
  learns_ = learns;
  weights_ = weights;
  first_ = begin;
  begin_ = begin;
  left_ = learns ? EpochLength(0) : std::numeric_limits<uint64_t>::max();
  end_ = learns ? begin + left_ : std::numeric_limits<uint64_t>::max();
}

void EpochBoard::Add(const PartialResults& results) {
  uint64_t executions = 0;
  for (size_t i = 0; i < kPortfolio.size(); ++i) {
    executions_[i].fetch_add(results.executions[i], kRelaxed);
    executions += results.executions[i];
    for (size_t word = 0; word < SwitchCoverage::kWords; ++word) {
      const uint64_t seen =
          results.coverage[i].words()[word] & ~known_[word].load(kRelaxed);
      // Mostly there is nothing new: worth not to write to what all share.
      if ((seen & ~fresh_[i][word].load(kRelaxed)) != 0) {
        fresh_[i][word].fetch_or(seen, kRelaxed);
      }
    }
  }
  if (left_.fetch_sub(executions, std::memory_order_acq_rel) == executions) {
    BeginNextEpoch();
  }
}

void EpochBoard::BeginNextEpoch() {
  EpochResults results;
  for (size_t i = 0; i < kPortfolio.size(); ++i) {
    results.executions[i] = executions_[i].exchange(0, kRelaxed);
    earlier_executions_[i] += results.executions[i];
    for (size_t word = 0; word < SwitchCoverage::kWords; ++word) {
      results.new_pairs[i] +=
          static_cast<uint64_t>(std::popcount(fresh_[i][word].load(kRelaxed)));
    }
  }
  for (size_t word = 0; word < SwitchCoverage::kWords; ++word) {
    for (Words& fresh : fresh_) {
      known_[word].fetch_or(fresh[word].exchange(0, kRelaxed), kRelaxed);
    }
  }
  weights_ = Learn(weights_, results);
  begin_ = end_.load(kRelaxed);
  const uint64_t length = EpochLength(begin_ - first_);
  left_.store(length, kRelaxed);
  end_.store(begin_ + length, std::memory_order_release);
}

uint64_t EpochBoard::Coverage() const {
  uint64_t count = 0;
  for (size_t word = 0; word < SwitchCoverage::kWords; ++word) {
    uint64_t all = known_[word].load(kRelaxed);
    for (const Words& fresh : fresh_) all |= fresh[word].load(kRelaxed);
    count += static_cast<uint64_t>(std::popcount(all));
  }
  return count;
}

PerStrategy<uint64_t> EpochBoard::Executions() const {
  PerStrategy<uint64_t> executions = earlier_executions_;
  for (size_t i = 0; i < executions.size(); ++i) {
    executions[i] += executions_[i].load(kRelaxed);
  }
  return executions;
}

PerStrategy<uint64_t> EpochBoard::ExecutionsUpTo(uint64_t last,
                                                 uint64_t seed) const {
  PerStrategy<uint64_t> executions = earlier_executions_;
  if (!learns_) {
    executions[DrawStrategy(seed, begin_, weights_)] += last - begin_ + 1;
    return executions;
  }
  for (uint64_t index = begin_; index <= last; ++index) {
    ++executions[DrawStrategy(seed, index, weights_)];
  }
  return executions;
}

}  // namespace mortsafe

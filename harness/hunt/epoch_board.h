// Where the workers of a hunt put together what the strategies of its portfolio
// covered, and learn the weights of the next epoch from it.
//
// An epoch begins when every execution of the one before is over; the worker
// that ends the last of them learns. The sets of an epoch are unions, so the
// order in which workers add to them does not matter.

#ifndef MORTSAFE_HARNESS_HUNT_EPOCH_BOARD_H_
#define MORTSAFE_HARNESS_HUNT_EPOCH_BOARD_H_

#include <array>
#include <atomic>
#include <cstdint>

#include "harness/hunt/portfolio.h"
#include "harness/model/switch_coverage.h"

namespace mortsafe {

// What one worker saw in a part of an epoch.
struct PartialResults {
  PerStrategy<uint64_t> executions = {};
  PerStrategy<SwitchCoverage> coverage = {};
};

// Lives in memory that processes share (Shared).
class EpochBoard {
 public:
  // The first epoch begins with execution `begin`. Without `learns`, it is the
  // only one, and `weights` are all on one strategy. Before there are workers.
  void Begin(uint64_t begin, const StrategyWeights& weights, bool learns);

  // Whether the epoch of execution `index` has begun.
  bool HasBegun(uint64_t index) const {
    return index < end_.load(std::memory_order_acquire);
  }
  // Of the current epoch. Stays valid until the caller adds its last results.
  const StrategyWeights& weights() const { return weights_; }

  // Adds the results of executions of the current epoch. The next one begins
  // once all are added.
  void Add(const PartialResults& results);

  // The number of pairs that were covered.
  uint64_t Coverage() const;
  // How many executions each strategy ran, of those that were added.
  PerStrategy<uint64_t> Executions() const;
  // How many each runs up to and with execution `last` of the current epoch.
  // REQUIRES: that epoch is not over.
  PerStrategy<uint64_t> ExecutionsUpTo(uint64_t last, uint64_t seed) const;

 private:
  using Words = std::array<std::atomic<uint64_t>, SwitchCoverage::kWords>;

  void BeginNextEpoch();

  bool learns_ = false;
  StrategyWeights weights_ = kFirstWeights;
  uint64_t first_ = 0;  // The first execution of all,
  uint64_t begin_ = 0;  // and that of the current epoch.
  std::atomic<uint64_t> end_{0};
  std::atomic<uint64_t> left_{0};  // Executions of the epoch not yet added.
  PerStrategy<uint64_t> earlier_executions_ = {};
  PerStrategy<std::atomic<uint64_t>> executions_ = {};
  Words known_ = {};               // Covered in earlier epochs.
  PerStrategy<Words> fresh_ = {};  // What this epoch adds to them.
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_EPOCH_BOARD_H_

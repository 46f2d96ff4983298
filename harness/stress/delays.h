// Delays that a thread puts between its accesses to shared state, so that
// others come in between where they seldom would: one before every n-th access
// on average, drawn from a seed. What the seam sees (access_hook.h) is delayed
// inside an operation too; a map that does not use the seam is delayed between
// operations only.
//
// Half of the delays give up the processor, which is what matters where there
// are more threads than processors; the others take from one to some thousands
// of turns of a loop, each power of two as often as the others.

#ifndef MORTSAFE_HARNESS_STRESS_DELAYS_H_
#define MORTSAFE_HARNESS_STRESS_DELAYS_H_

#include <atomic>
#include <cstdint>
#include <thread>

#include "harness/base/random.h"
#include "harness/sync/access_hook.h"

namespace mortsafe {

// For one thread.
class Delays final : public AccessHook {
 public:
  // One before `every` accesses on average; 0: none. REQUIRES: `every` is at
  // most 2^31.
  Delays(uint64_t seed, uint64_t every)
      : random_(seed), every_(every), left_(every == 0 ? 0 : Draw()) {}

  void BeforeAccess() override {
    if (every_ == 0) return;
    --left_;
    if (left_ > 0) return;
    Delay();
    left_ = Draw();
  }

  // The hook of a thread that is to be delayed; null for one that is not.
  AccessHook* hook() { return every_ == 0 ? nullptr : this; }

 private:
  // The longest loop has 2^12 turns, some microseconds.
  static constexpr uint64_t kMostDoublings = 12;

  // How many accesses from now; `every_` on average.
  uint64_t Draw() { return 1 + random_.Below(2 * every_ - 1); }

  void Delay() {
    if (random_.OneIn(2)) {
      std::this_thread::yield();
      return;
    }
    const uint64_t turns = uint64_t{1} << random_.Below(kMostDoublings + 1);
    for (uint64_t i = 0; i < turns; ++i) {
      // Keeps the loop, and does nothing.
      std::atomic_signal_fence(std::memory_order_seq_cst);
    }
  }

  Random random_;
  const uint64_t every_;
  uint64_t left_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_STRESS_DELAYS_H_

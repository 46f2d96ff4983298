// The schedule under which livelock is judged: every thread that can run is
// equally likely to, so that a map that can make progress does.

#ifndef MORTSAFE_HARNESS_MODEL_FAIR_WALK_H_
#define MORTSAFE_HARNESS_MODEL_FAIR_WALK_H_

#include <cstdint>

#include "harness/base/random.h"
#include "harness/model/strategy.h"

namespace mortsafe {

class FairWalk final : public SchedulingStrategy {
 public:
  // Makes the choices of a fresh one again.
  void Restart() { random_ = Random(kSeed); }
  uint32_t Choose(const ChoicePoint& point) override {
    const auto count = static_cast<uint64_t>(CountThreads(point.enabled));
    return ThreadAt(point.enabled, random_.Below(count));
  }

 private:
  // Any constant will do; the choices must be the same in every run.
  static constexpr uint64_t kSeed = 0x6d6f727473616665;

  Random random_{kSeed};
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_FAIR_WALK_H_

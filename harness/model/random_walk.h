// A random walk: at every choice each thread that can run is equally likely to.
// A fair schedule, too: a map that can make progress does under it.

#ifndef MORTSAFE_HARNESS_MODEL_RANDOM_WALK_H_
#define MORTSAFE_HARNESS_MODEL_RANDOM_WALK_H_

#include <cstdint>

#include "harness/base/random.h"
#include "harness/model/strategy.h"

namespace mortsafe {

class RandomWalk final : public SchedulingStrategy {
 public:
  explicit RandomWalk(uint64_t seed) : random_(seed) {}

  // Mostly the threads to choose from are those of the choice before. Who of
  // them is next was found out then: it cannot be predicted, and all that the
  // processor does next waits for it.
  uint32_t Choose(const ChoicePoint& point) override {
    const ThreadSet enabled = point.enabled;
    const uint32_t thread = enabled == expected_ ? next_ : Drawn(enabled);
    random_.Next();
    expected_ = enabled;
    next_ = Drawn(enabled);
    return thread;
  }

 private:
  // Whom of them the coming draw means.
  uint32_t Drawn(ThreadSet enabled) const {
    const auto count = static_cast<uint64_t>(CountThreads(enabled));
    return ThreadAt(enabled, Random::Scaled(random_.Peek(), count));
  }

  Random random_;
  ThreadSet expected_ = 0;
  uint32_t next_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_RANDOM_WALK_H_

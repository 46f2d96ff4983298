// What tests' searches share that are obviously complete: a strategy that
// follows every step and knows the trace, and leaves to others who goes first.

#ifndef MORTSAFE_HARNESS_EXPLORE_TRACE_FOLLOWER_H_
#define MORTSAFE_HARNESS_EXPLORE_TRACE_FOLLOWER_H_

#include <cstdint>
#include <optional>

#include "harness/explore/happens_before.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

class TraceFollower : public SchedulingStrategy {
 public:
  // A digest that executions share exactly if they are the same trace: of the
  // latest one.
  uint64_t digest() { return order().TraceDigest(); }

  bool FollowsSteps() const final { return true; }
  std::optional<ObjectRace> Performed(uint32_t thread,
                                      const NextStep& step) final {
    order_.Perform(thread, step);
    return std::nullopt;
  }
  void Observed(const AccessResult& result) final { order_.Observe(result); }
  void Returned(uint32_t thread) final { order_.Return(thread); }
  void Released(uint32_t thread, uint32_t other) final {
    order_.Release(thread, other);
  }
  void Finished(uint32_t thread) final { order_.Finish(thread); }
  void Joined(uint32_t thread, uint32_t other) final {
    order_.Join(thread, other);
  }

 protected:
  // REQUIRED before each execution.
  void Restart() {
    order_.Settle();
    order_.Restart(0);
  }
  // The steps that the latest execution has performed, and their order.
  const HappensBefore& order() {
    order_.Settle();
    return order_;
  }

 private:
  HappensBefore order_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_TRACE_FOLLOWER_H_

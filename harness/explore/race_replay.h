// Follows a schedule as ReplayStrategy does, and looks for data races and for
// objects that are freed too early as an exhaustive search does: what one found
// to race races again. Plain accesses are no scheduling points then.

#ifndef MORTSAFE_HARNESS_EXPLORE_RACE_REPLAY_H_
#define MORTSAFE_HARNESS_EXPLORE_RACE_REPLAY_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/explore/strategies.h"
#include "harness/explore/synchronization.h"
#include "harness/model/strategy.h"
#include "harness/program/schedule.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

// For one execution.
class RaceReplayStrategy final : public SchedulingStrategy {
 public:
  // `schedule` must outlive the strategy.
  explicit RaceReplayStrategy(const Schedule& schedule) : replay_(schedule) {}

  uint32_t Choose(const ChoicePoint& point) override {
    return replay_.Choose(point);
  }
  bool FollowsSteps() const override { return true; }
  std::optional<ObjectRace> Performed(uint32_t thread,
                                      const NextStep& step) override {
    return synchronization_.Perform(thread, step);
  }
  void Observed(const AccessResult& result) override {
    synchronization_.Observe(result);
  }
  void Returned(uint32_t thread) override { synchronization_.Return(thread); }
  void Released(uint32_t thread, uint32_t other) override {
    synchronization_.Release(thread, other);
  }
  void Finished(uint32_t thread) override { synchronization_.Finish(thread); }
  void Joined(uint32_t thread, uint32_t other) override {
    synchronization_.Join(thread, other);
  }
  std::optional<ObjectRace> Touched(uint32_t thread,
                                    const Access& access) override {
    return synchronization_.Touch(thread, access);
  }
  std::optional<ObjectRace> Freed(uint32_t thread, const void* block,
                                  size_t size) override {
    return synchronization_.Free(thread, block, size);
  }

 private:
  ReplayStrategy replay_;
  Synchronization synchronization_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_RACE_REPLAY_H_

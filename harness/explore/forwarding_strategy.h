// A strategy that passes everything on to another: for those that change or
// watch a part of what one does.

#ifndef MORTSAFE_HARNESS_EXPLORE_FORWARDING_STRATEGY_H_
#define MORTSAFE_HARNESS_EXPLORE_FORWARDING_STRATEGY_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

class ForwardingStrategy : public SchedulingStrategy {
 public:
  // `inner` must outlive it.
  explicit ForwardingStrategy(SchedulingStrategy& inner) : inner_(inner) {}

  uint32_t Choose(const ChoicePoint& point) override {
    return inner_.Choose(point);
  }
  size_t KeptPlaces() const override { return inner_.KeptPlaces(); }
  bool FollowsSteps() const override { return inner_.FollowsSteps(); }
  bool Arrived(uint32_t thread, const Whereabouts& whereabouts,
               const NextStep& step) override {
    return inner_.Arrived(thread, whereabouts, step);
  }
  std::optional<ObjectRace> Performed(uint32_t thread,
                                      const NextStep& step) override {
    return inner_.Performed(thread, step);
  }
  void Observed(const AccessResult& result) override {
    inner_.Observed(result);
  }
  void Returned(uint32_t thread) override { inner_.Returned(thread); }
  void Released(uint32_t thread, uint32_t other) override {
    inner_.Released(thread, other);
  }
  void Finished(uint32_t thread) override { inner_.Finished(thread); }
  void Joined(uint32_t thread, uint32_t other) override {
    inner_.Joined(thread, other);
  }
  std::optional<ObjectRace> Touched(uint32_t thread,
                                    const Access& access) override {
    return inner_.Touched(thread, access);
  }
  std::optional<ObjectRace> Freed(uint32_t thread, const void* block,
                                  size_t size) override {
    return inner_.Freed(thread, block, size);
  }

 private:
  SchedulingStrategy& inner_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_FORWARDING_STRATEGY_H_

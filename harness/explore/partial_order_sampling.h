// Partial order sampling: a strategy that draws orders of conflicting steps
// rather than orders of all steps.

#ifndef MORTSAFE_HARNESS_EXPLORE_PARTIAL_ORDER_SAMPLING_H_
#define MORTSAFE_HARNESS_EXPLORE_PARTIAL_ORDER_SAMPLING_H_

#include <array>
#include <cstdint>

#include "harness/base/random.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"

namespace mortsafe {

// POS (Yuan, Yang, Gu: "Partial Order Aware Concurrency Sampling", CAV 2018):
// each pending step has a random priority and the highest is performed; pending
// steps that conflict with it draw new priorities, so that who lost one race is
// as likely as anybody to win the next. Steps that commute are rarely told
// apart, and the orders of those that do not come out more evenly than under a
// random walk.
class PosStrategy final : public SchedulingStrategy {
 public:
  explicit PosStrategy(uint64_t seed) : random_(seed) {}
  uint32_t Choose(const ChoicePoint& point) override;

 private:
  // Whether a pending step conflicts with the performed one by a lock that one
  // of them, a Wait, gives up.
  bool IsOverLock(const NextStep& step) const;

  Random random_;
  // Initialized, as they are loaded whether or not they were drawn.
  std::array<uint64_t, kMaxModelThreads> priorities_ = {};
  ThreadSet drawn_ = 0;  // The threads whose pending steps have one.
  // What was chosen last: its object, or an address that no step has where
  // there is none; the lock that it gives up, or null; and the kinds of steps
  // on that object that conflict with it.
  const volatile void* performed_ = this;
  const volatile void* performed_lock_ = nullptr;
  uint32_t conflicts_with_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_PARTIAL_ORDER_SAMPLING_H_

// The strategy that a schedule specification stands for.

#ifndef MORTSAFE_HARNESS_HUNT_SCHEDULE_STRATEGY_H_
#define MORTSAFE_HARNESS_HUNT_SCHEDULE_STRATEGY_H_

#include <utility>

#include "harness/explore/partial_order_sampling.h"
#include "harness/explore/selectively_uniform_walk.h"
#include "harness/explore/strategies.h"
#include "harness/model/random_walk.h"
#include "harness/program/input.h"

namespace mortsafe {

// Calls use(strategy) with a fresh strategy for `spec` and returns its result.
template <class Use>
auto WithStrategy(const ScheduleSpec& spec, Use use) {
  switch (spec.mode) {
    case ScheduleMode::kSticky: {
      StickyStrategy strategy(spec.choices);
      return use(strategy);
    }
    case ScheduleMode::kRandom: {
      RandomWalk strategy(spec.seed);
      return use(strategy);
    }
    case ScheduleMode::kPct: {
      PctStrategy strategy(spec.seed);
      return use(strategy);
    }
    case ScheduleMode::kPos: {
      PosStrategy strategy(spec.seed);
      return use(strategy);
    }
    case ScheduleMode::kSurw: {
      SurwStrategy strategy(spec.seed);
      return use(strategy);
    }
    case ScheduleMode::kSwitches:
      break;
  }
  ReplayStrategy strategy(spec.schedule);
  return use(strategy);
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_SCHEDULE_STRATEGY_H_

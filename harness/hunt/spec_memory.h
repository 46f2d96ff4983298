// The memory that a schedule specification stands for, beside its strategy
// (schedule_strategy.h).

#ifndef MORTSAFE_HARNESS_HUNT_SPEC_MEMORY_H_
#define MORTSAFE_HARNESS_HUNT_SPEC_MEMORY_H_

#include <optional>

#include "harness/explore/replayed_memory.h"
#include "harness/explore/sampled_memory.h"
#include "harness/model/weak_memory.h"
#include "harness/program/input.h"
#include "harness/program/schedule.h"

namespace mortsafe {

// Is worth keeping: its memory is re-used.
class SpecMemory {
 public:
  // For one execution under `spec`, which must outlive that; null under
  // sequential consistency.
  WeakMemory* For(const ScheduleSpec& spec);
  // The same for a schedule that says all.
  WeakMemory* For(const Schedule& schedule);

 private:
  std::optional<SampledMemory> sampled_;
  std::optional<ReplayedMemory> replayed_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_SPEC_MEMORY_H_

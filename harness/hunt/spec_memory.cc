#include "harness/hunt/spec_memory.h"

#include "harness/base/random.h"
#include "harness/model/weak_memory.h"
#include "harness/program/input.h"
#include "harness/program/schedule.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {

WeakMemory* SpecMemory::For(const Schedule& schedule) {
  if (schedule.memory == MemoryModel::kSc) return nullptr;
  if (!replayed_.has_value()) replayed_.emplace();
  replayed_->Begin(schedule);
  return &*replayed_;
}

WeakMemory* SpecMemory::For(const ScheduleSpec& spec) {
  if (spec.mode == ScheduleMode::kSwitches) return For(spec.schedule);
  if (spec.schedule.memory == MemoryModel::kSc) return nullptr;
  if (!sampled_.has_value()) sampled_.emplace();
  // Other numbers than its strategy draws.
  sampled_->Begin(DeriveSeed(spec.seed, 1));
  return &*sampled_;
}

}  // namespace mortsafe

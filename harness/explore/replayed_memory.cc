#include "harness/explore/replayed_memory.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "harness/explore/forward_memory.h"
#include "harness/program/schedule.h"

namespace mortsafe {
namespace {

// The highest place in which not more than `overlooked` places are overlooked,
// and which is not below `lowest`.
uint32_t Wanted(uint32_t lowest, uint32_t highest, uint32_t overlooked) {
  return highest - std::min(overlooked, highest - lowest);
}

}  // namespace

ReplayedMemory::ReplayedMemory()
    : ForwardMemory(std::numeric_limits<uint32_t>::max()) {}

void ReplayedMemory::Begin(const Schedule& schedule) {
  schedule_ = &schedule;
  BeginExecution();
}

uint32_t ReplayedMemory::OverlookedBy(uint32_t thread) const {
  const auto& stale = schedule_->stale;
  const auto found =
      std::find_if(stale.begin(), stale.end(), [&](const StaleAccess& access) {
        return access.thread == thread && access.step == step();
      });
  return found == stale.end() ? 0 : found->overlooked;
}

uint32_t ReplayedMemory::Choose(uint32_t thread, uint32_t lowest,
                                uint32_t highest, uint32_t attempt) {
  // The next higher place each time that it is asked again.
  return Wanted(lowest, highest, OverlookedBy(thread)) + attempt;
}

}  // namespace mortsafe

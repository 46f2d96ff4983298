#include "harness/explore/replayed_memory.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "harness/explore/execution_graph.h"
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

uint32_t ReplayedMemory::OverlookedBy(EventId id) const {
  const uint32_t thread = graph()[id].thread;
  const auto& stale = schedule_->stale;
  const auto found =
      std::find_if(stale.begin(), stale.end(), [&](const StaleAccess& access) {
        return access.thread == thread && access.step == step();
      });
  return found == stale.end() ? 0 : found->overlooked;
}

void ReplayedMemory::ChooseSource(EventId read) {
  const uint32_t highest = graph().LastPlace(graph()[read].location);
  const bool locks = graph()[read].role == GraphEvent::Role::kLocking;
  const uint32_t overlooked = locks ? 0 : OverlookedBy(read);
  uint32_t place = Wanted(graph()[read].lowest_place, highest, overlooked);
  while (!TrySource(read, place)) ++place;
}

void ReplayedMemory::ChoosePlace(EventId write) {
  const uint32_t highest = graph().LastPlace(graph()[write].location) + 1;
  uint32_t place =
      Wanted(graph()[write].lowest_place, highest, OverlookedBy(write));
  while (!TryPlace(write, place)) ++place;
}

}  // namespace mortsafe

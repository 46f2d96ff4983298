// The memory of an execution in which each access takes no notice of as many
// writes as a schedule says (StaleAccess): with who runs when, that is all that
// an execution under RC11 is chosen by. Where less is allowed than that, it
// overlooks as many as it may.

#ifndef MORTSAFE_HARNESS_EXPLORE_REPLAYED_MEMORY_H_
#define MORTSAFE_HARNESS_EXPLORE_REPLAYED_MEMORY_H_

#include <cstdint>

#include "harness/explore/forward_memory.h"
#include "harness/program/schedule.h"

namespace mortsafe {

class ReplayedMemory final : public ForwardMemory {
 public:
  ReplayedMemory();

  // REQUIRED before each execution. `schedule` must outlive that.
  void Begin(const Schedule& schedule);

 private:
  uint32_t Choose(uint32_t thread, uint32_t lowest, uint32_t highest,
                  uint32_t attempt) override;
  // What the schedule says of this step of `thread`.
  uint32_t OverlookedBy(uint32_t thread) const;

  const Schedule* schedule_ = nullptr;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_REPLAYED_MEMORY_H_

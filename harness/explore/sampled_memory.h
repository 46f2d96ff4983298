// The memory of an execution in which every load reads from one of the writes
// that RC11 allows, and every store takes one of the places in modification
// order that it allows, as a seed says. Each is equally likely.

#ifndef MORTSAFE_HARNESS_EXPLORE_SAMPLED_MEMORY_H_
#define MORTSAFE_HARNESS_EXPLORE_SAMPLED_MEMORY_H_

#include <cstdint>

#include "harness/base/random.h"
#include "harness/explore/forward_memory.h"

namespace mortsafe {

class SampledMemory final : public ForwardMemory {
 public:
  SampledMemory();

  // REQUIRED before each execution.
  void Begin(uint64_t seed);

 private:
  uint32_t Choose(uint32_t thread, uint32_t lowest, uint32_t highest,
                  uint32_t attempt) override;

  Random random_{0};
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_SAMPLED_MEMORY_H_

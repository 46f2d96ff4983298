#include "harness/explore/sampled_memory.h"

#include <cstdint>

#include "harness/base/random.h"
#include "harness/explore/forward_memory.h"

namespace mortsafe {
namespace {

// So often a choice that turns out not to be allowed is drawn anew; then the
// latest write, or place, is taken, which is always allowed.
constexpr uint32_t kAttempts = 8;

// Long executions look for an order of all seq_cst events at every step no
// more: where there are so many, nothing stale is read.
constexpr uint32_t kMostSeqCst = 256;

}  // namespace

SampledMemory::SampledMemory() : ForwardMemory(kMostSeqCst) {}

void SampledMemory::Begin(uint64_t seed) {
  random_ = Random(seed);
  BeginExecution();
}

uint32_t SampledMemory::Choose(uint32_t, uint32_t lowest, uint32_t highest,
                               uint32_t attempt) {
  if (attempt == kAttempts) return highest;
  return static_cast<uint32_t>(lowest +
                               random_.Below(uint64_t{highest} - lowest + 1));
}

}  // namespace mortsafe

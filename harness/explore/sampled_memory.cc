#include "harness/explore/sampled_memory.h"

#include <cstdint>

#include "harness/base/random.h"
#include "harness/explore/execution_graph.h"
#include "harness/explore/forward_memory.h"

namespace mortsafe {
namespace {

// So often a choice that turns out not to be allowed is drawn anew; then the
// latest write, or place, is taken, which is always allowed.
constexpr int kAttempts = 8;

// Long executions look for an order of all seq_cst events at every step no
// more: where there are so many, nothing stale is read.
constexpr uint32_t kMostSeqCst = 256;

}  // namespace

SampledMemory::SampledMemory() : ForwardMemory(kMostSeqCst) {}

void SampledMemory::Begin(uint64_t seed) {
  random_ = Random(seed);
  BeginExecution();
}

void SampledMemory::ChooseSource(EventId read) {
  const GraphEvent& event = graph()[read];
  const uint32_t lowest = event.lowest_place;
  const uint32_t highest = graph().LastPlace(event.location);
  if (lowest < highest && event.role != GraphEvent::Role::kLocking) {
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      const auto place = static_cast<uint32_t>(
          lowest + random_.Below(uint64_t{highest} - lowest + 1));
      if (TrySource(read, place)) return;
    }
  }
  TrySource(read, highest);
}

void SampledMemory::ChoosePlace(EventId write) {
  const uint32_t lowest = graph()[write].lowest_place;
  const uint32_t highest = graph().LastPlace(graph()[write].location) + 1;
  if (lowest < highest) {
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      const auto place = static_cast<uint32_t>(
          lowest + random_.Below(uint64_t{highest} - lowest + 1));
      if (TryPlace(write, place)) return;
    }
  }
  TryPlace(write, highest);
}

}  // namespace mortsafe

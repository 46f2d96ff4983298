#include "harness/explore/sampled_memory.h"

#include <cstdint>

#include "harness/base/random.h"
#include "harness/explore/execution_graph.h"

namespace mortsafe {
namespace {

// So often a choice that turns out not to be allowed is drawn anew; then the
// latest write, or place, is taken, which is always allowed.
constexpr int kAttempts = 8;

// Long executions look for an order of all seq_cst events at every step no
// more: where there are so many, nothing stale is read.
constexpr uint32_t kMostSeqCst = 256;

}  // namespace

void SampledMemory::Begin(uint64_t seed) {
  random_ = Random(seed);
  graph_.Clear();
  Restart();
}

bool SampledMemory::HasSeqCstOrder(EventId id) {
  return graph_.seq_cst_count() < 2 || (graph_.seq_cst_count() <= kMostSeqCst &&
                                        seq_cst_.ExistsWith(graph_, id));
}

bool SampledMemory::TrySource(EventId read, uint32_t place) {
  const uint32_t location = graph_[read].location;
  const bool latest = place == graph_.LastPlace(location);
  graph_.ReadFrom(read, place);
  if (!latest && !HasSeqCstOrder(read)) return false;
  if (!graph_[read].exclusive) return true;
  if (graph_.TakerOf(location, place) != kNoEvent) return false;
  const EventId write = graph_.AddExclusiveWrite(read);
  graph_.Place(write, place + 1);
  if (latest || HasSeqCstOrder(write)) return true;
  graph_.RemoveLast();
  return false;
}

void SampledMemory::ChooseSource(EventId read) {
  const GraphEvent& event = graph_[read];
  const uint32_t lowest = event.lowest_place;
  const uint32_t highest = graph_.LastPlace(event.location);
  if (lowest < highest && event.role != GraphEvent::Role::kLocking) {
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      const auto place = static_cast<uint32_t>(
          lowest + random_.Below(uint64_t{highest} - lowest + 1));
      if (TrySource(read, place)) return;
    }
  }
  TrySource(read, highest);
}

bool SampledMemory::TryPlace(EventId write, uint32_t place) {
  const uint32_t location = graph_[write].location;
  const bool last = place == graph_.LastPlace(location) + 1;
  if (!last && graph_.TakerOf(location, place - 1) != kNoEvent) return false;
  graph_.Place(write, place);
  if (last || HasSeqCstOrder(write)) return true;
  graph_.Unplace(write);
  return false;
}

void SampledMemory::ChoosePlace(EventId write) {
  const uint32_t lowest = graph_[write].lowest_place;
  const uint32_t highest = graph_.LastPlace(graph_[write].location) + 1;
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

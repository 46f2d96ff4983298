#include "harness/explore/forward_memory.h"

#include <cstdint>

#include "harness/explore/execution_graph.h"

namespace mortsafe {

void ForwardMemory::BeginExecution() {
  graph_.Clear();
  Restart();
}

bool ForwardMemory::HasSeqCstOrder(EventId id) {
  return graph_.seq_cst_count() < 2 ||
         (graph_.seq_cst_count() <= most_seq_cst_ &&
          seq_cst_.ExistsWith(graph_, id));
}

bool ForwardMemory::TrySource(EventId read, uint32_t place) {
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

bool ForwardMemory::TryPlace(EventId write, uint32_t place) {
  const uint32_t location = graph_[write].location;
  const bool last = place == graph_.LastPlace(location) + 1;
  if (!last && graph_.TakerOf(location, place - 1) != kNoEvent) return false;
  graph_.Place(write, place);
  if (last || HasSeqCstOrder(write)) return true;
  graph_.Unplace(write);
  return false;
}

}  // namespace mortsafe

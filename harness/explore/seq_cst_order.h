// RC11's axiom for seq_cst accesses and fences: the partial order psc, which
// they would have to follow each other in, has no cycle.

#ifndef MORTSAFE_HARNESS_EXPLORE_SEQ_CST_ORDER_H_
#define MORTSAFE_HARNESS_EXPLORE_SEQ_CST_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/explore/execution_graph.h"

namespace mortsafe {

// Keeps its memory from one graph to the next.
class SeqCstOrder {
 public:
  // Whether the events of seq_cst order of `graph` can be put in an order.
  // REQUIRES: all reads read from something, and all writes have a place.
  bool Exists(const ExecutionGraph& graph);

 private:
  static bool IsFence(const GraphEvent& event) {
    return event.kind == GraphEvent::Kind::kFence;
  }
  static bool IsAccess(const GraphEvent& event) {
    return event.IsRead() || event.IsWrite();
  }
  // The relations of RC11: sb-or-hb-through-other-locations and the rest of
  // scb; extended coherence order.
  bool Scb(EventId a, EventId b) const;
  bool Eco(EventId a, EventId b) const;
  bool OrdersThroughOthers(EventId a, EventId b) const;
  // Whether psc has an edge, a and b being members of nodes_.
  bool Psc(EventId a, EventId b) const;
  bool PscAfterFence(EventId fence, EventId b) const;
  bool Reaches(EventId a, EventId b) const;  // Scb, then b or hb to a fence b.

  const ExecutionGraph* graph_ = nullptr;
  std::vector<EventId> nodes_;
  std::vector<EventId> unordered_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_SEQ_CST_ORDER_H_

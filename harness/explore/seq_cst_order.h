// RC11's axiom for seq_cst accesses and fences: the partial order psc, which
// they would have to follow each other in, has no cycle.

#ifndef MORTSAFE_HARNESS_EXPLORE_SEQ_CST_ORDER_H_
#define MORTSAFE_HARNESS_EXPLORE_SEQ_CST_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/explore/execution_graph.h"

namespace mortsafe {

// Of an ExecutionGraph or a ForwardGraph. Keeps its memory from one graph to
// the next.
template <class Graph>
class SeqCstOrderOf {
 public:
  // Whether the events of seq_cst order of `graph` can be put in an order.
  // REQUIRES: all reads read from something, and all writes have a place.
  bool Exists(const Graph& graph);

  // The same, but quicker. REQUIRES: there is such an order if `id` is taken
  // away, and it happens before nothing.
  bool ExistsWith(const Graph& graph, EventId id);

 private:
  static bool IsFence(const auto& event) {
    return event.kind == GraphEvent::Kind::kFence;
  }
  static bool IsAccess(const auto& event) {
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
  bool FollowsFence(EventId id) const;

  // For graphs without fences: whether psc leads from `id` back to it. Psc has
  // all of program order, so what is reached is, in each thread, what comes
  // from some event on.
  bool LeadsBackTo(EventId id);
  void ExpandCoherence(EventId id);
  void ExpandHappensBefore(EventId id);
  void Reach(auto id);

  const Graph* graph_ = nullptr;
  std::vector<EventId> nodes_;
  std::vector<EventId> unordered_;
  // By thread: the index of the first event that was reached, and of the first
  // that was gone on from.
  std::vector<uint32_t> reached_;
  std::vector<uint32_t> expanded_;
};

using SeqCstOrder = SeqCstOrderOf<ExecutionGraph>;

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_SEQ_CST_ORDER_H_

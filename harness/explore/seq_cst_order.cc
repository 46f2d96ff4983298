#include "harness/explore/seq_cst_order.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mortsafe {

bool SeqCstOrder::OrdersThroughOthers(EventId a, EventId b) const {
  const ExecutionGraph& graph = *graph_;
  const GraphEvent& first = graph[a];
  const GraphEvent& last = graph[b];
  const auto shares = [](const GraphEvent& one, const GraphEvent& other) {
    return IsAccess(one) && IsAccess(other) && one.location == other.location;
  };
  uint32_t after = first.index + 1;
  const uint32_t size = graph.ThreadSize(first.thread);
  while (after <= size && shares(first, graph[graph.At(first.thread, after)])) {
    ++after;
  }
  if (after > size) return false;
  uint32_t before = last.index - 1;
  while (before > 0 && shares(last, graph[graph.At(last.thread, before)])) {
    --before;
  }
  if (before == 0) return false;
  return graph.HappensBefore(graph.At(first.thread, after),
                             graph.At(last.thread, before));
}

bool SeqCstOrder::Eco(EventId a, EventId b) const {
  const ExecutionGraph& graph = *graph_;
  const GraphEvent& first = graph[a];
  const GraphEvent& last = graph[b];
  if (!IsAccess(first) || !IsAccess(last) || first.location != last.location ||
      a == b) {
    return false;
  }
  const uint32_t from = graph.PlaceOf(a);
  const uint32_t to = graph.PlaceOf(b);
  if (first.IsWrite() && last.IsRead()) return from <= to;
  return from < to;
}

bool SeqCstOrder::Scb(EventId a, EventId b) const {
  const ExecutionGraph& graph = *graph_;
  const GraphEvent& first = graph[a];
  const GraphEvent& last = graph[b];
  if (first.thread == last.thread) return first.index < last.index;
  if (IsAccess(first) && IsAccess(last) && first.location == last.location) {
    // mo and fr lead to writes; hb between accesses to one location counts.
    if (last.IsWrite() && graph.PlaceOf(a) < last.place) return true;
    if (graph.HappensBefore(a, b)) return true;
  }
  return OrdersThroughOthers(a, b);
}

bool SeqCstOrder::Reaches(EventId a, EventId b) const {
  if (Scb(a, b)) return true;
  const ExecutionGraph& graph = *graph_;
  if (!IsFence(graph[b])) return false;
  for (EventId id = 0; id < graph.size(); ++id) {
    if (graph.HappensBefore(id, b) && id != a && Scb(a, id)) return true;
  }
  return false;
}

bool SeqCstOrder::PscAfterFence(EventId fence, EventId b) const {
  const ExecutionGraph& graph = *graph_;
  const bool to_fence = IsFence(graph[b]);
  if (to_fence && graph.HappensBefore(fence, b)) return true;
  for (EventId id = 0; id < graph.size(); ++id) {
    if (!graph.HappensBefore(fence, id)) continue;
    if (Reaches(id, b)) return true;
    if (!to_fence) continue;
    for (EventId next = 0; next < graph.size(); ++next) {
      if (graph.HappensBefore(next, b) && Eco(id, next)) return true;
    }
  }
  return false;
}

bool SeqCstOrder::Psc(EventId a, EventId b) const {
  if (Reaches(a, b)) return true;
  return IsFence((*graph_)[a]) && PscAfterFence(a, b);
}

bool SeqCstOrder::Exists(const ExecutionGraph& graph) {
  if (graph.seq_cst_count() < 2) return true;
  graph_ = &graph;
  unordered_.clear();
  for (EventId id = 0; id < graph.size(); ++id) {
    if (graph[id].IsSeqCst()) unordered_.push_back(id);
  }
  // Takes away, again and again, what nothing left comes before.
  while (!unordered_.empty()) {
    const auto first = std::find_if(
        unordered_.begin(), unordered_.end(), [&](EventId candidate) {
          return std::none_of(
              unordered_.begin(), unordered_.end(), [&](EventId other) {
                return other != candidate && Psc(other, candidate);
              });
        });
    if (first == unordered_.end()) return false;
    unordered_.erase(first);
  }
  return true;
}

}  // namespace mortsafe

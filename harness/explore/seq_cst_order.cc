#include "harness/explore/seq_cst_order.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "harness/explore/forward_graph.h"

namespace mortsafe {

template <class Graph>
bool SeqCstOrderOf<Graph>::OrdersThroughOthers(EventId a, EventId b) const {
  const Graph& graph = *graph_;
  const auto& first = graph[a];
  const auto& last = graph[b];
  const auto shares = [](const auto& one, const auto& other) {
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

template <class Graph>
bool SeqCstOrderOf<Graph>::Eco(EventId a, EventId b) const {
  const Graph& graph = *graph_;
  const auto& first = graph[a];
  const auto& last = graph[b];
  if (!IsAccess(first) || !IsAccess(last) || first.location != last.location ||
      a == b) {
    return false;
  }
  const uint32_t from = graph.PlaceOf(a);
  const uint32_t to = graph.PlaceOf(b);
  if (first.IsWrite() && last.IsRead()) return from <= to;
  return from < to;
}

template <class Graph>
bool SeqCstOrderOf<Graph>::Scb(EventId a, EventId b) const {
  const Graph& graph = *graph_;
  const auto& first = graph[a];
  const auto& last = graph[b];
  if (first.thread == last.thread) return first.index < last.index;
  if (IsAccess(first) && IsAccess(last) && first.location == last.location) {
    // mo and fr lead to writes; hb between accesses to one location counts.
    if (last.IsWrite() && graph.PlaceOf(a) < last.place) return true;
    if (graph.HappensBefore(a, b)) return true;
  }
  return OrdersThroughOthers(a, b);
}

template <class Graph>
bool SeqCstOrderOf<Graph>::Reaches(EventId a, EventId b) const {
  if (Scb(a, b)) return true;
  const Graph& graph = *graph_;
  if (!IsFence(graph[b])) return false;
  for (EventId id = 0; id < graph.size(); ++id) {
    if (graph.HappensBefore(id, b) && id != a && Scb(a, id)) return true;
  }
  return false;
}

template <class Graph>
bool SeqCstOrderOf<Graph>::PscAfterFence(EventId fence, EventId b) const {
  const Graph& graph = *graph_;
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

template <class Graph>
bool SeqCstOrderOf<Graph>::Psc(EventId a, EventId b) const {
  if (Reaches(a, b)) return true;
  return IsFence((*graph_)[a]) && PscAfterFence(a, b);
}

template <class Graph>
bool SeqCstOrderOf<Graph>::FollowsFence(EventId id) const {
  for (EventId fence = 0; fence < graph_->size(); ++fence) {
    const auto& event = (*graph_)[fence];
    if (IsFence(event) && event.IsSeqCst() &&
        graph_->HappensBefore(fence, id)) {
      return true;
    }
  }
  return false;
}

template <class Graph>
bool SeqCstOrderOf<Graph>::ExistsWith(const Graph& graph, EventId id) {
  if (graph.seq_cst_count() < 2) return true;
  graph_ = &graph;
  const bool seq_cst = graph[id].IsSeqCst();
  if (graph.seq_cst_fence_count() == 0) return !seq_cst || !LeadsBackTo(id);
  if (!seq_cst && !FollowsFence(id)) return true;
  return Exists(graph);
}

template <class Graph>
void SeqCstOrderOf<Graph>::Reach(auto id) {
  const auto& event = (*graph_)[id];
  uint32_t& first = reached_[event.thread];
  first = std::min<uint32_t>(first, event.index);
}

template <class Graph>
void SeqCstOrderOf<Graph>::ExpandCoherence(EventId id) {
  const Graph& graph = *graph_;
  const auto location = graph[id].location;
  const auto& writes = graph.Writes(location);
  for (size_t place = graph.PlaceOf(id); place < writes.size(); ++place) {
    if (graph[writes[place]].IsSeqCst()) Reach(writes[place]);
  }
  for (const auto read : graph.Reads(location)) {
    if (graph[read].IsSeqCst() && graph.HappensBefore(id, read)) Reach(read);
  }
}

// Nothing after it in its thread leads any further.
template <class Graph>
void SeqCstOrderOf<Graph>::ExpandHappensBefore(EventId id) {
  const Graph& graph = *graph_;
  const auto shares = [&](EventId one, EventId other) {
    return IsAccess(graph[one]) && IsAccess(graph[other]) &&
           graph[one].location == graph[other].location;
  };
  const uint32_t thread = graph[id].thread;
  uint32_t after = graph[id].index + 1;
  while (after <= graph.ThreadSize(thread) &&
         shares(id, graph.At(thread, after))) {
    ++after;
  }
  if (after > graph.ThreadSize(thread)) return;
  for (uint32_t other = 0; other < reached_.size(); ++other) {
    if (other == thread) continue;
    // The first event there that knows of it; clocks grow along a thread.
    uint32_t first = 1;
    uint32_t end = graph.ThreadSize(other) + 1;
    while (first < end) {
      const uint32_t middle = first + (end - first) / 2;
      const bool knows =
          graph.HappensBefore(graph.At(other, middle))[thread] >= after;
      if (knows) {
        end = middle;
      } else {
        first = middle + 1;
      }
    }
    for (uint32_t i = first + 1; i < reached_[other]; ++i) {
      const EventId found = graph.At(other, i);
      if (!graph[found].IsSeqCst()) continue;
      uint32_t between = first;
      while (between < i && shares(found, graph.At(other, between))) ++between;
      if (between == i) continue;
      Reach(found);
      break;
    }
  }
}

template <class Graph>
bool SeqCstOrderOf<Graph>::LeadsBackTo(EventId id) {
  const Graph& graph = *graph_;
  const uint32_t home = graph[id].thread;
  reached_.clear();
  for (uint32_t thread = 0; thread < graph.thread_count(); ++thread) {
    reached_.push_back(graph.ThreadSize(thread) + 1);
  }
  expanded_ = reached_;
  ExpandCoherence(id);
  bool progress = true;
  while (progress && reached_[home] > graph[id].index) {
    progress = false;
    for (uint32_t thread = 0; thread < reached_.size(); ++thread) {
      const uint32_t end = expanded_[thread];
      const uint32_t first = reached_[thread];
      if (first >= end) continue;
      progress = true;
      expanded_[thread] = first;
      ExpandHappensBefore(graph.At(thread, first));
      for (uint32_t i = first; i < end; ++i) {
        const EventId next = graph.At(thread, i);
        if (graph[next].IsSeqCst()) ExpandCoherence(next);
      }
    }
  }
  return reached_[home] <= graph[id].index;
}

template <class Graph>
bool SeqCstOrderOf<Graph>::Exists(const Graph& graph) {
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

template class SeqCstOrderOf<ExecutionGraph>;
template class SeqCstOrderOf<ForwardGraph>;

}  // namespace mortsafe

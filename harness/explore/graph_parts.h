// Parts of a search for execution graphs (graph_search.h) that can be explored
// one by one, in any process of the program. No search for graphs depends on
// another, so what is left of one falls into as many parts as one likes: of
// each graph that others may follow from, the choices for some of its events;
// and of the orders in real time, some. Addresses are translated in between
// (address_book.h).

#ifndef MORTSAFE_HARNESS_EXPLORE_GRAPH_PARTS_H_
#define MORTSAFE_HARNESS_EXPLORE_GRAPH_PARTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "harness/explore/execution_graph.h"
#include "harness/explore/graph_memory.h"
#include "harness/explore/real_time_orders.h"

namespace mortsafe {

struct GraphPart {
  // Where threads are known to spin.
  std::vector<uintptr_t> sites;
  // From this order on, every `stride`-th; 0 for this one alone. The first
  // order if there are no blocks.
  std::vector<RealTimeOrders::Block> blocks;
  uint64_t stride = 1;
  // A graph that was explored, if not empty, of which the choices for the
  // events from `floor` on are left. The rest is as in GraphSearch::Frame.
  std::string graph;
  EventId floor = 0;
  bool is_revisit = false;
  EventId base = 0;
  EventId changed = kNoEvent;
  std::vector<EventId> pending;
  std::vector<GraphMemory::LocationObject> locations;
};

struct GraphRest {
  // Where threads are known to spin now. If that was news, nothing else is
  // said, as everything has to be explored anew.
  std::vector<uintptr_t> sites;
  bool learned = false;
  std::vector<std::string> parts;
};

std::string ToBytes(const GraphPart& part);
std::string ToBytes(const GraphRest& rest);
// CHECK that the bytes are whole.
GraphPart GraphPartOf(absl::string_view bytes);
GraphRest GraphRestOf(absl::string_view bytes);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_GRAPH_PARTS_H_

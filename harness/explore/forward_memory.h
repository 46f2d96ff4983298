// The memory of an execution that is run once, from its beginning to its end:
// each access decides what it reads and where its write stands, and that stays.
// How it decides is up to whoever derives from it.

#ifndef MORTSAFE_HARNESS_EXPLORE_FORWARD_MEMORY_H_
#define MORTSAFE_HARNESS_EXPLORE_FORWARD_MEMORY_H_

#include <cstdint>

#include "harness/explore/execution_graph.h"
#include "harness/explore/graph_memory.h"
#include "harness/explore/seq_cst_order.h"

namespace mortsafe {

class ForwardMemory : public GraphMemory {
 protected:
  // Beyond `most_seq_cst` events of seq_cst order nothing stale is read.
  explicit ForwardMemory(uint32_t most_seq_cst) : most_seq_cst_(most_seq_cst) {
    graph_.KeepNoPrefixes();
    SetGraph(&graph_);
  }

  // REQUIRED before each execution.
  void BeginExecution();

  // Whether the new read may read from there, which it always may from the
  // latest place; if so, it does, and has its write.
  bool TrySource(EventId read, uint32_t place);
  // Whether the new write may stand there, which it always may in the place
  // after the last; if so, it does.
  bool TryPlace(EventId write, uint32_t place);

 private:
  // Whether the graph, which had an order of its seq_cst events without that
  // one, has one.
  bool HasSeqCstOrder(EventId id);

  const uint32_t most_seq_cst_;
  ExecutionGraph graph_;
  SeqCstOrder seq_cst_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_FORWARD_MEMORY_H_

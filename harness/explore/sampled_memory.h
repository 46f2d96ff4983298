// The memory of an execution in which every load reads from one of the writes
// that RC11 allows, and every store takes one of the places in modification
// order that it allows, as a seed says. Each is equally likely.

#ifndef MORTSAFE_HARNESS_EXPLORE_SAMPLED_MEMORY_H_
#define MORTSAFE_HARNESS_EXPLORE_SAMPLED_MEMORY_H_

#include <cstdint>

#include "harness/base/random.h"
#include "harness/explore/execution_graph.h"
#include "harness/explore/graph_memory.h"
#include "harness/explore/seq_cst_order.h"

namespace mortsafe {

class SampledMemory final : public GraphMemory {
 public:
  SampledMemory() {
    graph_.KeepNoPrefixes();
    SetGraph(&graph_);
  }

  // REQUIRED before each execution.
  void Begin(uint64_t seed);

 private:
  void ChooseSource(EventId read) override;
  void ChoosePlace(EventId write) override;
  // Whether the read may read from there; if so, it does, and has its write.
  bool TrySource(EventId read, uint32_t place);
  bool TryPlace(EventId write, uint32_t place);
  // Whether the graph, which had an order of its seq_cst events without that
  // one, has one.
  bool HasSeqCstOrder(EventId id);

  ExecutionGraph graph_;
  SeqCstOrder seq_cst_;
  Random random_{0};
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_SAMPLED_MEMORY_H_

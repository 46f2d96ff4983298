// A controlled execution, step by step, in a form people read.

#ifndef MORTSAFE_HARNESS_MODEL_TRACE_H_
#define MORTSAFE_HARNESS_MODEL_TRACE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace mortsafe {

// One step: a thread performed one operation on shared state.
struct TraceStep {
  uint32_t thread = 0;
  uint32_t thread_step = 0;  // Counted from 0 within its thread.
  uint64_t time = 0;         // On the clock of the history's calls and returns.
  std::string action;        // "load", "compare-exchange", "lock", "join", …
  std::string object;        // "read", "entry.p", "T1#3+8" where unnamed.
  std::string detail;        // What was read or written: "= nil", "7 -> nil".
  // The thread that ran before this step could have gone on: a pre-emption.
  bool preempts = false;

  friend bool operator==(const TraceStep&, const TraceStep&) = default;
};

struct Trace {
  std::vector<TraceStep> steps;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_TRACE_H_

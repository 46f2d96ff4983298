// A trace as plain text: a line per step, a column per thread, time downwards.

#ifndef MORTSAFE_HARNESS_EXPLORE_TRACE_TEXT_H_
#define MORTSAFE_HARNESS_EXPLORE_TRACE_TEXT_H_

#include <string>

#include "harness/model/trace.h"

namespace mortsafe {

// Of a long trace the beginning and the end.
std::string TraceText(const Trace& trace);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_TRACE_TEXT_H_

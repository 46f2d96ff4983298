// Why the operations that a stress test has logged are not linearizable.

#ifndef MORTSAFE_HARNESS_STRESS_EXPLAIN_LOG_H_
#define MORTSAFE_HARNESS_STRESS_EXPLAIN_LOG_H_

#include "harness/history/history.h"
#include "harness/linearize/stream_checker.h"
#include "harness/linearize/violation.h"
#include "harness/stress/record_log.h"

namespace mortsafe {

struct LogExplanation {
  // The witness and its surroundings; the violation's indices are into it.
  History history;
  Violation violation;
};

// REQUIRES: `log` has all operations on a map that was empty at first, up to
// the decision, which was that they are a violation.
LogExplanation ExplainLog(const RecordLog& log, const Decision& decision);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_STRESS_EXPLAIN_LOG_H_

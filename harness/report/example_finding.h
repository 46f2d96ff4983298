// Findings made by hand, for the tests of the reports.

#ifndef MORTSAFE_HARNESS_REPORT_EXAMPLE_FINDING_H_
#define MORTSAFE_HARNESS_REPORT_EXAMPLE_FINDING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "harness/base/operation_kind.h"
#include "harness/base/violation_kind.h"
#include "harness/history/history.h"
#include "harness/linearize/violation.h"
#include "harness/model/trace.h"
#include "harness/program/operation.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"

namespace mortsafe {

inline HistoryOperation Called(uint32_t client, OperationKind kind, Key key,
                               uint64_t call_time, uint64_t return_time) {
  HistoryOperation operation;
  operation.client = client;
  operation.kind = kind;
  operation.key = key;
  operation.call_time = call_time;
  operation.return_time = return_time;
  return operation;
}

inline TraceStep Step(uint32_t thread, uint64_t time, std::string action,
                      std::string object, std::string detail,
                      bool preempts = false) {
  TraceStep step;
  step.thread = thread;
  step.time = time;
  step.action = std::move(action);
  step.object = std::move(object);
  step.detail = std::move(detail);
  step.preempts = preempts;
  return step;
}

// A client that loads a deleted value, because another one copied the entries
// before the Delete and published the copy after it.
inline Finding StaleValueFinding() {
  Finding finding;
  finding.map = "read-dirty";
  finding.defect = "c3-promotion-copies";
  finding.kind = ViolationKind::kStaleValueAfterDelete;
  finding.sentence =
      "Client 2's Load(0) returned 1, although client 2's Delete(0) had "
      "removed that value and finished before the Load was called.";
  Program& program = finding.input.program;
  program.initial = {{.kind = OperationKind::kStore, .key = 0, .value = 1}};
  program.threads = {
      {{.kind = OperationKind::kLoad, .key = 1}},
      {{.kind = OperationKind::kDelete, .key = 0},
       {.kind = OperationKind::kLoad, .key = 0}},
  };
  finding.input.schedule.schedule.switches = {{1, 2, 2}, {2, 3, 1}, {1, 3, 2}};
  finding.original_operations = 9;
  finding.original_switches = 7;

  HistoryOperation store = Called(0, OperationKind::kStore, 0, 1, 4);
  store.value = 1;
  HistoryOperation miss = Called(1, OperationKind::kLoad, 1, 7, 16);
  HistoryOperation remove = Called(2, OperationKind::kDelete, 0, 10, 13);
  HistoryOperation load = Called(2, OperationKind::kLoad, 0, 17, 19);
  load.result = 1;
  load.ok = true;
  finding.history.operations = {store, miss, remove, load};

  finding.trace.steps = {
      Step(0, 2, "store", "dirty", "= #1"),
      Step(0, 3, "store", "entry.p", "= 1"),
      Step(0, 5, "start", "T1", ""),
      Step(0, 6, "start", "T2", ""),
      Step(1, 8, "load", "read", "= #0"),
      Step(1, 9, "load", "dirty", "= #1"),
      Step(2, 11, "load", "read", "= #0", /*preempts=*/true),
      Step(2, 12, "exchange", "entry.p", "1 -> nil"),
      Step(1, 15, "store", "read", "= #2"),
      Step(2, 18, "load", "entry.p", "= 1"),
  };

  Violation violation;
  violation.kind = finding.kind;
  violation.culprit = 3;
  violation.witness = {0, 2, 3};
  violation.constraints = {
      {0, 2, Constraint::Relation::kFinishedBefore},
      {0, 2, Constraint::Relation::kOverwrote},
      {2, 3, Constraint::Relation::kFinishedBefore},
      {0, 3, Constraint::Relation::kReadFrom},
  };
  violation.sentence = finding.sentence;
  finding.violation = violation;

  finding.seed = 42;
  finding.executions_to_find = 1234;
  finding.strategy = "random";
  finding.build = "release";
  finding.version = "0.1.0";
  finding.replay_command = "mortsafe replay findings/example";
  return finding;
}

// A crash: no history, no trace, and a report that is not to be trusted.
inline Finding CrashFinding() {
  Finding finding = StaleValueFinding();
  finding.map = "third-party";
  finding.defect = "";
  finding.kind = ViolationKind::kUseAfterFree;
  finding.sentence = "AddressSanitizer: heap-use-after-free on a read.";
  finding.history = History();
  finding.trace = Trace();
  finding.violation = std::nullopt;
  finding.build = "asan";
  finding.crash_report =
      "==1==ERROR: AddressSanitizer: \x1b[1mheap-use-after-free\x1b[0m\n"
      "    #0 <script>alert('&')</script> map.h:7\r\n"
      "    #1 \xff\x80\n";
  return finding;
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_EXAMPLE_FINDING_H_

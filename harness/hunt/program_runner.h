// The one function that every driver and fuzzer comes down to: run a program of
// a subject once, under a strategy, and judge what its clients saw.

#ifndef MORTSAFE_HARNESS_HUNT_PROGRAM_RUNNER_H_
#define MORTSAFE_HARNESS_HUNT_PROGRAM_RUNNER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/violation_kind.h"
#include "harness/explore/address_book.h"
#include "harness/history/history.h"
#include "harness/hunt/known_histories.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/violation.h"
#include "harness/model/execution.h"
#include "harness/model/strategy.h"
#include "harness/model/switch_coverage.h"
#include "harness/model/trace.h"
#include "harness/model/weak_memory.h"
#include "harness/program/operation.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "harness/subject/any_map.h"
#include "harness/subject/registry.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

struct RunOptions {
  // Keep the trace and the schedule.
  bool record = false;
  // Whether a broken invariant at rest counts; what clients see always does.
  bool check_invariants = true;
  // Whether a state after the initial operations that is not that of the map's
  // design counts, if `check_invariants`. One execution of a program is enough:
  // they come before any choice.
  bool check_design = true;
  // As in ExecutionOptions.
  std::optional<uint32_t> stop_at_step = std::nullopt;
  ProgressLog* progress = nullptr;
  std::atomic<uint64_t>* pulse = nullptr;
  SwitchCoverage* coverage = nullptr;
  WeakMemory* memory = nullptr;
  // Keep the place of the first choice for RunAgain(), where CanKeepPlaces().
  // REQUIRES: no `memory`.
  bool keep_first_choice = false;
  // Histories of the same program that need not be judged again.
  KnownHistories* known_histories = nullptr;
};

// What one execution showed; the graver of several things: an execution that
// did not end well, then a history that is not linearizable, then a broken
// invariant, then a leak.
struct RunResult {
  std::optional<ViolationKind> kind;  // Nothing: all is well.
  std::string sentence;
  std::optional<Violation> violation;  // Why the history is not linearizable.
  // Not empty: the map does what cannot be done under that memory model, and
  // nothing is known of it.
  // Initialized so that compilers let initializers skip it.
  // NOLINTNEXTLINE(readability-redundant-member-init)
  std::string refusal = {};
};

// Reuses its memory between runs. Not thread-safe.
class ProgramRunner final : private OutsideState {
 public:
  explicit ProgramRunner(SubjectChoice subject) : subject_(subject) {}

  // REQUIRES: Validate(program) is OK and the subject offers its operations. A
  // strategy that goes on from a kept place does so in the run before, of the
  // same program with the same options.
  RunResult Run(const Program& program, SchedulingStrategy& strategy,
                const RunOptions& options = {});

  // Whether RunAgain() can take the place of Run() with the program and the
  // options of the latest run but for `coverage`. All that comes before its
  // first choice, the initial operations above all, is then not run but put
  // back.
  bool CanRunAgain() const { return execution_.CanRunAgain(); }
  RunResult RunAgain(SchedulingStrategy& strategy, SwitchCoverage* coverage);

  // Of the latest run: the operations that were called, initial ones first.
  History history() const;
  // Of the latest recorded run.
  Trace trace() const { return execution_.trace(); }
  Schedule schedule() const { return execution_.schedule(); }

  // Whether a strategy may keep places to go on from.
  bool CanKeepPlaces() const;

  const SwitchCoverage& coverage() const { return execution_.coverage(); }
  // Where the addresses are that its runs know things by.
  AddressBook addresses() const { return AddressBook(execution_); }
  const SubjectChoice& subject() const { return subject_; }

 private:
  // What clients saw so far, without what the program says.
  struct Seen {
    std::optional<Value> result;
    bool ok = false;
    std::vector<std::pair<Key, Value>> entries;
    uint64_t call_time = 0;
    uint64_t return_time = kPending;
  };
  // What a client's thread runs. Kept from execution to execution: under a
  // sanitizer, to allocate it would cost more than to start the thread.
  class Client final : public ThreadBody {
   public:
    ProgramRunner* runner = nullptr;
    AnyMap* map = nullptr;
    uint32_t number = 0;
    const std::vector<Operation>* operations = nullptr;
    size_t first_record = 0;

    void Run() override {
      runner->RunOperations(*map, number, *operations, first_record);
    }
    void Finish() override {}
  };
  struct Body {
    ProgramRunner* runner = nullptr;
    const Program* program = nullptr;
    bool check_invariants = true;
    bool check_design = true;
    void operator()() const { runner->RunProgram(*this); }
  };

  void Keep(size_t place) override;
  void PutBack(size_t place) override;
  void PrepareHistory(const Program& program);
  void RunProgram(const Body& body);
  // What client `client` does.
  void RunOperations(AnyMap& map, uint32_t client,
                     const std::vector<Operation>& operations,
                     size_t first_record);
  // Compares the map's state after the program's initial operations with that
  // of its design.
  void CheckDesign(const Program& program, AnyMap& map);
  RunResult Judge(const Outcome& outcome);
  bool IsLinearizable();

  const SubjectChoice subject_;
  Execution execution_;
  Checker checker_;
  History history_;
  size_t initial_ = 0;  // So many of its operations are initial ones.
  KnownHistories* known_histories_ = nullptr;
  std::optional<std::string> broken_invariant_;
  // Of the latest execution that ran the initial operations itself.
  std::optional<std::string> deviation_;
  Body body_;  // Of the latest execution: places that were kept refer to it.
  std::array<Client, kMaxThreads> clients_;  // Likewise.
  // By place, of the operations that could still change, the last ones;
  // re-used.
  std::vector<std::vector<Seen>> kept_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_PROGRAM_RUNNER_H_

#include "harness/hunt/program_runner.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "harness/base/violation_kind.h"
#include "harness/history/history.h"
#include "harness/model/execution.h"
#include "harness/model/memory.h"
#include "harness/model/sanitizers.h"
#include "harness/program/operation.h"
#include "harness/program/program.h"
#include "harness/subject/any_map.h"

namespace mortsafe {
namespace {

// Room for what a broken Range may visit: twice the keys that there can be.
constexpr size_t kMaxEntries = 2 * size_t{kMaxKeys};

void PrepareRecordOf(uint32_t client, const Operation& operation,
                     HistoryOperation& record) {
  PrepareRecord(operation, record);
  record.client = client;
  record.call_time = 0;  // Not called: the clock starts at 1.
  record.return_time = kPending;
  if (operation.kind == OperationKind::kRange) {
    record.entries.reserve(kMaxEntries);
  }
}

}  // namespace

RunResult ProgramRunner::Run(const Program& program,
                             SchedulingStrategy& strategy,
                             const RunOptions& options) {
  if (strategy.KeptPlaces() == 0) {
    PrepareHistory(program);
    deviation_.reset();
    body_ = {this, &program, options.check_invariants,
             options.check_invariants && options.check_design};
  }
  broken_invariant_.reset();
  known_histories_ = options.known_histories;
  const bool can_keep_places = CanKeepPlaces() && !options.record;
  const ExecutionOptions execution_options = {
      .record = options.record,
      .stop_at_step = options.stop_at_step,
      .progress = options.progress,
      .pulse = options.pulse,
      .coverage = options.coverage,
      .memory = options.memory,
      .outside = can_keep_places ? this : nullptr,
      .keep_first_choice = can_keep_places && options.keep_first_choice,
  };
  const Outcome outcome = execution_.Run(execution_options, strategy, body_);
  if (outcome.stopped) return {};
  return Judge(outcome);
}

RunResult ProgramRunner::RunAgain(SchedulingStrategy& strategy,
                                  SwitchCoverage* coverage) {
  broken_invariant_.reset();
  return Judge(execution_.RunAgain(strategy, coverage));
}

bool ProgramRunner::CanKeepPlaces() const {
  return subject_.subject->self_contained && !kAddressSanitizer &&
         !kThreadSanitizer;
}

void ProgramRunner::Keep(size_t place) {
  if (kept_.size() <= place) kept_.resize(place + 1);
  const std::vector<HistoryOperation>& operations = history_.operations;
  // What the initial operations showed stays as it is once they are over.
  const bool begun =
      initial_ == 0 || operations[initial_ - 1].return_time != kPending;
  std::vector<Seen>& kept = kept_[place];
  kept.resize(operations.size() - (begun ? initial_ : 0));
  const HistoryOperation* operation =
      operations.data() + operations.size() - kept.size();
  for (Seen& seen : kept) {
    seen.result = operation->result;
    seen.ok = operation->ok;
    if (!operation->entries.empty() || !seen.entries.empty()) {
      seen.entries = operation->entries;
    }
    seen.call_time = operation->call_time;
    seen.return_time = operation->return_time;
    ++operation;
  }
}

void ProgramRunner::PutBack(size_t place) {
  const std::vector<Seen>& kept = kept_[place];
  HistoryOperation* operation =
      history_.operations.data() + history_.operations.size() - kept.size();
  for (const Seen& seen : kept) {
    operation->result = seen.result;
    operation->ok = seen.ok;
    if (!operation->entries.empty() || !seen.entries.empty()) {
      // It has room for them: a Range that is under way must not move.
      operation->entries.assign(seen.entries.begin(), seen.entries.end());
    }
    operation->call_time = seen.call_time;
    operation->return_time = seen.return_time;
    ++operation;
  }
}

void ProgramRunner::PrepareHistory(const Program& program) {
  history_.operations.resize(OperationCount(program));
  initial_ = program.initial.size();
  size_t next = 0;
  for (const Operation& operation : program.initial) {
    PrepareRecordOf(0, operation, history_.operations[next++]);
  }
  uint32_t client = 0;
  for (const std::vector<Operation>& operations : program.threads) {
    ++client;
    for (const Operation& operation : operations) {
      PrepareRecordOf(client, operation, history_.operations[next++]);
    }
  }
}

void ProgramRunner::RunProgram(const Body& body) {
  const Program& program = *body.program;
  const std::unique_ptr<AnyMap> map = subject_.Create();
  RunOperations(*map, 0, program.initial, 0);
  if (body.check_design) CheckDesign(program, *map);
  size_t first_record = program.initial.size();
  std::array<uint32_t, kMaxThreads> threads = {};
  for (size_t i = 0; i < program.threads.size(); ++i) {
    Client& client = clients_[i];
    client.runner = this;
    client.map = map.get();
    client.number = static_cast<uint32_t>(i + 1);
    client.operations = &program.threads[i];
    client.first_record = first_record;
    threads[i] = execution_.Spawn(&client);
    first_record += program.threads[i].size();
  }
  for (size_t i = 0; i < program.threads.size(); ++i) {
    execution_.Join(threads[i]);
  }
  execution_.EndThreads();
  if (!body.check_invariants) return;
  if (const std::optional<std::string> broken = map->CheckInvariants()) {
    const HarnessAllocations harness;
    broken_invariant_ = *broken;
  }
}

void ProgramRunner::CheckDesign(const Program& program, AnyMap& map) {
  const auto& state_by_design = subject_.subject->state_by_design;
  if (program.initial.empty() || state_by_design == nullptr) return;
  const HarnessAllocations harness;
  const std::string designed = state_by_design(program.initial);
  // Nobody else runs, and to look at the map is no step of it.
  const Unscheduled unscheduled;
  const std::string state = map.StateJson().value();
  if (state == designed) return;
  std::string operations;
  for (const Operation& operation : program.initial) {
    absl::StrAppend(&operations, operations.empty() ? "" : "; ",
                    ToText(operation));
  }
  deviation_ =
      absl::StrCat("After ", operations, ", by one client, the map's state is ",
                   state, "; by its design it is ", designed, ".");
}

void ProgramRunner::RunOperations(AnyMap& map, uint32_t client,
                                  const std::vector<Operation>& operations,
                                  size_t first_record) {
  for (size_t i = 0; i < operations.size(); ++i) {
    // Clients are known by their threads' numbers, and their threads are the
    // first.
    if (execution_.weak() &&
        (client == 0 || client != execution_.CurrentThread())) {
      execution_.RefuseWeak("the map starts threads of its own");
    }
    HistoryOperation& record = history_.operations[first_record + i];
    execution_.BeginOperation(&record.call_time);
    map.Perform(operations[i], record);
    execution_.EndOperation(&record.return_time);
  }
}

bool ProgramRunner::IsLinearizable() {
  if (known_histories_ == nullptr) return checker_.IsLinearizable(history_);
  if (known_histories_->Contains(history_)) return true;
  if (!checker_.IsLinearizable(history_)) return false;
  known_histories_->AddLatest();
  return true;
}

RunResult ProgramRunner::Judge(const Outcome& outcome) {
  const bool leak = outcome.failure.has_value() &&
                    outcome.failure->kind == ViolationKind::kLeak;
  if (outcome.failure.has_value() && outcome.failure->unsupported) {
    RunResult result;
    result.refusal = outcome.failure->message;
    return result;
  }
  if (outcome.failure.has_value() && !leak) {
    return {outcome.failure->kind, outcome.failure->message, std::nullopt};
  }
  if (!IsLinearizable()) {
    std::optional<Violation> violation = checker_.Explain(history_);
    Check(violation.has_value(), "a violation has no explanation");
    RunResult result;
    result.kind = violation->kind;
    result.sentence = violation->sentence;
    result.violation = std::move(violation);
    return result;
  }
  if (deviation_.has_value()) {
    return {ViolationKind::kBrokenInvariant, *deviation_, std::nullopt};
  }
  if (broken_invariant_.has_value()) {
    return {ViolationKind::kBrokenInvariant,
            absl::StrCat("With all threads at rest, ", *broken_invariant_, "."),
            std::nullopt};
  }
  if (leak) {
    return {ViolationKind::kLeak,
            absl::StrCat("After the map was destroyed, ",
                         outcome.failure->message, "."),
            std::nullopt};
  }
  return {};
}

History ProgramRunner::history() const {
  History called;
  for (const HistoryOperation& operation : history_.operations) {
    if (operation.call_time != 0) called.operations.push_back(operation);
  }
  return called;
}

}  // namespace mortsafe

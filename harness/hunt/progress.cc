#include "harness/hunt/progress.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "harness/base/check.h"
#include "harness/base/operation_kind.h"
#include "harness/hunt/initial_states.h"
#include "harness/hunt/isolation.h"
#include "harness/hunt/probe_programs.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/progress_probe.h"
#include "harness/hunt/verify.h"
#include "harness/program/enumerate.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMaxWorkers = 64;
constexpr size_t kMaxRows =
    size_t{kOperationKindCount} * (kMaxOperationsPerThread + 1);
constexpr uint64_t kNone = std::numeric_limits<uint64_t>::max();
// A map that takes so long for one execution hangs.
constexpr std::chrono::seconds kPatience{10};

// Nothing is less than any number.
void RaiseTo(std::optional<uint32_t>& most, std::optional<uint32_t> steps) {
  most = std::max(most, steps);
}

bool HasNoEnd(const ProbedWait& wait) {
  return wait.kind == ProbedWait::Kind::kChange ||
         wait.kind == ProbedWait::Kind::kNoEnd;
}

// What a worker counted for a row. In memory that processes share.
struct RowCounts {
  uint64_t starts = 0;
  uint64_t with_waits = 0;
  uint64_t incomplete = 0;
  uint32_t most_steps = 0;
  std::optional<uint32_t> most_steps_without_lock;
  uint64_t example = kNone;  // The number of its start.
  ProbedWait wait;

  void Take(uint64_t start, const ProbedProgram& probed) {
    ++starts;
    most_steps = std::max(most_steps, probed.most_steps);
    RaiseTo(most_steps_without_lock, probed.most_steps_without_lock);
    const bool endless = probed.wait.has_value() && HasNoEnd(*probed.wait);
    if (!probed.complete && !endless) ++incomplete;
    if (!probed.wait.has_value()) return;
    ++with_waits;
    TakeExample(start, *probed.wait);
  }

  void TakeExample(uint64_t start, const ProbedWait& other) {
    const bool graver = HasNoEnd(other) && !HasNoEnd(wait);
    const bool milder = HasNoEnd(wait) && !HasNoEnd(other);
    if (example == kNone || graver || (!milder && start < example)) {
      example = start;
      wait = other;
    }
  }

  void Merge(const RowCounts& other) {
    starts += other.starts;
    with_waits += other.with_waits;
    incomplete += other.incomplete;
    most_steps = std::max(most_steps, other.most_steps);
    RaiseTo(most_steps_without_lock, other.most_steps_without_lock);
    if (other.example != kNone) TakeExample(other.example, other.wait);
  }
};

struct Board {
  std::atomic<bool> stop{false};
  // The first start known to fail: those after it need not be probed.
  std::atomic<uint64_t> failing{kNone};
  struct Worker {
    std::atomic<uint64_t> current{kNone};  // The start that it probes.
    std::atomic<uint64_t> executions{0};
    std::atomic<uint64_t> pulse{0};
    std::array<RowCounts, kMaxRows> rows;
  };
  std::array<Worker, kMaxWorkers> workers;
};

class Probing {
 public:
  Probing(const ProgressOptions& options, InitialStates states)
      : options_(options),
        states_(std::move(states)),
        renamings_(KeyRenamings(options.keys)) {
    const SubjectInfo& subject = *options.subject.subject;
    result_.kinds = VerifiedKinds(subject, options.use_covered);
    for (const OperationKind kind : kAllOperationKinds) {
      if (!subject.operations.Has(kind)) continue;
      for (int n = 0; n <= options.operations; ++n) {
        result_.rows.push_back({.kind = kind, .operations = n});
      }
    }
  }

  ProgressResult Run() {
    std::vector<std::unique_ptr<Child>> children;
    const auto workers = static_cast<size_t>(options_.workers);
    for (size_t id = 0; id < workers; ++id) {
      children.push_back(std::make_unique<Child>([this, id] { Work(id); }));
    }
    for (size_t id = 0; id < workers; ++id) Await(*children[id], id);
    Conclude();
    result_.seconds = Seconds();
    return std::move(result_);
  }

 private:
  // Calls visit(row, start, program maker) for each start, by number, until it
  // returns false.
  template <class Visit>
  void ForEachStart(Visit visit) const {
    uint64_t number = 0;
    for (size_t row = 0; row < result_.rows.size(); ++row) {
      const auto visit_program = [&](const EnumeratedProgram& program) {
        for (const InitialState& state : states_.states) {
          if (!program.FitsStart(state.present)) continue;
          if (!visit(row, number++, program, state)) return false;
        }
        return true;
      };
      const auto visit_renamed = [&](const EnumeratedProgram& program) {
        return options_.subject.subject->keys_are_alike
                   ? visit_program(program)
                   : VisitRenamed(program, renamings_, visit_program);
      };
      const ProgressRow& each = result_.rows[row];
      if (!VisitProbePrograms(
              {.probed = each.kind,
               .others = each.operations == 0 ? 0 : options_.others,
               .operations = each.operations,
               .keys = options_.keys,
               .kinds = result_.kinds},
              visit_renamed)) {
        return;
      }
    }
  }

  Program ProgramOf(uint64_t start) const {
    Program found;
    ForEachStart([&](size_t, uint64_t number, const EnumeratedProgram& program,
                     const InitialState& state) {
      if (number != start) return true;
      found = program.After(state.prefix, state.present);
      return false;
    });
    return found;
  }

  void Work(size_t id) {
    ProgramRunner runner(options_.subject);
    Board::Worker& me = board_->workers[id];
    const auto workers = static_cast<uint64_t>(options_.workers);
    ForEachStart([&](size_t row, uint64_t number,
                     const EnumeratedProgram& program,
                     const InitialState& state) {
      if (number > board_->failing) return false;
      if (number % workers != id) return true;
      me.current = number;
      const ProbedProgram probed =
          ProbeProgram(runner, program.After(state.prefix, state.present),
                       {.stop = &board_->stop,
                        .executions = &me.executions,
                        .pulse = &me.pulse});
      if (board_->stop) return false;
      if (probed.failure.has_value()) {
        Fail(number);
        return false;
      }
      me.rows[row].Take(number, probed);
      return true;
    });
  }

  void Fail(uint64_t start) {
    uint64_t first = board_->failing;
    while (start < first &&
           !board_->failing.compare_exchange_weak(first, start)) {
    }
  }

  void Await(Child& child, size_t id) {
    const Board::Worker& worker = board_->workers[id];
    AwaitUnlessStuck(child, worker.pulse, kPatience, nullptr, [this] {
      if (options_.stop != nullptr && *options_.stop) board_->stop = true;
      if (options_.on_progress) {
        options_.on_progress(Executions(), Seconds());
      }
    });
    if (!child.crash().has_value()) return;
    Check(worker.current != kNone,
          "a worker crashed before it probed anything");
    Fail(worker.current);
  }

  double Seconds() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }

  uint64_t Executions() const {
    uint64_t executions = 0;
    for (const Board::Worker& worker : board_->workers) {
      executions += worker.executions;
    }
    return executions;
  }

  void Conclude() {
    const uint64_t failing = board_->failing;
    result_.executions = Executions();
    result_.states = states_.states.size();
    result_.states_known = states_.complete;
    result_.interrupted = board_->stop;
    if (failing != kNone) result_.failing = ProgramOf(failing);
    result_.complete = failing == kNone && !result_.interrupted;
    for (size_t i = 0; i < result_.rows.size(); ++i) {
      RowCounts sum;
      for (const Board::Worker& worker : board_->workers) {
        sum.Merge(worker.rows[i]);
      }
      Fill(sum, result_.rows[i]);
      result_.complete = result_.complete && sum.incomplete == 0;
    }
  }

  void Fill(const RowCounts& sum, ProgressRow& row) const {
    row.starts = sum.starts;
    row.with_waits = sum.with_waits;
    row.incomplete = sum.incomplete;
    row.most_steps = sum.most_steps;
    row.most_steps_without_lock = sum.most_steps_without_lock;
    if (sum.example == kNone) return;
    row.bounded = !HasNoEnd(sum.wait);
    row.example = ProgramOf(sum.example);
    row.wait = sum.wait;
  }

  const ProgressOptions& options_;
  const InitialStates states_;
  const std::vector<KeyRenaming> renamings_;
  const Clock::time_point start_ = Clock::now();
  ProgressResult result_;
  Shared<Board> board_;
};

}  // namespace

ProgressResult ProbeProgress(const ProgressOptions& options) {
  Check(options.workers > 0 && options.workers <= kMaxWorkers,
        "a probe has 1 to 64 workers");
  InitialStates states = FindInitialStates(options.subject, options.keys);
  if (states.crashing_prefix.has_value()) {
    ProgressResult result;
    result.failing.emplace().initial = *states.crashing_prefix;
    return result;
  }
  return Probing(options, std::move(states)).Run();
}

}  // namespace mortsafe

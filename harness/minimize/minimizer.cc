#include "harness/minimize/minimizer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "harness/base/operation_kind.h"
#include "harness/program/operation.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"

namespace mortsafe {
namespace {

// What to try in place of an operation; each is simpler to think about.
constexpr std::array<std::pair<OperationKind, OperationKind>, 11> kSimpler = {{
    {OperationKind::kClear, OperationKind::kDelete},
    {OperationKind::kRange, OperationKind::kLoad},
    {OperationKind::kCompareAndDelete, OperationKind::kDelete},
    {OperationKind::kCompareAndDelete, OperationKind::kLoad},
    {OperationKind::kCompareAndSwap, OperationKind::kStore},
    {OperationKind::kCompareAndSwap, OperationKind::kLoad},
    {OperationKind::kSwap, OperationKind::kStore},
    {OperationKind::kLoadAndDelete, OperationKind::kDelete},
    {OperationKind::kLoadAndDelete, OperationKind::kLoad},
    {OperationKind::kLoadOrStore, OperationKind::kStore},
    {OperationKind::kLoadOrStore, OperationKind::kLoad},
}};

// `operation` as one of `kind`, on the same key and storing the same value.
Operation Convert(const Operation& operation, OperationKind kind) {
  Operation converted;
  converted.kind = kind;
  converted.key = operation.key;
  if (StoresValue(kind)) converted.value = operation.value;
  return converted;
}

// The operations of a program as one list of sections, the initial ones first.
std::vector<Operation>& Section(Program& program, size_t section) {
  return section == 0 ? program.initial : program.threads[section - 1];
}

void ReplaceKey(Program& program, Key key, Key replacement) {
  for (size_t section = 0; section <= program.threads.size(); ++section) {
    for (Operation& operation : Section(program, section)) {
      if (HasKey(operation.kind) && operation.key == key) {
        operation.key = replacement;
      }
    }
  }
}

size_t SizeOf(const Schedule& schedule) {
  return schedule.switches.size() + schedule.stale.size();
}

class Minimizer {
 public:
  Minimizer(const Program& program, const Schedule& schedule,
            OperationKindSet offered, Reproduce reproduce)
      : best_{program, schedule, 0}, offered_(offered), reproduce_(reproduce) {}

  Minimized Run() {
    bool changed = true;
    while (changed) {
      changed = DropThreads();
      changed |=
          ForEachOperation([this](size_t s, size_t i) { return Drop(s, i); });
      changed |=
          ForEachOperation([this](size_t s, size_t i) { return Hoist(s, i); });
      changed |= ForEachOperation(
          [this](size_t s, size_t i) { return Simplify(s, i); });
      changed |= ForEachOperation(
          [this](size_t s, size_t i) { return LowerKey(s, i); });
      changed |= LowerKeysTogether();
      changed |= DropEach(&Schedule::switches);
      changed |= DropEach(&Schedule::stale);
    }
    RenumberBest();
    return std::move(best_);
  }

 private:
  // Takes `candidate` over if it shows the violation.
  bool Try(const Program& candidate) {
    ++best_.attempts;
    std::optional<Schedule> schedule =
        reproduce_(candidate, best_.schedule, true);
    if (!schedule.has_value()) return false;
    best_.program = candidate;
    best_.schedule = *std::move(schedule);
    return true;
  }

  // Tries a move at every operation, the last first, so that dropping one does
  // not move those that are still to come.
  bool ForEachOperation(absl::FunctionRef<bool(size_t, size_t)> move) {
    bool changed = false;
    for (size_t section = best_.program.threads.size() + 1; section-- > 0;) {
      for (size_t i = Section(best_.program, section).size(); i-- > 0;) {
        changed |= move(section, i);
      }
    }
    return changed;
  }

  bool DropThreads() {
    bool changed = false;
    for (size_t thread = best_.program.threads.size(); thread-- > 0;) {
      Program candidate = best_.program;
      candidate.threads.erase(candidate.threads.begin() +
                              static_cast<ptrdiff_t>(thread));
      changed |= Try(candidate);
    }
    return changed;
  }

  bool Drop(size_t section, size_t i) {
    Program candidate = best_.program;
    std::vector<Operation>& operations = Section(candidate, section);
    operations.erase(operations.begin() + static_cast<ptrdiff_t>(i));
    return Try(candidate);
  }

  // Moves the first operation of a thread before the start of all threads.
  bool Hoist(size_t section, size_t i) {
    if (section == 0 || i != 0) return false;
    if (best_.program.initial.size() >= kMaxInitialOperations) return false;
    Program candidate = best_.program;
    std::vector<Operation>& operations = Section(candidate, section);
    candidate.initial.push_back(operations.front());
    operations.erase(operations.begin());
    return Try(candidate);
  }

  bool Simplify(size_t section, size_t i) {
    for (const auto& [from, to] : kSimpler) {
      const Operation& operation = Section(best_.program, section)[i];
      if (operation.kind != from || !offered_.Has(to)) continue;
      Program candidate = best_.program;
      Section(candidate, section)[i] = Convert(operation, to);
      if (Try(candidate)) return true;
    }
    const Operation& operation = Section(best_.program, section)[i];
    if (operation.stop_after == 0) return false;
    Program candidate = best_.program;
    Section(candidate, section)[i].stop_after = 0;
    return Try(candidate);
  }

  bool LowerKey(size_t section, size_t i) {
    const Operation& operation = Section(best_.program, section)[i];
    for (Key key = 0; HasKey(operation.kind) && key < operation.key; ++key) {
      Program candidate = best_.program;
      Section(candidate, section)[i].key = key;
      if (Try(candidate)) return true;
    }
    return false;
  }

  // Lowers keys that several operations must share, all at once.
  bool LowerKeysTogether() {
    bool changed = false;
    for (Key key = kMaxKeys; key-- > 1;) {
      for (Key lower = 0; lower < key; ++lower) {
        Program candidate = best_.program;
        ReplaceKey(candidate, key, lower);
        if (candidate == best_.program) break;  // No operation has the key.
        if (!Try(candidate)) continue;
        changed = true;
        break;
      }
    }
    return changed;
  }

  // Of the schedule's switches or stale accesses.
  template <class Entry>
  bool DropEach(std::vector<Entry> Schedule::* entries) {
    bool changed = false;
    for (size_t i = (best_.schedule.*entries).size(); i-- > 0;) {
      Schedule shorter = best_.schedule;
      std::vector<Entry>& fewer = shorter.*entries;
      fewer.erase(fewer.begin() + static_cast<ptrdiff_t>(i));
      ++best_.attempts;
      const std::optional<Schedule> schedule =
          reproduce_(best_.program, shorter, false);
      // What took effect may be even less; never take over more.
      if (!schedule.has_value()) continue;
      best_.schedule =
          SizeOf(*schedule) <= SizeOf(shorter) ? *schedule : shorter;
      changed = true;
      i = std::min(i, (best_.schedule.*entries).size());
    }
    return changed;
  }

  void RenumberBest() {
    // Threads that have nothing left to do are only noise, but a thread's
    // number is part of the schedule: the numbers above it move down.
    for (size_t thread = best_.program.threads.size(); thread-- > 0;) {
      if (!best_.program.threads[thread].empty()) continue;
      Program candidate = best_.program;
      candidate.threads.erase(candidate.threads.begin() +
                              static_cast<ptrdiff_t>(thread));
      Schedule schedule = best_.schedule;
      for (Switch& each : schedule.switches) {
        if (each.thread > thread + 1) --each.thread;
        if (each.next > thread + 1) --each.next;
      }
      for (StaleAccess& each : schedule.stale) {
        if (each.thread > thread + 1) --each.thread;
      }
      ++best_.attempts;
      if (auto found = reproduce_(candidate, schedule, true)) {
        best_.program = std::move(candidate);
        best_.schedule = *std::move(found);
      }
    }
    Program renumbered = best_.program;
    RenumberValues(renumbered);
    ++best_.attempts;
    if (reproduce_(renumbered, best_.schedule, false).has_value()) {
      best_.program = std::move(renumbered);
    }
  }

  Minimized best_;
  const OperationKindSet offered_;
  const Reproduce reproduce_;
};

}  // namespace

Minimized Minimize(const Program& program, const Schedule& schedule,
                   OperationKindSet offered, Reproduce reproduce) {
  return Minimizer(program, schedule, offered, reproduce).Run();
}

}  // namespace mortsafe

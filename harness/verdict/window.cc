// C11 in the model: one thread is held back at one of its steps, for so many
// steps of others; how many steps after a Delete returned can its value still
// be seen?

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"
#include "harness/hunt/program_runner.h"
#include "harness/model/strategy.h"
#include "harness/program/program.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/exhibits.h"
#include "harness/verdict/named_inputs.h"
#include "harness/verdict/specials.h"

namespace mortsafe {
namespace {

// Thread 1 deletes, thread 2 reads all the time, thread 3 brings a promotion
// about. Key 0 has the value 1.
constexpr absl::string_view kPromotes =
    "initial: Store(0, 1); Load(0); Store(1, 2); Store(2, 3) | "
    "thread 1: Delete(0) | "
    "thread 2: Load(0); Load(0); Load(0); Load(0); Load(0); Load(0); Load(0); "
    "Load(0); Load(0); Load(0); Load(0); Load(0); Load(0); Load(0); Load(0) | "
    "thread 3: Load(3); Load(3); Load(3)";
// A Store follows the Delete; what reads is held in the middle of a Load.
constexpr absl::string_view kStoresAgain =
    "initial: Store(0, 1); Load(0) | "
    "thread 1: Delete(0); Store(0, 2) | "
    "thread 2: Load(0); Load(0); Load(0); Load(0) | "
    "thread 3: Load(1); Load(1); Load(1); Load(1); Load(1); Load(1); Load(1); "
    "Load(1); Load(1); Load(1); Load(1); Load(1); Load(1); Load(1); Load(1)";

constexpr std::array<absl::string_view, 7> kMaps = {
    "read-dirty",
    "read-dirty-epoch",
    "read-dirty-hazard",
    "read-dirty:c1-value-before-mark",
    "read-dirty:c2-delete-only-from-dirty",
    "read-dirty:c7-delete-skips-read",
    "read-dirty:c10-delete-stops-at-dirty",
};

constexpr std::array<uint32_t, 6> kDelays = {0, 2, 4, 8, 16, 32};
constexpr uint32_t kThreads = 3;

// Threads take turns, a step each; thread `victim`, when it first may be made
// to wait before its step `point` or a later one, waits for `delay` steps of
// the others.
class HoldBack final : public SchedulingStrategy {
 public:
  HoldBack(uint32_t victim, uint32_t point, uint32_t delay)
      : victim_(victim), point_(point), left_(delay) {}

  uint32_t Choose(const ChoicePoint& point) override {
    if (point.running == victim_ && point.step >= point_) held_ = true;
    ThreadSet candidates = point.enabled;
    if (held_ && left_ > 0) {
      const ThreadSet others = candidates & ~OnlyThread(victim_);
      if (others != 0) {
        candidates = others;
        --left_;
      }
    }
    const ThreadSet later = candidates & ~((OnlyThread(last_) << 1) - 1);
    last_ = LowestThread(later != 0 ? later : candidates);
    return last_;
  }

  // Whether the thread came to that point.
  bool held() const { return held_; }

 private:
  const uint32_t victim_;
  const uint32_t point_;
  uint32_t left_;
  bool held_ = false;
  uint32_t last_ = 0;
};

// How long after the Delete returned a Load that began after that still gave
// the deleted value: from that return to the Load's, on the history's clock,
// which counts steps.
uint64_t WindowOf(const History& history) {
  uint64_t deleted = kPending;
  for (const HistoryOperation& operation : history.operations) {
    if (operation.client == 1 && operation.kind == OperationKind::kDelete) {
      deleted = operation.return_time;
    }
  }
  uint64_t window = 0;
  for (const HistoryOperation& operation : history.operations) {
    if (operation.kind != OperationKind::kLoad || operation.key != 0) continue;
    if (operation.call_time <= deleted || operation.result != Value{1}) {
      continue;
    }
    window = std::max(window, operation.return_time - deleted);
  }
  return window;
}

// The widest, over all points of all threads: up to the first that a thread
// does not come to any more.
uint64_t WidestWindow(ProgramRunner& runner, const Program& program,
                      uint32_t delay) {
  uint64_t widest = 0;
  for (uint32_t victim = 1; victim <= kThreads; ++victim) {
    for (uint32_t point = 0;; ++point) {
      HoldBack strategy(victim, point, delay);
      runner.Run(program, strategy, {.check_invariants = false});
      widest = std::max(widest, WindowOf(runner.history()));
      if (delay == 0) return widest;  // All the same.
      if (!strategy.held()) break;
    }
  }
  return widest;
}

std::vector<uint64_t> WindowsOf(absl::string_view map) {
  ProgramRunner runner(NamedMap(map));
  const std::array<Program, 2> programs = {NamedProgram(kPromotes),
                                           NamedProgram(kStoresAgain)};
  std::vector<uint64_t> windows;
  for (const uint32_t delay : kDelays) {
    uint64_t widest = 0;
    for (const Program& program : programs) {
      widest = std::max(widest, WidestWindow(runner, program, delay));
    }
    windows.push_back(widest);
  }
  return windows;
}

Evidence EvidenceOf(absl::string_view map,
                    const std::vector<uint64_t>& windows) {
  const bool faithful = NamedMap(map).defect == nullptr;
  Evidence evidence = {
      .leg = faithful ? Leg::kMechanism : Leg::kDefect,
      .map = std::string(map),
      .bounds = absl::StrCat("a deleted key is seen, with delays of 0 to ",
                             kDelays.back(),
                             " steps at each scheduling point of two programs"),
      .complete = true};
  if (faithful) {
    evidence.happens = *std::max_element(windows.begin(), windows.end()) > 0;
  } else if (std::is_sorted(windows.begin(), windows.end()) &&
             windows.back() > windows.front()) {
    evidence.found = "a window that grows with the delay";
  }
  return evidence;
}

}  // namespace

Special WindowInSteps() {
  Table table = {.title = "The widest window, in steps, by the delay in steps",
                 .columns = {"map"}};
  for (const uint32_t delay : kDelays) {
    table.columns.push_back(absl::StrCat(delay));
  }
  Plot plot = {.name = "c11-steps",
               .title = "How long a deleted key is seen, in the model",
               .x_label = "delay, steps",
               .y_label = "window, steps",
               .series = {}};
  Special special;
  for (const absl::string_view map : kMaps) {
    const std::vector<uint64_t> windows = WindowsOf(map);
    std::vector<std::string> row = {std::string(map)};
    Plot::Series series = {std::string(map), {}};
    for (size_t i = 0; i < windows.size(); ++i) {
      row.push_back(absl::StrCat(windows[i]));
      series.points.emplace_back(kDelays[i], windows[i]);
    }
    table.rows.push_back(std::move(row));
    plot.series.push_back(std::move(series));
    special.evidence.push_back(EvidenceOf(map, windows));
  }
  special.exhibits.emplace_back(std::move(table));
  special.exhibits.emplace_back(
      CodeBlock{{std::string(kPromotes), std::string(kStoresAgain)}});
  special.exhibits.emplace_back(std::move(plot));
  return special;
}

}  // namespace mortsafe

// The hunt: generated programs under generated schedules, in worker processes,
// until the budget is spent or something is found.
//
// If it sweeps, it begins with every execution of the smallest programs.
// After that, execution number i depends on the options and on i alone, but for
// its strategy: that also depends on what all executions of earlier epochs
// covered (portfolio.h). The finding with the lowest number counts. So the
// result does not depend on how many workers there are or how fast they run.

#ifndef MORTSAFE_HARNESS_HUNT_HUNT_H_
#define MORTSAFE_HARNESS_HUNT_HUNT_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "harness/hunt/observer.h"
#include "harness/hunt/portfolio.h"
#include "harness/program/generator.h"
#include "harness/program/input.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {

struct HuntProgress {
  uint64_t executions = 0;
  uint64_t swept = 0;  // Those among them that the sweep of small scopes ran.
  double seconds = 0;
  // SwitchCoverage::Count() over all workers; the sweep does not count.
  uint64_t coverage = 0;
  // The other executions of each strategy; of a chunk when it is over.
  PerStrategy<uint64_t> by_strategy = {};
};

struct HuntOptions {
  SubjectChoice subject;
  MemoryModel memory = MemoryModel::kSc;
  ProgramBounds bounds;
  // Fixes the program; only schedules are generated then.
  std::optional<Program> program;
  // One of kPortfolio; the portfolio, which learns, if nothing.
  std::optional<ScheduleMode> strategy;
  uint64_t seed = 0;
  // Begin with the smallest programs, exhaustively (small_scope.h). REQUIRES:
  // ExhaustiveIsOffered(), and no `program`.
  bool sweeps = false;
  // Exactly so many executions, if set, and for so long, if set; whichever
  // comes first, unless something is found before.
  std::optional<uint64_t> executions;
  std::optional<double> seconds;
  int workers = 1;
  // A worker that makes no step for so long is stuck, which is a finding.
  std::chrono::milliseconds patience{10'000};
  // Ends the hunt soon once it is true, if not null: for signal handlers.
  const std::atomic<bool>* stop = nullptr;
  // Called about ten times a second.
  std::function<void(const HuntProgress&)> on_progress;
};

struct HuntFinding {
  bool swept = false;  // Found by the sweep; else the input was generated:
  uint64_t index = 0;  // The number of its execution, from 0,
  Input input;         // and the input; of a sweep, its program alone.
  Observation observation;
};

struct HuntResult {
  HuntProgress progress;  // With a finding, executions counts up to it.
  std::optional<HuntFinding> finding;
  int keys_shown = 0;        // SmallScopeResult::keys_shown.
  bool interrupted = false;  // By HuntOptions::stop.
  // Not OK if the hunt was given up: the map does what cannot be done under
  // that memory model.
  absl::Status refused;
};

// Makes the inputs of a hunt. Several executions in a row share a program,
// which is made once.
class InputGenerator {
 public:
  // `options` must outlive the generator.
  explicit InputGenerator(const HuntOptions& options);

  // Execution number `index`, if its strategy is drawn by `weights`. Valid
  // until the next call.
  const Input& Generate(uint64_t index,
                        const StrategyWeights& weights = kFirstWeights);
  // Whether the latest input has the program of the one before.
  bool repeats_program() const { return repeats_program_; }

 private:
  const HuntOptions& options_;
  std::optional<uint64_t> program_number_;
  bool repeats_program_ = false;
  Input input_;
};

// The same for a single execution.
void GenerateInput(const HuntOptions& options, uint64_t index, Input& input,
                   const StrategyWeights& weights = kFirstWeights);

// A broken invariant or a leak is a symptom that no client sees: then the hunt
// goes on for up to 200,000 executions, whatever its budget, and prefers what a
// client does see.
HuntResult Hunt(const HuntOptions& options);

// "random", "pct", "pos", "surw".
absl::string_view StrategyName(ScheduleMode mode);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_HUNT_H_

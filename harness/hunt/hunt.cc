#include "harness/hunt/hunt.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/base/check.h"
#include "harness/base/random.h"
#include "harness/base/violation_kind.h"
#include "harness/history/history.h"
#include "harness/hunt/epoch_board.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/isolation.h"
#include "harness/hunt/observer.h"
#include "harness/hunt/portfolio.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/sample_runner.h"
#include "harness/hunt/shared_evidence.h"
#include "harness/hunt/small_scope.h"
#include "harness/hunt/spec_memory.h"
#include "harness/hunt/verify.h"
#include "harness/program/generator.h"
#include "harness/program/input.h"

namespace mortsafe {
namespace {

using Clock = std::chrono::steady_clock;

// Programs cost about as much to make as to run once, and the interleaving that
// breaks a map is one of many.
constexpr uint64_t kSchedulesPerProgram = 8;
constexpr uint64_t kChunk = 1024;
constexpr int kMaxWorkers = 64;
constexpr uint64_t kNone = std::numeric_limits<uint64_t>::max();
constexpr std::chrono::milliseconds kPollInterval{100};
// How often a worker looks whether the others have ended the epoch.
constexpr std::chrono::microseconds kEpochPollInterval{50};
// How much further to look for what a client sees.
constexpr uint64_t kExecutionsAfterSymptom = 200'000;

bool IsInterrupted(const HuntOptions& options) {
  return options.stop != nullptr && *options.stop;
}

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

size_t PlaceOf(ScheduleMode strategy) {
  size_t place = 0;
  while (kPortfolio[place] != strategy) ++place;
  return place;
}

void AddTo(PerStrategy<uint64_t>& sums, const PerStrategy<uint64_t>& more) {
  for (size_t i = 0; i < sums.size(); ++i) sums[i] += more[i];
}

// What workers and their parent share.
struct Board {
  std::atomic<uint64_t> next_chunk{0};
  std::atomic<uint64_t> first_finding{kNone};
  std::atomic<bool> stop{false};
  std::atomic<bool> refused{false};
  SharedText<256> refusal;  // RunResult::refusal, once that is.
  struct Worker {
    std::atomic<uint64_t> current{kNone};  // kNone: it waits.
    std::atomic<uint64_t> executions{0};
    std::atomic<uint64_t> pulse{0};
    // The execution that it saw go wrong, and what it saw.
    std::atomic<uint64_t> evidence_of{kNone};
    SharedEvidence evidence;
  };
  std::array<Worker, kMaxWorkers> workers;
  EpochBoard epochs;

  void ReportFinding(uint64_t index) {
    uint64_t first = first_finding.load();
    while (index < first &&
           !first_finding.compare_exchange_weak(first, index)) {
    }
  }
};

// What a worker saw go wrong.
struct Evidence {
  ViolationKind kind = ViolationKind::kCrash;
  std::string sentence;
  History history;
  std::optional<Crash> crash;
};

// The executions [begin, end).
class SampledRange {
 public:
  SampledRange(const HuntOptions& options, uint64_t begin, uint64_t end,
               bool skip_symptoms)
      : options_(options), end_(end), skip_symptoms_(skip_symptoms) {
    board_->next_chunk = begin;
    const bool learns = !options.strategy.has_value();
    board_->epochs.Begin(
        begin, learns ? kFirstWeights : OnlyStrategy(*options.strategy),
        learns);
  }

  // Returns the lowest execution with a finding, or kNone.
  uint64_t Run(std::optional<Clock::time_point> deadline,
               HuntProgress& progress, Clock::time_point start) {
    std::vector<WorkerProcess> workers;
    for (int i = 0; i < options_.workers; ++i) {
      const auto id = static_cast<size_t>(i);
      workers.push_back({std::make_unique<Child>([this, id] { Work(id); }),
                         StuckWatch(options_.patience)});
    }
    while (Supervise(workers)) {
      if (IsInterrupted(options_) ||
          (deadline.has_value() && Clock::now() >= *deadline)) {
        board_->stop = true;
      }
      UpdateProgress(start, progress);
      if (options_.on_progress) options_.on_progress(progress);
    }
    UpdateProgress(start, progress);
    return board_->first_finding;
  }

  // Of the finding that Run() returned.
  Evidence evidence() const {
    for (const auto& [index, crash] : crashes_) {
      if (index == board_->first_finding) return {crash.kind, "", {}, crash};
    }
    for (const Board::Worker& worker : board_->workers) {
      if (worker.evidence_of != board_->first_finding) continue;
      const SharedEvidence& seen = worker.evidence;
      return {seen.kind, seen.sentence.Get(), seen.history.Get(), std::nullopt};
    }
    FailCheck("a finding has a finder", std::source_location::current());
  }

  // Not OK if the map was refused.
  absl::Status refused() const {
    if (!board_->refused) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat(options_.subject.Name(), ": ", board_->refusal.Get()));
  }

  // After Run(), which ended with the current epoch or in the middle of it.
  const EpochBoard& epochs() const { return board_->epochs; }

 private:
  struct WorkerProcess {
    std::unique_ptr<Child> child;
    StuckWatch watch;
  };

  void Work(size_t id) {
    Board::Worker& me = board_->workers[id];
    SampleRunner runner(options_, &me.pulse);
    while (!board_->stop) {
      const uint64_t begin = board_->next_chunk.fetch_add(kChunk);
      if (!AwaitEpochOf(begin, me)) return;
      PartialResults results;
      RunChunk(begin, std::min(begin + kChunk, end_), runner, me, results);
      board_->epochs.Add(results);
    }
  }

  // Whether there is any point in running execution `index`, which is its
  // caller's next.
  bool AwaitEpochOf(uint64_t index, Board::Worker& me) {
    me.current = kNone;
    while (!board_->stop) {
      if (index >= std::min(end_, board_->first_finding.load())) return false;
      if (board_->epochs.HasBegun(index)) return true;
      std::this_thread::sleep_for(kEpochPollInterval);
    }
    return false;
  }

  void RunChunk(uint64_t begin, uint64_t end, SampleRunner& runner,
                Board::Worker& me, PartialResults& results) {
    constexpr auto kRelaxed = std::memory_order_relaxed;
    const StrategyWeights weights = board_->epochs.weights();
    for (uint64_t index = begin; index < end; ++index) {
      if (index >= board_->first_finding.load(kRelaxed) ||
          board_->stop.load(kRelaxed)) {
        return;
      }
      me.current.store(index, kRelaxed);
      const size_t place =
          PlaceOf(runner.Prepare(index, weights).schedule.mode);
      const RunResult result = runner.Run(&results.coverage[place]);
      if (!result.refusal.empty()) [[unlikely]]
        return Refuse(result.refusal);
      me.executions.store(me.executions.load(kRelaxed) + 1, kRelaxed);
      if (result.kind.has_value() &&
          !(skip_symptoms_ && IsSymptom(*result.kind))) {
        me.evidence.Set(*result.kind, result.sentence, runner.history());
        me.evidence_of = index;
        // Its epoch does not end: the weights it ran under stay.
        board_->ReportFinding(index);
        return;
      }
      ++results.executions[place];
    }
  }

  void Refuse(const std::string& refusal) {
    if (!board_->refused.exchange(true)) board_->refusal.Set(refusal);
    board_->stop = true;
  }

  // Waits a little; ends workers that are stuck. Whether any still runs.
  bool Supervise(std::vector<WorkerProcess>& workers) {
    bool running = false;
    for (size_t i = 0; i < workers.size(); ++i) {
      WorkerProcess& worker = workers[i];
      if (worker.child == nullptr) continue;
      if (!worker.child->HasEnded(running ? std::chrono::milliseconds(0)
                                          : kPollInterval)) {
        running = true;
        EndIfStuck(worker, board_->workers[i]);
        continue;
      }
      if (const std::optional<Crash> crash = worker.child->crash()) {
        const uint64_t current = board_->workers[i].current;
        Check(current != kNone, "a worker ended while it ran nothing");
        crashes_.emplace_back(current, *crash);
        board_->ReportFinding(current);
      }
      worker.child.reset();
    }
    return running;
  }

  static void EndIfStuck(WorkerProcess& worker, const Board::Worker& state) {
    if (state.current == kNone) {
      worker.watch.Restart();
    } else if (worker.watch.IsStuck(state.pulse)) {
      worker.child->KillForTimeOut();
    }
  }

  void UpdateProgress(Clock::time_point start, HuntProgress& progress) const {
    progress.executions = progress.swept;
    for (const Board::Worker& worker : board_->workers) {
      progress.executions += worker.executions;
    }
    progress.seconds = SecondsSince(start);
    progress.coverage = board_->epochs.Coverage();
    progress.by_strategy = board_->epochs.Executions();
  }

  const HuntOptions& options_;
  const uint64_t end_;
  const bool skip_symptoms_;
  Shared<Board> board_;
  std::vector<std::pair<uint64_t, Crash>> crashes_;
};

// Repeats execution number `index`, in which a worker saw `evidence`.
// REQUIRES: execution `index` is of the current epoch.
HuntFinding ObserveFinding(const HuntOptions& options, uint64_t index,
                           const EpochBoard& epochs, const Evidence& evidence) {
  HuntFinding finding;
  finding.index = index;
  GenerateInput(options, index, finding.input, epochs.weights());
  Observer observer(options.subject);
  const std::optional<Observation> observation = observer.FindFirst(
      finding.input.program, {&finding.input.schedule, 1}, std::nullopt);
  if (observation.has_value()) {
    finding.observation = *observation;
    return finding;
  }
  finding.observation.kind = evidence.kind;
  finding.observation.schedule = observer.latest_schedule();
  finding.observation.crash = evidence.crash;
  finding.observation.sentence = evidence.sentence;
  finding.observation.history = evidence.history;
  finding.observation.repeats = false;
  return finding;
}

HuntFinding FindingOf(const VerifyFinding& swept) {
  HuntFinding finding;
  finding.swept = true;
  finding.input.program = swept.program;
  finding.observation = swept.observation;
  return finding;
}

// Generated programs under generated schedules, after what `result` tells.
void Sample(const HuntOptions& options, Clock::time_point start,
            HuntResult& result) {
  uint64_t end = kNone - kChunk;
  if (options.executions.has_value()) {
    end = *options.executions - result.progress.swept;
  }
  std::optional<Clock::time_point> deadline;
  if (options.seconds.has_value()) {
    deadline = start + std::chrono::duration_cast<Clock::duration>(
                           std::chrono::duration<double>(*options.seconds));
  }
  SampledRange sampled(options, 0, end, false);
  const uint64_t first = sampled.Run(deadline, result.progress, start);
  result.refused = sampled.refused();
  if (!result.refused.ok()) return;
  if (first == kNone) {
    Check(IsInterrupted(options) || !options.executions.has_value() ||
              deadline.has_value() ||
              result.progress.executions == *options.executions,
          "a hunt runs as many executions as it was asked for");
    return;
  }
  result.finding =
      ObserveFinding(options, first, sampled.epochs(), sampled.evidence());
  result.progress.by_strategy =
      sampled.epochs().ExecutionsUpTo(first, options.seed);
  if (IsSymptom(result.finding->observation.kind)) {
    HuntProgress further_progress;
    SampledRange further(options, first + 1,
                         first + 1 + kExecutionsAfterSymptom, true);
    const uint64_t better = further.Run(std::nullopt, further_progress, start);
    if (better != kNone) {
      result.finding =
          ObserveFinding(options, better, further.epochs(), further.evidence());
      AddTo(result.progress.by_strategy,
            further.epochs().ExecutionsUpTo(better, options.seed));
    }
  }
  result.progress.executions =
      result.progress.swept + result.finding->index + 1;
}

}  // namespace

InputGenerator::InputGenerator(const HuntOptions& options) : options_(options) {
  if (options.program.has_value()) input_.program = *options.program;
}

const Input& InputGenerator::Generate(uint64_t index,
                                      const StrategyWeights& weights) {
  const uint64_t number =
      options_.program.has_value() ? 0 : index / kSchedulesPerProgram;
  repeats_program_ = program_number_ == number;
  if (!repeats_program_ && !options_.program.has_value()) {
    Random random(DeriveSeed(options_.seed, number));
    GenerateProgram(options_.bounds, random, input_.program);
  }
  program_number_ = number;
  input_.schedule.mode =
      options_.strategy.has_value()
          ? *options_.strategy
          : kPortfolio[DrawStrategy(options_.seed, index, weights)];
  input_.schedule.seed = DeriveSeed(~options_.seed, index);
  input_.schedule.schedule.memory = options_.memory;
  return input_;
}

void GenerateInput(const HuntOptions& options, uint64_t index, Input& input,
                   const StrategyWeights& weights) {
  input = InputGenerator(options).Generate(index, weights);
}

HuntResult Hunt(const HuntOptions& options) {
  Check(options.workers > 0 && options.workers <= kMaxWorkers,
        "a hunt has 1 to 64 workers");
  Check(!options.sweeps || !options.program.has_value(),
        "a hunt with one program sweeps none");
  HuntResult result;
  const Clock::time_point start = Clock::now();
  SmallScopeResult swept;
  if (options.sweeps) {
    const absl::StatusOr<SmallScopeResult> sweep = SweepSmallScope(
        options.subject, options.bounds,
        std::min(options.executions.value_or(kNone), kSmallScopeExecutions),
        options.stop, options.memory);
    result.refused = sweep.status();
    if (!sweep.ok()) return result;
    swept = *sweep;
    result.progress.executions = result.progress.swept = swept.executions;
    result.keys_shown = swept.keys_shown;
  }
  const bool certain =
      swept.finding.has_value() && !IsSymptom(swept.finding->observation.kind);
  if (!certain) Sample(options, start, result);
  // What the sweep found is a symptom where clients may still see more.
  if (swept.finding.has_value() && !result.finding.has_value()) {
    result.progress.executions = result.progress.swept;
    result.progress.by_strategy = {};
    result.finding = FindingOf(*swept.finding);
  }
  result.progress.seconds = SecondsSince(start);
  result.interrupted = IsInterrupted(options);
  return result;
}

absl::string_view StrategyName(ScheduleMode mode) {
  switch (mode) {
    case ScheduleMode::kRandom:
      return "random";
    case ScheduleMode::kPct:
      return "pct";
    case ScheduleMode::kPos:
      return "pos";
    case ScheduleMode::kSurw:
      return "surw";
    case ScheduleMode::kSticky:
      return "sticky";
    case ScheduleMode::kSwitches:
      break;
  }
  return "replay";
}

}  // namespace mortsafe

#include "harness/hunt/verify.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "harness/base/check.h"
#include "harness/base/memory_model_name.h"
#include "harness/base/operation_kind.h"
#include "harness/hunt/checkpoint.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/initial_states.h"
#include "harness/hunt/isolated_exploration.h"
#include "harness/hunt/isolation.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/shared_evidence.h"
#include "harness/program/enumerate.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMaxWorkers = 64;
constexpr uint64_t kMostChunks = 8192;
constexpr uint64_t kNone = std::numeric_limits<uint64_t>::max();
constexpr std::chrono::milliseconds kPollInterval{100};
constexpr std::chrono::seconds kCheckpointInterval{5};
// How many more places to look at for what a client sees, after a symptom that
// none does.
constexpr uint64_t kPlacesAfterSymptom = 300;

// A start by the order in which starts are explored: the place of its position
// in the shuffled order, then its number there.
class StartKey {
 public:
  static uint64_t Make(uint64_t place, uint64_t number) {
    Check(number >> kBits == 0, "a position has too many starts");
    return place << kBits | number;
  }
  static uint64_t PlaceOf(uint64_t key) { return key >> kBits; }
  static uint64_t NumberOf(uint64_t key) {
    return key & ((uint64_t{1} << kBits) - 1);
  }

 private:
  static constexpr int kBits = 23;  // Places take up to 41.
};

void LowerTo(std::atomic<uint64_t>& lowest, uint64_t value) {
  uint64_t current = lowest.load();
  while (value < current && !lowest.compare_exchange_weak(current, value)) {
  }
}

void Add(const VerifyCounts& counts, VerifyCounts& sum) {
  sum.programs += counts.programs;
  sum.starts += counts.starts;
  sum.executions += counts.executions;
  sum.blocked += counts.blocked;
  sum.endless += counts.endless;
}

// Written by the worker that has the chunk.
struct Chunk {
  std::atomic<bool> done{false};
  VerifyCounts counts;
  VerifyCounts until_finding;
  bool has_finding = false;
};

// What workers and their parent share.
struct Board {
  std::atomic<uint64_t> next_chunk{0};
  std::atomic<uint64_t> first_violation{kNone};
  std::atomic<uint64_t> first_symptom{kNone};
  std::atomic<bool> stop{false};
  std::atomic<bool> refused{false};
  SharedText<256> refusal;  // RunResult::refusal, once that is.
  struct Worker {
    std::atomic<uint64_t> current{kNone};  // The start that it explores.
    std::atomic<uint64_t> executions{0};
    std::atomic<uint64_t> pulse{0};
    ProgressLog progress;
  };
  std::array<Worker, kMaxWorkers> workers;
  std::array<Chunk, kMostChunks> chunks;

  // How far to look for what a client sees, if there is a symptom.
  uint64_t SymptomLimit() const {
    const uint64_t symptom = first_symptom.load(std::memory_order_relaxed);
    if (symptom == kNone) return kNone;
    return StartKey::Make(StartKey::PlaceOf(symptom) + kPlacesAfterSymptom, 0);
  }
  // Starts from here on need not be explored.
  uint64_t Limit() const {
    return std::min(first_violation.load(std::memory_order_relaxed),
                    SymptomLimit());
  }
  // What is told, or kNone.
  uint64_t Found() const {
    return first_violation < SymptomLimit() ? first_violation : first_symptom;
  }
};

class Verification {
 public:
  Verification(const VerifyOptions& options, ProgramEnumeration programs,
               InitialStates states)
      : options_(options),
        programs_(std::move(programs)),
        states_(std::move(states)),
        renamings_(KeyRenamings(options.keys)),
        chunks_(std::min(kMostChunks, programs_.size())),
        stride_(CoprimeStride(programs_.size())) {}

  absl::Status Resume() {
    if (options_.checkpoint.empty()) return absl::OkStatus();
    const absl::StatusOr<Checkpoint> saved =
        ReadCheckpoint(options_.checkpoint);
    if (absl::IsNotFound(saved.status())) return Save();
    if (!saved.ok()) return saved.status();
    const std::string difference = Difference(Name(), saved->verification);
    if (!difference.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          options_.checkpoint, " is of another verification: ", difference));
    }
    for (const auto& [chunk, counts] : saved->chunks) {
      if (chunk >= chunks_) {
        return absl::InvalidArgumentError(
            absl::StrCat(options_.checkpoint, ": expected chunks below ",
                         chunks_, ", found ", chunk));
      }
      board_->chunks[chunk].counts = counts;
      board_->chunks[chunk].done = true;
    }
    earlier_seconds_ = saved->seconds;
    resumed_ = DoneFraction();
    return absl::OkStatus();
  }

  absl::Status Run() {
    start_ = Clock::now();
    std::vector<WorkerProcess> workers;
    for (int i = 0; i < options_.workers; ++i) {
      const auto id = static_cast<size_t>(i);
      workers.push_back({std::make_unique<Child>([this, id] { Work(id); }),
                         StuckWatch(options_.patience)});
    }
    Clock::time_point saved = start_;
    while (Supervise(workers)) {
      if (options_.stop != nullptr && *options_.stop) board_->stop = true;
      if (options_.on_progress) options_.on_progress(Progress());
      if (Clock::now() - saved < kCheckpointInterval) continue;
      saved = Clock::now();
      const absl::Status status = Save();
      if (!status.ok()) return status;
    }
    if (board_->refused) {
      return absl::FailedPreconditionError(
          absl::StrCat(options_.subject.Name(), ": ", board_->refusal.Get()));
    }
    // A finding is told, whether progress can be kept or not.
    absl::Status status = Save();
    return board_->Found() == kNone ? status : absl::OkStatus();
  }

  VerifyResult Result() const {
    VerifyResult result;
    result.states = states_.states.size();
    result.state_classes = states_.classes;
    result.keys_are_alike = options_.subject.subject->keys_are_alike;
    result.states_known = states_.complete;
    result.kinds =
        VerifiedKinds(*options_.subject.subject, options_.use_covered);
    if (options_.use_covered)
      result.covered = options_.subject.subject->covered;
    const uint64_t found = board_->Found();
    if (found == kNone) {
      result.counts = Progress().counts;
      result.complete = AllDone() && result.counts.endless == 0;
      result.interrupted = board_->stop;
    } else {
      const uint64_t last = ChunkOf(StartKey::PlaceOf(found));
      for (uint64_t chunk = 0; chunk < last; ++chunk) {
        Add(board_->chunks[chunk].counts, result.counts);
      }
      Add(board_->chunks[last].until_finding, result.counts);
      result.finding = Observe(found, result.counts);
    }
    result.done = DoneFraction();
    result.seconds = Seconds();
    return result;
  }

 private:
  struct WorkerProcess {
    std::unique_ptr<Child> child;
    StuckWatch watch;
  };

  // A number without a common divisor, near the golden section of `size`.
  static uint64_t CoprimeStride(uint64_t size) {
    auto stride = static_cast<uint64_t>(static_cast<double>(size) * 0.618) + 1;
    while (std::gcd(stride, size) != 1) ++stride;
    return stride;
  }
  uint64_t PositionAt(uint64_t place) const {
    __extension__ using Wide = unsigned __int128;
    return static_cast<uint64_t>(Wide{place} * stride_ % programs_.size());
  }
  uint64_t FirstPlaceOf(uint64_t chunk) const {
    __extension__ using Wide = unsigned __int128;
    return static_cast<uint64_t>(Wide{programs_.size()} * chunk / chunks_);
  }
  uint64_t ChunkOf(uint64_t place) const {
    uint64_t low = 0;
    uint64_t high = chunks_;
    while (high - low > 1) {
      const uint64_t middle = low + (high - low) / 2;
      (FirstPlaceOf(middle) <= place ? low : high) = middle;
    }
    return low;
  }
  bool IsMine(uint64_t chunk) const {
    return chunk % options_.shard_count == options_.shard;
  }

  VerificationName Name() const {
    std::string kinds;
    const OperationKindSet verified =
        VerifiedKinds(*options_.subject.subject, options_.use_covered);
    for (const OperationKind kind : kAllOperationKinds) {
      if (!verified.Has(kind)) continue;
      absl::StrAppend(&kinds, kinds.empty() ? "" : ",", HistoryName(kind));
    }
    return {
        {"program", options_.program},
        {"map", options_.subject.Name()},
        {"threads", absl::StrCat(options_.threads)},
        {"operations per thread", absl::StrCat(options_.operations)},
        {"keys", absl::StrCat(options_.keys)},
        {"kinds of operations", kinds},
        {"memory", std::string(mortsafe::Name(options_.memory))},
        {"shard", absl::StrCat(options_.shard + 1, "/", options_.shard_count)},
        {"chunks", absl::StrCat(chunks_)},
        {"initial states", absl::StrCat(states_.states.size(), ", digest ",
                                        absl::Hex(states_.Digest()))}};
  }

  // Calls visit(program, number) for each start at `place`, until it returns
  // false. Returns how many programs there were.
  template <class Visit>
  uint64_t ForEachStart(uint64_t place, Visit visit) const {
    uint64_t programs = 0;
    uint64_t number = 0;
    bool goes_on = true;
    const auto visit_program = [&](const EnumeratedProgram& program) {
      ++programs;
      for (size_t i = 0; goes_on && i < states_.states.size(); ++i) {
        const InitialState& state = states_.states[i];
        if (!program.FitsStart(state.present) || IsRepeated(program, i)) {
          continue;
        }
        goes_on = visit(program.After(state.prefix, state.present), number++);
      }
      return goes_on;
    };
    programs_.Visit(PositionAt(place), [&](const EnumeratedProgram& program) {
      if (!goes_on) return;
      if (options_.subject.subject->keys_are_alike) {
        visit_program(program);
      } else {
        VisitRenamed(program, renamings_, visit_program);
      }
    });
    return programs;
  }

  // Whether renaming keys makes the program from the `state`-th state the same
  // program from an earlier one.
  bool IsRepeated(const EnumeratedProgram& program, size_t state) const {
    const std::vector<size_t>& images = states_.states[state].images;
    return std::any_of(
        program.symmetries.begin(), program.symmetries.end(),
        [&](size_t renaming) { return images[renaming] < state; });
  }

  void Work(size_t id) {
    ProgramRunner runner(options_.subject);
    while (!board_->stop) {
      const uint64_t chunk = board_->next_chunk.fetch_add(1);
      if (chunk >= chunks_) return;
      const uint64_t begin = FirstPlaceOf(chunk);
      if (StartKey::Make(begin, 0) >= board_->Limit()) return;
      if (!IsMine(chunk) || board_->chunks[chunk].done) continue;
      RunChunk(chunk, runner, board_->workers[id]);
    }
  }

  void RunChunk(uint64_t number, ProgramRunner& runner, Board::Worker& me) {
    Chunk& chunk = board_->chunks[number];
    const uint64_t end = FirstPlaceOf(number + 1);
    for (uint64_t place = FirstPlaceOf(number); place < end; ++place) {
      bool stopped = false;
      const uint64_t programs =
          ForEachStart(place, [&](const Program& program, uint64_t start) {
            stopped = !RunStart(StartKey::Make(place, start), program, runner,
                                me, chunk);
            return !stopped;
          });
      if (stopped) return;
      chunk.counts.programs += programs;
    }
    // What shows nothing more than a symptom must be found again by who
    // resumes.
    if (!chunk.has_finding) chunk.done = true;
  }

  // Says whether to go on.
  bool RunStart(uint64_t key, const Program& program, ProgramRunner& runner,
                Board::Worker& me, Chunk& chunk) {
    if (key >= board_->Limit() ||
        board_->stop.load(std::memory_order_relaxed)) {
      return false;
    }
    const uint64_t spent = Executions();
    if (spent >= options_.max_executions) return false;
    me.current.store(key, std::memory_order_relaxed);
    const ExploredProgram explored =
        ExploreProgram(runner, program,
                       {.memory = options_.memory,
                        .max_executions = options_.max_executions - spent,
                        .progress = &me.progress,
                        .executions = &me.executions,
                        .pulse = &me.pulse});
    ++chunk.counts.starts;
    chunk.counts.executions += explored.executions;
    chunk.counts.blocked += explored.blocked;
    chunk.counts.endless += explored.endless ? 1 : 0;
    if (!explored.refusal.empty()) Refuse(explored.refusal);
    if (!explored.finding.has_value()) {
      return explored.complete || explored.endless;
    }
    const bool symptom = IsSymptom(*explored.finding->result.kind);
    if (symptom && chunk.has_finding) return true;
    chunk.has_finding = true;
    chunk.until_finding = chunk.counts;
    LowerTo(symptom ? board_->first_symptom : board_->first_violation, key);
    return symptom;
  }

  void Refuse(const std::string& refusal) {
    if (!board_->refused.exchange(true)) board_->refusal.Set(refusal);
    board_->stop = true;
  }

  // Of this run.
  uint64_t Executions() const {
    uint64_t executions = 0;
    for (int i = 0; i < options_.workers; ++i) {
      executions += board_->workers[static_cast<size_t>(i)].executions.load(
          std::memory_order_relaxed);
    }
    return executions;
  }

  // Waits a little. Whether any worker still runs.
  bool Supervise(std::vector<WorkerProcess>& workers) {
    bool running = false;
    for (size_t i = 0; i < workers.size(); ++i) {
      WorkerProcess& worker = workers[i];
      if (worker.child == nullptr) continue;
      if (!worker.child->HasEnded(running ? std::chrono::milliseconds(0)
                                          : kPollInterval)) {
        running = true;
        if (worker.watch.IsStuck(board_->workers[i].pulse)) {
          worker.child->KillForTimeOut();
        }
        continue;
      }
      if (worker.child->crash().has_value()) {
        const uint64_t key = board_->workers[i].current;
        Check(key != kNone, "a worker ended before it began");
        Chunk& chunk = board_->chunks[ChunkOf(StartKey::PlaceOf(key))];
        chunk.until_finding = chunk.counts;
        LowerTo(board_->first_violation, key);
      }
      worker.child.reset();
    }
    return running;
  }

  // Explores the start once more, for its schedule; completes `counts`.
  VerifyFinding Observe(uint64_t key, VerifyCounts& counts) const {
    VerifyFinding finding;
    ForEachStart(StartKey::PlaceOf(key),
                 [&](const Program& program, uint64_t number) {
                   finding.program = program;
                   return number != StartKey::NumberOf(key);
                 });
    const IsolatedExploration exploration = ExploreInChildren(
        options_.subject, finding.program, {.memory = options_.memory});
    Check(exploration.observation.has_value(),
          "an execution went wrong in a worker and did not when it was "
          "repeated");
    finding.observation = *exploration.observation;
    if (finding.observation.crash.has_value()) {
      ++counts.starts;
      counts.executions += exploration.executions;
    }
    return finding;
  }

  double Seconds() const {
    return earlier_seconds_ +
           std::chrono::duration<double>(Clock::now() - start_).count();
  }

  bool AllDone() const {
    for (uint64_t chunk = 0; chunk < chunks_; ++chunk) {
      if (!board_->chunks[chunk].done) return false;
    }
    return true;
  }

  double DoneFraction() const {
    uint64_t done = 0;
    uint64_t all = 0;
    for (uint64_t chunk = 0; chunk < chunks_; ++chunk) {
      if (!IsMine(chunk)) continue;
      const uint64_t places = FirstPlaceOf(chunk + 1) - FirstPlaceOf(chunk);
      all += places;
      if (board_->chunks[chunk].done) done += places;
    }
    return all == 0 ? 1 : static_cast<double>(done) / static_cast<double>(all);
  }

  VerifyProgress Progress() const {
    VerifyProgress progress;
    for (uint64_t chunk = 0; chunk < chunks_; ++chunk) {
      Add(board_->chunks[chunk].counts, progress.counts);
    }
    progress.done = DoneFraction();
    progress.resumed = resumed_;
    progress.seconds =
        std::chrono::duration<double>(Clock::now() - start_).count();
    return progress;
  }

  absl::Status Save() const {
    if (options_.checkpoint.empty()) return absl::OkStatus();
    Checkpoint checkpoint;
    checkpoint.verification = Name();
    checkpoint.seconds = Seconds();
    for (uint64_t chunk = 0; chunk < chunks_; ++chunk) {
      if (!board_->chunks[chunk].done) continue;
      checkpoint.chunks[chunk] = board_->chunks[chunk].counts;
    }
    return WriteCheckpoint(options_.checkpoint, checkpoint);
  }

  const VerifyOptions& options_;
  const ProgramEnumeration programs_;
  const InitialStates states_;
  const std::vector<KeyRenaming> renamings_;
  const uint64_t chunks_;
  const uint64_t stride_;
  Clock::time_point start_ = Clock::now();
  double earlier_seconds_ = 0;
  double resumed_ = 0;
  Shared<Board> board_;
};

// The map went wrong before anybody else came.
VerifyResult CrashedAlone(const VerifyOptions& options,
                          const std::vector<Operation>& prefix) {
  VerifyResult result;
  VerifyFinding finding;
  finding.program.initial = prefix;
  const IsolatedExploration exploration = ExploreInChildren(
      options.subject, finding.program, {.memory = options.memory});
  Check(exploration.observation.has_value(),
        "a map crashed while its states were sought and did not when that was "
        "repeated");
  finding.observation = *exploration.observation;
  result.counts.programs = result.counts.starts = 1;
  result.counts.executions = exploration.executions;
  result.finding = finding;
  return result;
}

}  // namespace

OperationKindSet VerifiedKinds(const SubjectInfo& subject, bool use_covered) {
  OperationKindSet kinds;
  for (const OperationKind kind : kAllOperationKinds) {
    const bool covered = std::any_of(
        subject.covered.begin(), subject.covered.end(),
        [&](const CoveredOperation& each) { return each.operation == kind; });
    if (subject.operations.Has(kind) && !(use_covered && covered)) {
      kinds.Add(kind);
    }
  }
  return kinds;
}

absl::StatusOr<VerifyResult> Verify(const VerifyOptions& options) {
  Check(options.workers > 0 && options.workers <= kMaxWorkers,
        "a verification has 1 to 64 workers");
  Check(options.shard < options.shard_count, "there is no such shard");
  absl::StatusOr<ProgramEnumeration> programs = ProgramEnumeration::Create(
      {.threads = options.threads,
       .operations = options.operations,
       .keys = options.keys,
       .kinds = VerifiedKinds(*options.subject.subject, options.use_covered)});
  if (!programs.ok()) return programs.status();
  InitialStates states = FindInitialStates(options.subject, options.keys);
  if (states.crashing_prefix.has_value()) {
    return CrashedAlone(options, *states.crashing_prefix);
  }
  Verification verification(options, *std::move(programs), std::move(states));
  absl::Status status = verification.Resume();
  if (status.ok()) status = verification.Run();
  if (!status.ok()) return status;
  return verification.Result();
}

}  // namespace mortsafe

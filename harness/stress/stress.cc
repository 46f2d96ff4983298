#include "harness/stress/stress.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "harness/base/check.h"
#include "harness/base/random.h"
#include "harness/stress/client.h"
#include "harness/stress/client_threads.h"
#include "harness/stress/explain_log.h"
#include "harness/stress/merger.h"
#include "harness/stress/record_log.h"
#include "harness/subject/any_map.h"

namespace mortsafe {
namespace {

using Clock = std::chrono::steady_clock;

// The clock is looked at after so many operations.
constexpr uint64_t kGlance = 256;

double Seconds(Clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::vector<ClientOptions> OptionsOfClients(const StressOptions& options) {
  const auto threads = static_cast<uint64_t>(options.threads);
  const uint64_t operations =
      options.operations.value_or(std::numeric_limits<uint64_t>::max());
  std::vector<ClientOptions> clients(threads);
  for (uint64_t i = 0; i < threads; ++i) {
    ClientOptions& client = clients[i];
    client.number = static_cast<uint32_t>(i + 1);
    client.mix.operations = options.subject.subject->operations;
    client.mix.keys = options.keys;
    client.mix.seed = DeriveSeed(options.seed, i);
    client.mix.first_value = i + 1;
    client.mix.value_step = threads;
    client.delay = options.delay;
    client.is_timed = options.is_timed;
    client.operations =
        operations / threads + (i < operations % threads ? 1 : 0);
  }
  return clients;
}

class StressTest {
 public:
  explicit StressTest(const StressOptions& options)
      : options_(options),
        clients_(OptionsOfClients(options)),
        merger_(clients_.queues()),
        checker_(options.checkers) {}

  StressResult Run() {
    do {
      StressMap();
    } while (!IsBudgetSpent() && !clients_.AreExhausted() && !HasEnded());
    Explain();
    NoteProgress();
    if (options_.is_timed) result_.timelines = clients_.timelines();
    return std::move(result_);
  }

 private:
  bool HasEnded() const {
    return verdict_ != Verdict::kLinearizable || result_.finding.has_value();
  }

  bool IsBudgetSpent() {
    if (options_.stop != nullptr && *options_.stop) result_.interrupted = true;
    return result_.interrupted ||
           (!options_.operations.has_value() &&
            Seconds(Clock::now() - start_) >= options_.seconds);
  }

  // From an empty map to the verdict.
  void StressMap() {
    const std::unique_ptr<AnyMap> map = options_.subject.Create();
    checker_.Reset();
    log_.Clear();
    ++result_.progress.maps;
    NoteProgress();
    merger_.Open(clients_.Now());
    clients_.Begin(*map);
    CheckOperations();
    if (verdict_ == Verdict::kLinearizable) verdict_ = checker_.Finish();
    result_.verdict_seconds = std::max(
        result_.verdict_seconds, Seconds(Clock::now() - clients_.ended()));
    if (verdict_ == Verdict::kLinearizable) CheckInvariants(*map);
  }

  void CheckOperations() {
    HistoryOperation operation;
    uint64_t until_glance = kGlance;
    while (true) {
      const Merger::State state = merger_.Look();
      SetWaits(state == Merger::State::kNotYet);
      if (state == Merger::State::kOver) return;
      if (state == Merger::State::kReady) {
        merger_.Take(operation,
                     [&](const RecordCell& cell) { log_.Append(cell); });
        CheckOperation(operation);
        if (--until_glance > 0) continue;
      } else {
        std::this_thread::yield();
      }
      until_glance = kGlance;
      Glance();
    }
  }

  // Told at once: checking may take long, and is not the map's fault.
  void SetWaits(bool waits) {
    if (waits == result_.progress.waits) return;
    result_.progress.waits = waits;
    NoteProgress();
  }

  // What comes after the decision is not looked at any more.
  void CheckOperation(const HistoryOperation& operation) {
    if (verdict_ != Verdict::kLinearizable) return;
    ++result_.progress.operations;
    verdict_ = checker_.Add(operation);
    if (verdict_ != Verdict::kLinearizable) clients_.End();
  }

  void Glance() {
    result_.progress.most_waiting =
        std::max<uint64_t>(result_.progress.most_waiting, merger_.waiting());
    if (log_.size() >= options_.operations_per_map || IsBudgetSpent()) {
      clients_.End();
    }
    NoteProgress();
  }

  void NoteProgress() {
    result_.progress.seconds = Seconds(Clock::now() - start_);
    if (options_.on_progress) options_.on_progress(result_.progress);
  }

  void CheckInvariants(AnyMap& map) {
    const std::optional<std::string> broken = map.CheckInvariants();
    if (!broken.has_value()) return;
    result_.finding = NewFinding();
    result_.finding->kind = ViolationKind::kBrokenInvariant;
    result_.finding->sentence =
        absl::StrCat("After all operations had returned: ", *broken, ".");
  }

  StressFinding NewFinding() const {
    StressFinding finding;
    finding.operations_to_find = result_.progress.operations;
    finding.maps_to_find = result_.progress.maps;
    return finding;
  }

  void Explain() {
    if (verdict_ == Verdict::kUnknown) result_.undecided = checker_.decision();
    if (verdict_ != Verdict::kViolation) return;
    LogExplanation explanation = ExplainLog(log_, checker_.decision());
    result_.finding = NewFinding();
    result_.finding->kind = explanation.violation.kind;
    result_.finding->sentence = explanation.violation.sentence;
    result_.finding->history = std::move(explanation.history);
    result_.finding->violation = std::move(explanation.violation);
  }

  const StressOptions& options_;
  const Clock::time_point start_ = Clock::now();
  ClientThreads clients_;
  Merger merger_;
  StreamChecker checker_;
  RecordLog log_;
  Verdict verdict_ = Verdict::kLinearizable;
  StressResult result_;
};

}  // namespace

StressResult Stress(const StressOptions& options) {
  Check(options.threads >= 1 && options.threads <= kMaxStressThreads,
        "a stress test has a possible number of threads");
  Check(options.keys >= 1 && options.keys <= kMaxStressKeys,
        "a stress test has a possible number of keys");
  return StressTest(options).Run();
}

}  // namespace mortsafe

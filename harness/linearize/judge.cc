#include "harness/linearize/judge.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "harness/base/operation_kind.h"
#include "harness/history/operation_source.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/evidence.h"
#include "harness/linearize/stream_checker.h"
#include "harness/linearize/value_conservation.h"

namespace mortsafe {
namespace {

bool IsOfRegister(OperationKind kind) {
  return kind == OperationKind::kLoad || kind == OperationKind::kStore ||
         kind == OperationKind::kCompareAndSwap;
}

// Judges one recording.
class Judge {
 public:
  Judge(std::string path, const JudgeOptions& options, OperationSource source)
      : path_(std::move(path)),
        options_(options),
        source_(std::move(source)),
        checker_(options.workers) {}

  absl::StatusOr<Judgement> Run() {
    absl::Status status = Stream();
    if (status.ok() && judgement_.verdict == Verdict::kUnknown) {
      status = JudgeAsAWhole();
    }
    if (status.ok() && judgement_.verdict == Verdict::kViolation &&
        !judgement_.violation.has_value() && judgement_.note.empty()) {
      status = Explain();
    }
    if (!status.ok()) return status;
    return std::move(judgement_);
  }

 private:
  using Step = OperationSource::Step;

  // Where a stream cannot be judged, so many operations are judged as a whole.
  static constexpr uint64_t kMostAsAWhole = 4'000'000;
  // Which takes a search for each operation that could be left out.
  static constexpr uint64_t kMostExplainedAsAWhole = 20'000;

  // Reads on after a violation: what is called earlier may stand further down.
  absl::Status Stream() {
    Begin();
    while (true) {
      absl::StatusOr<Step> step = source_.Next(operation_);
      if (!step.ok()) {
        if (checker_.Finish() != Verdict::kViolation) return step.status();
        judgement_.verdict = Verdict::kViolation;
        judgement_.rest = std::string(step.status().message());
        return absl::OkStatus();
      }
      if (*step == Step::kEnd) break;
      if (*step == Step::kBeginAnew) {
        Begin();
        continue;
      }
      const absl::Status fits = CheckModel();
      if (!fits.ok()) return fits;
      if (options_.conservation) conservation_.Add(operation_);
      checker_.Add(operation_);
      ++judgement_.operations;
    }
    judgement_.verdict = checker_.Finish();
    if (judgement_.verdict == Verdict::kLinearizable) JudgeConservation();
    return absl::OkStatus();
  }

  void Begin() {
    checker_.Reset();
    conservation_ = ValueConservation();
    judgement_.operations = 0;
  }

  absl::Status CheckModel() const {
    if (options_.model == Model::kMap || IsOfRegister(operation_.kind)) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(absl::StrCat(
        path_, ":", source_.line(), ": a register has no operation ",
        HistoryName(operation_.kind),
        "; expected load, store or compare_and_swap, or --model map"));
  }

  void JudgeConservation() {
    const auto excess = conservation_.FindExcess();
    if (!excess.has_value()) return;
    judgement_.verdict = Verdict::kViolation;
    judgement_.note = absl::StrCat(
        "value ", source_.ValueText(excess->value), " of key ",
        source_.KeyText(excess->key),
        " left the map more often than it can have entered it: the difference "
        "is ",
        excess->more);
  }

  // Passes all operations to `use` until it says false.
  template <typename Use>
  absl::Status Pass(Use use) {
    absl::Status rewound = source_.Rewind();
    if (!rewound.ok()) return rewound;
    while (true) {
      absl::StatusOr<Step> step = source_.Next(operation_);
      if (!step.ok()) return step.status();
      if (*step == Step::kEnd) return absl::OkStatus();
      if (*step == Step::kBeginAnew) return Changed();
      if (!use(operation_)) return absl::OkStatus();
    }
  }

  absl::Status Changed() const {
    return absl::InvalidArgumentError(
        absl::StrCat(path_, ": changed while it was read"));
  }

  // Too much is open at once for the search; a decision that sees the whole
  // history may do without.
  absl::Status JudgeAsAWhole() {
    judgement_.note =
        absl::StrCat(path_, ": more than the search can follow, at time ",
                     checker_.decision().time, ": ", checker_.decision().bound);
    History history;
    history.has_initial_client = false;
    std::vector<uint64_t> lines;
    absl::Status read = Pass([&](const HistoryOperation& operation) {
      history.operations.push_back(operation);
      lines.push_back(source_.line());
      return history.operations.size() <= kMostAsAWhole;
    });
    if (!read.ok() || history.operations.size() > kMostAsAWhole) return read;
    Checker checker;
    judgement_.verdict = checker.Judge(history);
    if (judgement_.verdict != Verdict::kUnknown) judgement_.note.clear();
    if (judgement_.verdict == Verdict::kViolation) {
      ExplainAsAWhole(checker, std::move(history), std::move(lines));
    }
    return absl::OkStatus();
  }

  void ExplainAsAWhole(Checker& checker, History history,
                       std::vector<uint64_t> lines) {
    if (history.operations.size() <= kMostExplainedAsAWhole) {
      judgement_.violation = checker.Explain(history);
    }
    if (!judgement_.violation.has_value()) {
      judgement_.note =
          absl::StrCat(path_,
                       ": no order of the calls explains all results; what "
                       "proves it takes too many of them to be told");
      return;
    }
    judgement_.evidence = std::move(history);
    judgement_.lines = std::move(lines);
  }

  absl::Status Explain() {
    EvidenceCollector collector(checker_.decision());
    absl::Status passed = Pass([&](const HistoryOperation& operation) {
      return collector.Survey(operation);
    });
    if (!passed.ok()) return passed;
    std::vector<uint64_t> lines;
    passed = Pass([&](const HistoryOperation& operation) {
      const size_t before = collector.kept();
      const bool more = collector.Collect(operation);
      if (collector.kept() > before) lines.push_back(source_.line());
      return more;
    });
    if (!passed.ok()) return passed;
    Evidence evidence = collector.TakeEvidence();
    MapSearch search;
    judgement_.violation = ExplainEvidence(evidence, search);
    if (!judgement_.violation.has_value()) return ExplainPrefix();
    judgement_.evidence = std::move(evidence.history);
    judgement_.lines = std::move(lines);
    return absl::OkStatus();
  }

  // What the decisive key alone does not show: other keys may say when a Clear
  // took effect.
  absl::Status ExplainPrefix() {
    History history;
    std::vector<uint64_t> lines;
    absl::Status passed = Pass([&](const HistoryOperation& operation) {
      if (operation.call_time > checker_.decision().time) return false;
      history.operations.push_back(operation);
      lines.push_back(source_.line());
      return lines.size() <= kMostExplainedAsAWhole;
    });
    if (!passed.ok()) return passed;
    Checker checker;
    ExplainAsAWhole(checker, std::move(history), std::move(lines));
    return absl::OkStatus();
  }

  const std::string path_;
  const JudgeOptions options_;
  OperationSource source_;
  HistoryOperation operation_;
  StreamChecker checker_;
  ValueConservation conservation_;
  Judgement judgement_;
};

}  // namespace

absl::StatusOr<Judgement> JudgeRecording(const std::string& path,
                                         const JudgeOptions& options) {
  absl::StatusOr<OperationSource> source =
      OperationSource::Open(path, options.format);
  if (!source.ok()) return source.status();
  return Judge(path, options, *std::move(source)).Run();
}

}  // namespace mortsafe

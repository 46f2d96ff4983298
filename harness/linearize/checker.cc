#include "harness/linearize/checker.h"

#include "harness/linearize/explain.h"
#include "harness/linearize/return_order.h"
#include "harness/linearize/step_list.h"
#include "harness/linearize/unambiguous.h"

namespace mortsafe {
namespace {

// Of so many steps it pays to look whether their values are distinct.
constexpr size_t kLong = 256;

}  // namespace

class Checker::Impl {
 public:
  Verdict Judge(const History& history) {
    if (return_order_.Explains(history)) return Verdict::kLinearizable;
    steps_.Assign(history);
    if (steps_.duplicated_range().has_value()) return Verdict::kViolation;
    if (steps_.joint() || steps_.steps().size() < kLong) {
      return search_.Judge(steps_.steps());
    }
    Verdict verdict = Verdict::kLinearizable;
    for (uint32_t key = 0; key < steps_.key_count(); ++key) {
      const Verdict alone = JudgeKey(key);
      if (alone == Verdict::kViolation) return alone;
      if (alone == Verdict::kUnknown) verdict = alone;
    }
    return verdict;
  }

  std::optional<Violation> Explain(const History& history) {
    if (Judge(history) == Verdict::kLinearizable) return std::nullopt;
    return ExplainHistory(history, search_);
  }

 private:
  Verdict JudgeKey(uint32_t key) {
    switch (unambiguous_.Judge(steps_.steps_of(key), steps_.state_count())) {
      case UnambiguousVerdict::kLinearizable:
        return Verdict::kLinearizable;
      case UnambiguousVerdict::kViolation:
        return Verdict::kViolation;
      case UnambiguousVerdict::kUndecided:
        break;
    }
    return search_.Judge(steps_.steps_of(key));
  }

  StepList steps_;
  ReturnOrder return_order_;
  UnambiguousChecker unambiguous_;
  MapSearch search_;
};

Checker::Checker() : impl_(std::make_unique<Impl>()) {}
Checker::~Checker() = default;

Verdict Checker::Judge(const History& history) { return impl_->Judge(history); }

std::optional<Violation> Checker::Explain(const History& history) {
  return impl_->Explain(history);
}

}  // namespace mortsafe

#include "harness/linearize/checker.h"

#include <algorithm>
#include <vector>

#include "harness/linearize/explain.h"
#include "harness/linearize/map_search.h"
#include "harness/linearize/return_order.h"
#include "harness/linearize/step_list.h"

namespace mortsafe {
namespace {

// The most steps that are open at the same time.
int GreatestOverlap(absl::Span<const Step> steps) {
  // A call counts before the returns of its own time.
  std::vector<uint64_t> returns;
  for (const Step& step : steps) returns.push_back(step.return_time);
  std::sort(returns.begin(), returns.end());
  int greatest = 0;
  size_t returned = 0;
  for (size_t called = 0; called < steps.size(); ++called) {
    while (returns[returned] < steps[called].call_time) ++returned;
    greatest = std::max(greatest, static_cast<int>(called + 1 - returned));
  }
  return greatest;
}

}  // namespace

class Checker::Impl {
 public:
  bool IsLinearizable(const History& history) {
    if (return_order_.Explains(history)) return true;
    steps_.Assign(history);
    if (steps_.duplicated_range().has_value()) return false;
    return search_.Judge(steps_.steps()) == Verdict::kLinearizable;
  }

  std::optional<Violation> Explain(const History& history) {
    if (IsLinearizable(history)) return std::nullopt;
    return ExplainHistory(history, search_);
  }

  bool IsWithinBounds(const History& history) {
    steps_.Assign(history);
    if (steps_.joint()) {
      return GreatestOverlap(steps_.steps()) <= kMaxOpenOperations;
    }
    for (uint32_t key = 0; key < steps_.key_count(); ++key) {
      if (GreatestOverlap(steps_.steps_of(key)) > kMaxOpenOperations) {
        return false;
      }
    }
    return true;
  }

 private:
  StepList steps_;
  ReturnOrder return_order_;
  MapSearch search_;
};

Checker::Checker() : impl_(std::make_unique<Impl>()) {}
Checker::~Checker() = default;

bool Checker::IsLinearizable(const History& history) {
  return impl_->IsLinearizable(history);
}

std::optional<Violation> Checker::Explain(const History& history) {
  return impl_->Explain(history);
}

bool Checker::IsWithinBounds(const History& history) {
  return impl_->IsWithinBounds(history);
}

}  // namespace mortsafe

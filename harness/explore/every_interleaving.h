// Every interleaving, one after the other: the obviously complete search, with
// which tests compare the reduced one.
//
//   EveryInterleaving search;
//   while (search.Next()) … execution.Run({}, search, body) …

#ifndef MORTSAFE_HARNESS_EXPLORE_EVERY_INTERLEAVING_H_
#define MORTSAFE_HARNESS_EXPLORE_EVERY_INTERLEAVING_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/explore/happens_before.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

class EveryInterleaving final : public SchedulingStrategy {
 public:
  // Prepares the next execution; false if there is none.
  bool Next() {
    if (started_) {
      while (!untried_.empty() && untried_.back() == 0) {
        untried_.pop_back();
        chosen_.pop_back();
      }
      if (untried_.empty()) return false;
      chosen_.back() = LowestThread(untried_.back());
      untried_.back() &= untried_.back() - 1;
    }
    started_ = true;
    order_.Restart(0);
    return true;
  }
  // Of the latest execution's trace.
  uint64_t digest() {
    order_.Settle();
    return order_.TraceDigest();
  }

  uint32_t Choose(const ChoicePoint& point) override {
    const HarnessAllocations harness;
    if (order_.size() == chosen_.size()) {
      chosen_.push_back(LowestThread(point.enabled));
      untried_.push_back(point.enabled & (point.enabled - 1));
    }
    return chosen_[order_.size()];
  }
  bool FollowsSteps() const override { return true; }
  std::optional<ObjectRace> Performed(uint32_t thread,
                                      const NextStep& step) override {
    order_.Perform(thread, step);
    return std::nullopt;
  }
  void Observed(const AccessResult& result) override { order_.Observe(result); }
  void Returned(uint32_t thread) override { order_.Return(thread); }
  void Released(uint32_t thread, uint32_t other) override {
    order_.Release(thread, other);
  }
  void Finished(uint32_t thread) override { order_.Finish(thread); }
  void Joined(uint32_t thread, uint32_t other) override {
    order_.Join(thread, other);
  }

 private:
  HappensBefore order_;
  bool started_ = false;
  std::vector<uint32_t> chosen_;
  std::vector<ThreadSet> untried_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_EVERY_INTERLEAVING_H_

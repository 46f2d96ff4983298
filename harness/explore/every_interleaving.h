// Every interleaving, one after the other: the obviously complete search, with
// which tests compare the reduced one.
//
//   EveryInterleaving search;
//   while (search.Next()) … execution.Run({}, search, body) …

#ifndef MORTSAFE_HARNESS_EXPLORE_EVERY_INTERLEAVING_H_
#define MORTSAFE_HARNESS_EXPLORE_EVERY_INTERLEAVING_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/explore/trace_follower.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"

namespace mortsafe {

class EveryInterleaving final : public TraceFollower {
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
    Restart();
    return true;
  }

  uint32_t Choose(const ChoicePoint& point) override {
    const HarnessAllocations harness;
    const size_t depth = order().size();
    if (depth == chosen_.size()) {
      chosen_.push_back(LowestThread(point.enabled));
      untried_.push_back(point.enabled & (point.enabled - 1));
    }
    return chosen_[depth];
  }

 private:
  bool started_ = false;
  std::vector<uint32_t> chosen_;
  std::vector<ThreadSet> untried_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_EVERY_INTERLEAVING_H_

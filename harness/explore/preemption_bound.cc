#include "harness/explore/preemption_bound.h"

#include <cstddef>
#include <cstdint>

#include "harness/model/memory.h"
#include "harness/model/strategy.h"
#include "harness/program/schedule.h"

namespace mortsafe {

bool PreemptionBoundedSearch::Next() {
  if (started_) {
    while (!choices_.empty() && choices_.back().untried == 0) {
      choices_.pop_back();
    }
    if (choices_.empty()) return false;
    Choice& last = choices_.back();
    last.made.next = LowestThread(last.untried);
    last.untried &= last.untried - 1;
  }
  started_ = true;
  next_ = 0;
  preemptions_ = 0;
  return true;
}

uint32_t PreemptionBoundedSearch::Choose(const ChoicePoint& point) {
  if (next_ == choices_.size()) {
    const uint32_t first = DefaultChoice(point);
    ThreadSet others = point.enabled & ~OnlyThread(first);
    if (point.CanGoOn() && preemptions_ == bound_) {
      cut_ = true;
      others = 0;
    }
    const HarnessAllocations harness;
    choices_.push_back(
        {{point.running, point.step, first}, others, first, point.CanGoOn()});
  }
  const Choice& choice = choices_[next_++];
  if (choice.could_go_on && choice.made.next != choice.default_choice) {
    ++preemptions_;
  }
  return choice.made.next;
}

Schedule PreemptionBoundedSearch::schedule() const {
  Schedule schedule;
  for (size_t i = 0; i < next_; ++i) {
    if (choices_[i].made.next != choices_[i].default_choice) {
      schedule.switches.push_back(choices_[i].made);
    }
  }
  return schedule;
}

}  // namespace mortsafe

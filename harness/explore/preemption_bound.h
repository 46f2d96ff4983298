// Every interleaving with at most so many pre-emptions: for code with more
// interleavings than anyone can try. Most faults need one or two.
//
//   PreemptionBoundedSearch search(2);
//   while (search.Next()) … execution.Run({}, search, body) …

#ifndef MORTSAFE_HARNESS_EXPLORE_PREEMPTION_BOUND_H_
#define MORTSAFE_HARNESS_EXPLORE_PREEMPTION_BOUND_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/model/strategy.h"
#include "harness/program/schedule.h"

namespace mortsafe {

// Iterative context bounding (Musuvathi, Qadeer: "Iterative context bounding
// for systematic testing of multithreaded programs", PLDI 2007), without
// reduction: interleavings that differ only in the order of steps that commute
// are told apart. A pre-emption is a switch away from a thread that could have
// gone on, a yield excepted. Memory grows with the length of an execution.
class PreemptionBoundedSearch final : public SchedulingStrategy {
 public:
  explicit PreemptionBoundedSearch(uint32_t bound) : bound_(bound) {}

  // Prepares the next execution; false if there is none.
  bool Next();
  uint32_t Choose(const ChoicePoint& point) override;

  // What the latest execution was, for ReplayStrategy.
  Schedule schedule() const;

  // Whether some interleaving was left out so far because of the bound.
  bool cut() const { return cut_; }

 private:
  struct Choice {
    Switch made;
    ThreadSet untried;
    uint32_t default_choice;
    bool could_go_on;  // All others than the default choice pre-empt.
  };

  const uint32_t bound_;
  bool started_ = false;
  bool cut_ = false;
  std::vector<Choice> choices_;  // Of the execution prepared, and its past.
  size_t next_ = 0;              // The number of the next choice,
  uint32_t preemptions_ = 0;     // and how many came before it.
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_PREEMPTION_BOUND_H_

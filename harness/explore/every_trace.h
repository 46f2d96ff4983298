// Every trace, by sleep sets alone (Godefroid: "Partial-Order Methods for the
// Verification of Concurrent Systems", 1996): at each point each thread goes
// first in turn, unless what begins so has begun before. Obviously complete,
// and with many executions that are given up; tests compare the reduced search
// with it where every interleaving would be too much.
//
//   EveryTrace search;
//   while (search.Next()) {
//     execution.Run({}, search, body);
//     if (!search.gave_up()) … search.digest() …
//   }

#ifndef MORTSAFE_HARNESS_EXPLORE_EVERY_TRACE_H_
#define MORTSAFE_HARNESS_EXPLORE_EVERY_TRACE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/explore/explored_step.h"
#include "harness/explore/happens_before.h"
#include "harness/explore/trace_follower.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"

namespace mortsafe {

class EveryTrace final : public TraceFollower {
 public:
  // Prepares the next execution; false if there is none.
  bool Next() {
    if (started_ && !Backtrack()) return false;
    started_ = true;
    gave_up_ = false;
    Restart();
    return true;
  }
  // Whether the latest execution could only repeat another.
  bool gave_up() const { return gave_up_; }

  uint32_t Choose(const ChoicePoint& point) override {
    const HarnessAllocations harness;
    const HappensBefore& performed = order();
    const size_t depth = performed.size();
    if (depth < points_.size()) return points_[depth].chosen;
    Point& here = points_.emplace_back();
    if (depth > 0) {
      KeepAsleep(points_[depth - 1], performed.step(depth - 1), here);
    }
    here.untried = point.enabled & ~here.asleep;
    if (here.untried != 0) return ChooseNext(here);
    points_.pop_back();
    gave_up_ = true;
    return kGiveUp;
  }

 private:
  struct Point {
    std::vector<ExploredStep> sleeping;  // With which everything was tried.
    ThreadSet asleep = 0;
    ThreadSet untried = 0;
    uint32_t chosen = 0;
  };

  static void Sleep(Point& point, const ExploredStep& step) {
    point.sleeping.push_back(step);
    point.asleep |= OnlyThread(step.thread);
  }
  static void KeepAsleep(const Point& before, const ExploredStep& performed,
                         Point& here) {
    for (const ExploredStep& step : before.sleeping) {
      if (step.thread != performed.thread && !Dependent(step, performed)) {
        Sleep(here, step);
      }
    }
  }
  static uint32_t ChooseNext(Point& point) {
    point.chosen = LowestThread(point.untried);
    point.untried &= point.untried - 1;
    return point.chosen;
  }
  bool Backtrack() {
    while (!points_.empty()) {
      Point& point = points_.back();
      if (point.untried != 0) {
        Sleep(point, order().step(points_.size() - 1));
        ChooseNext(point);
        return true;
      }
      points_.pop_back();
    }
    return false;
  }

  std::vector<Point> points_;
  bool started_ = false;
  bool gave_up_ = false;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_EVERY_TRACE_H_

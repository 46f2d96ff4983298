// The frontier of a search for traces (search_frontier.h): the points at which
// some executions have begun and others are planned, as a tree.
//
// What the algorithm does with the wakeup tree of a point, this does with the
// tree and what has begun there, which may not be over yet: a sequence that
// what begins with a step would cover, and that was found before that in the
// order of the search, is planted after that step, unless nothing was planned
// after it, so that everything is explored there anyway. A point is kept as
// long as such a sequence may come: while something is asleep there that is not
// over.

#ifndef MORTSAFE_HARNESS_EXPLORE_TRACE_FRONTIER_H_
#define MORTSAFE_HARNESS_EXPLORE_TRACE_FRONTIER_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "harness/explore/explored_step.h"
#include "harness/explore/search_frontier.h"
#include "harness/explore/trace_parts.h"
#include "harness/explore/wakeup_tree.h"
#include "harness/model/strategy.h"

namespace mortsafe {

class TraceFrontier final : public SearchFrontier {
 public:
  std::vector<std::string> Take(size_t most) override;
  void Merge(const std::vector<std::string>& rests) override;
  void BeginAnew(absl::string_view rest) override;
  std::string Save() const override;
  void Load(absl::string_view bytes) override;

 private:
  static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();
  // The number of all beginnings that are over and need not be told apart.
  static constexpr uint64_t kOver = 0;

  // That something has begun with a step; the number tells which beginning it
  // is, also where the step is asleep later on.
  struct Beginning {
    uint64_t number = kOver;
    ExploredStep step;
    // Nothing was planned after it: all that begins so is explored.
    bool whole = true;
    // ExhaustiveStrategy::Point::unsure, where it is asleep.
    bool unsure = false;
  };
  // A point. Those after it come later in `points_`.
  struct Point {
    uint32_t before = kNone;    // The point before it,
    uint32_t reached_by = 0;    // and the thread that goes first there then:
    uint64_t begun_as = kOver;  // that beginning.
    ThreadSet enabled = 0;
    std::vector<Beginning> asleep;  // What had begun before it,
    std::vector<Beginning> begun;   // and what did there, in this order.
    WakeupTrees::Tree planted;      // What else is to begin.
  };
  // A branch that somebody explores.
  struct Branch {
    uint32_t point = kNone;   // Where it begins; kNone for everything.
    uint32_t thread = 0;      // Whose step it begins with,
    WakeupTrees::Tree ahead;  // and what is planned after that.
  };

  static ThreadSet Asleep(const Point& point);
  static const Beginning* Find(const std::vector<Beginning>& beginnings,
                               uint32_t thread);
  // What is asleep at `point` in what begins with a step of `thread`.
  static std::vector<Beginning> AsleepBefore(const Point& point,
                                             uint32_t thread);
  // Takes out the first planned branch of the point of that number that nothing
  // covers. False if there is none.
  bool TakeBranch(uint32_t number, Branch& branch);
  std::string PartOf(const Branch& branch);
  // The points on the way to the part's own, the last, and with whose step each
  // goes on.
  struct Way {
    std::vector<uint32_t> points;
    std::vector<uint32_t> threads;
  };
  Way WayTo(const Branch& branch) const;
  // The point after `point` that a step of `thread` leads to, or kNone.
  uint32_t After(uint32_t point, uint32_t thread) const;
  void Plant(const Way& way, const TraceRest::Reversal& reversal);
  // Among or after what begins at the point of that number, at or after `first`
  // of its beginnings.
  void PlantAt(uint32_t number, size_t first, StepSequence& sequence);
  void Append(const Branch& branch, const TraceRest& rest);
  // Forgets the points that are over.
  void Prune();
  // The beginnings that are not over if there are only the points `kept`.
  using Numbers = absl::flat_hash_set<uint64_t>;  // Never gone through.
  Numbers GoingOn(const std::vector<bool>& kept) const;
  // The points that are not over if just those beginnings are not.
  std::vector<bool> PointsToKeep(const Numbers& going_on) const;

  std::vector<uintptr_t> sites_;
  bool began_ = false;  // Everything is out, or was.
  std::vector<Point> points_;
  WakeupTrees trees_;
  uint64_t beginnings_ = kOver;  // The greatest number given.
  std::vector<Branch> taken_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_TRACE_FRONTIER_H_

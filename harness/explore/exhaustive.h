// Every trace of a program once: optimal dynamic partial-order reduction
// (Abdulla, Aronis, Jonsson, Sagonas: "Source sets", JACM 2017, algorithm 2)
// under sequential consistency.
//
//   ExhaustiveStrategy strategy;
//   while (strategy.Next()) {
//     outcome = execution.Run(options, strategy, body);
//   }
//   … strategy.executions(), strategy.blocked()
//
// A part of a search, all that begins in one way, can be explored by itself,
// and a search be left before its end (search_frontier.h, trace_parts.h).
//
// After each execution the pairs of dependent steps that nothing else orders
// are found, and for each a sequence of steps that reverses it is planted in
// the wakeup tree of the point before the first of the two, unless what was
// explored or planted there covers it already. The search is depth-first; what
// it keeps is one execution and the trees beside it.
//
// A loop that waits for another thread is not gone through again and again: a
// thread that spins (spin_detector.h says how that is told) goes no further. At
// the end of such an execution either all threads that spin have read the
// latest in their round, which is a livelock; or one could read something else
// now, which it does in another execution without that round: this one is given
// up. Plain objects are no steps: accesses that no synchronization orders end
// the execution as data races, and all others are in one order throughout a
// trace.

#ifndef MORTSAFE_HARNESS_EXPLORE_EXHAUSTIVE_H_
#define MORTSAFE_HARNESS_EXPLORE_EXHAUSTIVE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "harness/explore/address_book.h"
#include "harness/explore/address_map.h"
#include "harness/explore/explored_step.h"
#include "harness/explore/happens_before.h"
#include "harness/explore/spin_detector.h"
#include "harness/explore/synchronization.h"
#include "harness/explore/trace_parts.h"
#include "harness/explore/wakeup_tree.h"
#include "harness/model/strategy.h"

namespace mortsafe {

class ExhaustiveStrategy final : public SchedulingStrategy {
 public:
  // Whether executions may go on from places that earlier ones kept
  // (ExecutionOptions::outside) instead of repeating the steps that lead there.
  // What is explored is the same.
  explicit ExhaustiveStrategy(bool keeps_places = false)
      : keeps_places_(keeps_places) {}

  // Takes in what the latest execution showed and prepares the next one. False
  // if there is none: every trace has been explored.
  bool Next();

  // Explores what `part` says (search_frontier.h), and no more. REQUIRES: comes
  // first of all.
  void Begin(absl::string_view part, const AddressBook& book);
  // In place of Next(), or after a Next() that found nothing more or began
  // anew: takes in what the latest execution showed, and says what is left to
  // others. REQUIRES: Next() came before.
  std::string Leave(const AddressBook& book);

  // The search has begun anew, because it learned of a loop: all executions so
  // far do not count.
  bool began_anew() const { return began_anew_; }

  // Executions so far that came to an end, each of another trace.
  uint64_t executions() const { return executions_; }
  // Executions that were given up because they could only repeat.
  uint64_t blocked() const { return blocked_; }
  // Whether the latest execution was.
  bool gave_up() const { return gave_up_; }
  // From the first execution on, `thread` is not taken to spin: it is followed,
  // for ever if need be. Whether it has come back to where it was in the latest
  // execution, and would do the same again as long as nobody else goes on.
  void FollowRoundsOf(uint32_t thread) { followed_ = thread; }
  bool went_round() const { return went_round_; }
  // How many steps the latest execution has performed; these and their order,
  // as far as they are complete: where a thread is chosen, and at its end.
  size_t step_count() const { return order_.size(); }
  const HappensBefore& order() {
    order_.Settle();
    return order_;
  }
  // A digest of the latest execution's trace.
  uint64_t TraceDigest() const { return order_.TraceDigest(); }

  size_t KeptPlaces() const override { return place_count_; }
  uint32_t Choose(const ChoicePoint& point) override;
  bool FollowsSteps() const override { return true; }
  bool Arrived(uint32_t thread, const Whereabouts& whereabouts,
               const NextStep& step) override;
  std::optional<ObjectRace> Performed(uint32_t thread,
                                      const NextStep& step) override;
  void Observed(const AccessResult& result) override;
  void Returned(uint32_t thread) override;
  void Released(uint32_t thread, uint32_t other) override;
  void Finished(uint32_t thread) override;
  void Joined(uint32_t thread, uint32_t other) override;
  std::optional<ObjectRace> Touched(uint32_t thread,
                                    const Access& access) override {
    return synchronization_.Touch(thread, access);
  }
  std::optional<ObjectRace> Freed(uint32_t thread, const void* block,
                                  size_t size) override {
    return synchronization_.Free(thread, block, size);
  }

 private:
  // The point before a step of the current execution.
  struct Point {
    // Next steps of threads that need not go first here: what begins with them
    // has been explored.
    std::vector<ExploredStep> sleeping;
    ThreadSet asleep = 0;  // Those threads,
    // and those of them that slept on where nothing more was planned. What is
    // planned wakes everyone, as far as can be known before it is performed; if
    // it does not, what is found by those who sleep is no longer planted here,
    // so what they cover is not left to them any more (the weaker condition of
    // source sets, section 5).
    ThreadSet unsure = 0;
    ThreadSet enabled = 0;
    WakeupTrees::Tree planted;  // What else is to be explored from here.
    uint32_t chosen = 0;        // The thread that goes first now,
    WakeupTrees::Tree ahead;    // and what is planned for after that.
  };

  // What is known at a place that was kept, `depth` steps into an execution.
  struct Place {
    size_t depth = 0;
    HappensBefore::Mark order;
    Synchronization::Mark synchronization;
    SpinDetector::Mark spin_detector;
    ThreadSet spinning = 0;
  };

  // Whether the place at `point`, before the next step of the thread that was
  // chosen there, is worth keeping: executions branch where steps are on
  // objects for which there were races, and nearly nowhere else.
  bool IsToBeKept(size_t depth, const ChoicePoint& point, uint32_t chosen);
  void Keep(size_t depth);
  // Prepares an execution that repeats the first `kept` steps, from the last
  // place that was kept on the way, if any.
  void Restart(size_t kept);
  void ForgetEverything();
  // The latest step, by `thread`, changed an object, and gave up a lock if that
  // is not null.
  void PerformedWrite(uint32_t thread, const volatile void* object,
                      const volatile void* lock);
  // Whether all spinning threads would go round for ever if nobody else went
  // on.
  bool SpinnersReadTheLatest() const;

  // Who is to go first at a point that is no repeated one.
  uint32_t ChooseAnew(size_t depth, const ChoicePoint& point);
  Point& OpenPoint(size_t depth);
  // Lets those sleep on at `here` who do at `before`, the point of that depth,
  // and do not depend on the step that was performed there.
  void KeepAsleep(const Point& before, size_t depth, Point& here) const;
  // Chooses the first branch that was planted for one of `awake`, and forgets
  // those before it: they turned out to be covered, or wait for a lock that
  // another reader still holds there.
  bool TakePlanted(Point& point, ThreadSet awake);
  // Takes in what the latest execution showed.
  void TakeIn();
  void ArriveAt(size_t depth) {
    floor_ = depth;
    is_on_the_way_ = false;
  }
  // Plants the reversals of the latest execution's races.
  void PlantReversals();
  void PlantReversal(HappensBefore::Race race);
  // The same where the first step is not of the part that is explored: others
  // are to know that.
  void PlantBefore(HappensBefore::Race race);
  ExploredStep Reversed(HappensBefore::Race race) const;
  // Whether what was explored from `point` covers `sequence`.
  static bool IsExplored(const Point& point, const StepSequence& sequence);
  // Turns to the next thing planted, the deepest first. False if none is left.
  bool Backtrack();

  HappensBefore order_;
  WakeupTrees trees_;
  std::vector<Point> points_;  // By depth; re-used.
  size_t depth_ = 0;           // How many points are open.
  StepSequence sequence_;

  // A part that is explored by itself: so many steps lead to it, of which the
  // last is its own; and so many to where its own executions begin.
  size_t own_ = 0;
  size_t floor_ = 0;
  bool is_on_the_way_ = false;  // There.
  std::vector<TraceRest::Reversal> before_;

  const bool keeps_places_;
  std::vector<std::unique_ptr<Place>> places_;  // By depth; re-used.
  size_t place_count_ = 0;
  AddressMap<bool> raced_;  // Objects whose steps something else came before.
  size_t next_place_ = 0;   // The least depth at which one is to be kept.

  Synchronization synchronization_;
  SpinDetector spin_detector_;
  ThreadSet spinning_ = 0;
  AccessKind latest_kind_ = AccessKind::kLoad;
  std::optional<uint32_t> followed_;
  bool went_round_ = false;

  bool has_run_ = false;  // An execution that was not taken in yet.
  bool started_ = false;
  bool gave_up_ = false;
  bool began_anew_ = false;
  uint64_t executions_ = 0;
  uint64_t blocked_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_EXHAUSTIVE_H_

#include "harness/explore/exhaustive.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "harness/base/check.h"
#include "harness/explore/explored_step.h"
#include "harness/explore/happens_before.h"
#include "harness/explore/vector_clock.h"
#include "harness/explore/wakeup_tree.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
namespace {

// So many steps lie between places that are kept, at least.
constexpr size_t kStepsBetweenPlaces = 3;

}  // namespace

bool ExhaustiveStrategy::Next() {
  if (!started_) {
    started_ = true;
  } else if (TakeIn(); began_anew_) {
    ForgetEverything();
  } else if (!Backtrack()) {
    return false;
  }
  has_run_ = true;
  return true;
}

void ExhaustiveStrategy::TakeIn() {
  has_run_ = false;
  order_.Settle();
  began_anew_ = spin_detector_.TakeLearned();
  if (began_anew_) return;
  if (gave_up_) {
    ++blocked_;
  } else {
    ++executions_;
  }
  gave_up_ = false;
  if (is_on_the_way_) ArriveAt(depth_);
  PlantReversals();
}

[[gnu::noinline]] void ExhaustiveStrategy::Keep(size_t depth) {
  if (places_.size() == place_count_) {
    places_.push_back(std::make_unique<Place>());
  }
  Place& place = *places_[place_count_++];
  place.depth = depth;
  place.order = order_.Remember();
  place.synchronization = synchronization_.Remember();
  spin_detector_.Remember(place.spin_detector);
  place.spinning = spinning_;
  next_place_ = depth + kStepsBetweenPlaces;
}

void ExhaustiveStrategy::Restart(size_t kept) {
  went_round_ = false;
  while (place_count_ > 0 && places_[place_count_ - 1]->depth > kept) {
    --place_count_;
  }
  if (place_count_ > 0) {
    const Place& place = *places_[place_count_ - 1];
    order_.Restart(kept, place.order);
    synchronization_.Restart(place.synchronization);
    spin_detector_.Restart(place.spin_detector);
    spinning_ = place.spinning;
    next_place_ = place.depth + kStepsBetweenPlaces;
  } else {
    order_.Restart(kept);
    synchronization_.Restart();
    spin_detector_.Restart();
    spinning_ = 0;
    next_place_ = 0;
  }
}

void ExhaustiveStrategy::ForgetEverything() {
  place_count_ = 0;
  Restart(0);
  trees_.Clear();
  depth_ = 0;
  gave_up_ = false;
  executions_ = blocked_ = 0;
}

bool ExhaustiveStrategy::Arrived(uint32_t thread,
                                 const Whereabouts& whereabouts,
                                 const NextStep& step) {
  const SpinDetector::Arrival arrival =
      spin_detector_.Arrive(thread, whereabouts, step.access.object);
  if (!arrival.spins) return arrival.looked;
  if (thread == followed_) {
    went_round_ |= spin_detector_.ReadsTheLatest(thread);
  } else {
    spinning_ |= OnlyThread(thread);
  }
  return arrival.looked;
}

std::optional<ObjectRace> ExhaustiveStrategy::Performed(uint32_t thread,
                                                        const NextStep& step) {
  order_.Perform(thread, step);
  latest_kind_ = step.access.kind;
  switch (latest_kind_) {
    case AccessKind::kReadModifyWrite:
    case AccessKind::kCompareExchange:
    case AccessKind::kTryLock:
    case AccessKind::kTryLockShared:
      break;  // Not until Observed().
    case AccessKind::kLoad:
      spin_detector_.PerformedRead(thread, step.access.object);
      break;
    case AccessKind::kFence:
      break;  // It reads nothing.
    default:
      PerformedWrite(thread, step.access.object, step.lock);
  }
  return synchronization_.Perform(thread, step);
}

void ExhaustiveStrategy::Observed(const AccessResult& result) {
  order_.Observe(result);
  if (latest_kind_ == AccessKind::kStore) return;
  synchronization_.Observe(result);
  const ExploredStep& step = order_.step(order_.size() - 1);
  const bool same = result.written.form != ShownValue::Form::kNothing &&
                    result.written.bits == result.read.bits;
  if (result.failed || same) {
    spin_detector_.PerformedRead(step.thread, step.object);
  } else {
    PerformedWrite(step.thread, step.object, step.lock);
  }
}

void ExhaustiveStrategy::Returned(uint32_t thread) {
  order_.Return(thread);
  synchronization_.Return(thread);
  spin_detector_.Returned(thread);
}

void ExhaustiveStrategy::Released(uint32_t thread, uint32_t other) {
  order_.Release(thread, other);
  synchronization_.Release(thread, other);
}

void ExhaustiveStrategy::Finished(uint32_t thread) {
  order_.Finish(thread);
  synchronization_.Finish(thread);
}

void ExhaustiveStrategy::Joined(uint32_t thread, uint32_t other) {
  order_.Join(thread, other);
  synchronization_.Join(thread, other);
}

void ExhaustiveStrategy::PerformedWrite(uint32_t thread,
                                        const volatile void* object,
                                        const volatile void* lock) {
  spin_detector_.PerformedWrite(thread, object);
  if (lock != nullptr) spin_detector_.PerformedWrite(thread, lock);
}

bool ExhaustiveStrategy::SpinnersReadTheLatest() const {
  for (ThreadSet rest = spinning_; rest != 0; rest &= rest - 1) {
    if (!spin_detector_.ReadsTheLatest(LowestThread(rest))) return false;
  }
  return true;
}

[[gnu::always_inline]] inline ExhaustiveStrategy::Point&
ExhaustiveStrategy::OpenPoint(size_t depth) {
  depth_ = depth + 1;
  if (points_.size() < depth_) [[unlikely]]
    points_.resize(2 * depth_);
  Point& here = points_[depth];
  here.sleeping.clear();
  here.asleep = here.unsure = 0;
  here.planted = {};
  if (depth == 0) return here;
  const Point& before = points_[depth - 1];
  here.planted = before.ahead;
  if (!before.sleeping.empty()) KeepAsleep(before, depth - 1, here);
  if (here.planted.empty()) {
    here.unsure = here.asleep;
    if (is_on_the_way_) [[unlikely]]
      ArriveAt(depth);
  }
  return here;
}

[[gnu::noinline]] void ExhaustiveStrategy::KeepAsleep(const Point& before,
                                                      size_t depth,
                                                      Point& here) const {
  const ExploredStep& performed = order_.step(depth);
  for (const ExploredStep& step : before.sleeping) {
    if (step.thread != performed.thread && !Dependent(step, performed)) {
      here.sleeping.push_back(step);
      here.asleep |= OnlyThread(step.thread);
    }
  }
  here.unsure = before.unsure & here.asleep;
}

inline bool ExhaustiveStrategy::IsToBeKept(size_t depth,
                                           const ChoicePoint& point,
                                           uint32_t chosen) {
  if (!keeps_places_ || depth < next_place_ || chosen >= kGiveUp ||
      CountThreads(point.enabled) < 2) {
    return false;
  }
  const volatile void* const object = point.next[chosen].access.object;
  return object != nullptr && raced_.Find(object) != nullptr;
}

[[gnu::always_inline]] inline uint32_t ExhaustiveStrategy::ChooseAnew(
    size_t depth, const ChoicePoint& point) {
  Point& here = OpenPoint(depth);
  here.enabled = point.enabled & ~spinning_;
  const ThreadSet awake = here.enabled & ~here.asleep;
  if (!here.planted.empty()) {
    if (TakePlanted(here, awake)) return here.chosen;
    here.unsure = here.asleep;  // The plan ends here.
  }
  if (awake == 0) [[unlikely]] {
    --depth_;
    if (here.enabled == 0 && SpinnersReadTheLatest()) return kNoProgress;
    gave_up_ = true;
    return kGiveUp;
  }
  here.ahead = {};
  here.chosen =
      Contains(awake, point.running) ? point.running : LowestThread(awake);
  return here.chosen;
}

uint32_t ExhaustiveStrategy::Choose(const ChoicePoint& point) {
  const HarnessAllocations harness;
  order_.Settle();
  const size_t depth = order_.size();
  const uint32_t chosen =
      depth < depth_ ? points_[depth].chosen : ChooseAnew(depth, point);
  if (!IsToBeKept(depth, point, chosen)) return chosen;
  Keep(depth);
  return kKeepPlace;  // This is asked again.
}

[[gnu::noinline]] bool ExhaustiveStrategy::TakePlanted(Point& point,
                                                       ThreadSet awake) {
  while (!point.planted.empty()) {
    ExploredStep step;
    point.ahead = trees_.TakeFirst(point.planted, step);
    point.chosen = step.thread;
    if (Contains(awake, step.thread)) return true;
    trees_.Drop(point.ahead);
  }
  return false;
}

void ExhaustiveStrategy::PlantReversals() {
  // Also of races among repeated steps, if what comes between such a step and
  // the other in the reversal is in part of the latest execution alone.
  const VectorClock dependent = order_.ComeBeforeAllFrom(order_.kept());
  const auto counts = [&](HappensBefore::Race race) {
    const bool is_new =
        race.second >= order_.kept() || !order_.Covers(dependent, race.first);
    if (!is_new) return false;
    const Point& point = points_[race.first];
    const ThreadSet others =
        point.enabled & ~point.asleep & ~OnlyThread(point.chosen);
    return others != 0;  // Somebody else could go first there.
  };
  order_.ForEachRace(0, counts,
                     [this](HappensBefore::Race race) { PlantReversal(race); });
}

ExploredStep ExhaustiveStrategy::Reversed(HappensBefore::Race race) const {
  const ExploredStep& first = order_.step(race.first);
  ExploredStep step = order_.step(race.second);
  // What it finds changes only if the first of the two writes. Whoever waits
  // for a lock finds nothing but that it is free, and goes on with its
  // operation.
  const bool reads = step.kind != AccessKind::kStore &&
                     step.kind != AccessKind::kUnlock &&
                     step.kind != AccessKind::kNotify && !Acquires(step.kind);
  if (!first.writes || !reads || !ShareObject(first, step)) return step;
  step.returns = true;  // Its operation may end here, or not.
  if (step.kind == AccessKind::kTryLock) step.writes = true;
  if (step.kind != AccessKind::kCompareExchange) return step;
  step.writes = true;
  step.knows_written = false;
  for (size_t i = race.first; i > 0; --i) {
    const ExploredStep& earlier = order_.step(i - 1);
    if (earlier.object != step.object || !earlier.writes) continue;
    if (earlier.knows_written && step.knows_expected) {
      step.writes = earlier.written == step.expected;
    }
    break;
  }
  return step;
}

void ExhaustiveStrategy::PlantReversal(HappensBefore::Race race) {
  sequence_.clear();
  order_.ForEachIndependentOf(race.first, [&](const ExploredStep& step) {
    sequence_.push_back(&step);
  });
  const ExploredStep reversed = Reversed(race);
  sequence_.push_back(&reversed);
  Point& point = points_[race.first];
  if (IsExplored(point, sequence_)) return;
  if (race.first < own_) {
    PlantBefore(race);
  } else {
    trees_.Insert(point.planted, sequence_);
  }
  raced_[order_.step(race.first).object] = true;
}

bool ExhaustiveStrategy::IsExplored(const Point& point,
                                    const StepSequence& sequence) {
  return std::any_of(point.sleeping.begin(), point.sleeping.end(),
                     [&](const ExploredStep& step) {
                       return !Contains(point.unsure, step.thread) &&
                              IsWeakInitial(step, sequence);
                     });
}

bool ExhaustiveStrategy::Backtrack() {
  while (depth_ > floor_) {
    Point& point = points_[depth_ - 1];
    if (point.planted.empty()) {
      --depth_;
      continue;
    }
    const ExploredStep& explored = order_.step(depth_ - 1);
    point.sleeping.push_back(explored);
    point.asleep |= OnlyThread(explored.thread);
    if (TakePlanted(point, point.enabled & ~point.asleep)) {
      Restart(depth_ - 1);
      return true;
    }
    --depth_;
  }
  return false;
}

}  // namespace mortsafe

// The part of Execution that goes on from a place that an earlier execution
// kept: instead of repeating the steps that lead there, it puts back the
// blocks, the stacks and the state of all threads as they were.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "harness/base/check.h"
#include "harness/model/execution.h"
#include "harness/model/fiber.h"
#include "harness/model/memory.h"
#include "harness/model/saved_regions.h"
#include "harness/model/strategy.h"
#include "harness/model/switch_coverage.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
namespace {

// Stands in for a strategy until it is asked for the first time.
class AlwaysKeepsPlace final : public SchedulingStrategy {
 public:
  uint32_t Choose(const ChoicePoint&) override { return kKeepPlace; }
};

}  // namespace

struct Execution::KeptPlace {
  SavedRegions regions;  // Blocks and frames.
  ExecutionMemory::Kept memory;
  std::array<ModelThread, kMaxModelThreads> threads;
  std::array<NextStep, kMaxModelThreads> next;
  // Where the frames of each thread begin; null if it has none.
  std::array<char*, kMaxModelThreads> frames;
  uint32_t thread_count = 0;
  ChoicePoint now;
  uint64_t clock = 0;
  uint64_t stamps = 0;
  uint32_t unjoined = 0;
  bool weak = false;
  uint32_t logged_steps = 0;
  uint32_t logged_switches = 0;
  uint32_t logged_stale = 0;
};

void Execution::DeleteKeptPlace::operator()(KeptPlace* place) const {
  delete place;
}

void Execution::KeepPlace() {
  Check(
      options_.outside != nullptr && !options_.record && spawner_ == kNoThread,
      "this place of an execution cannot be kept");
  if (first_chooser_ != nullptr) {
    strategy_ = std::exchange(first_chooser_, nullptr);
    kept_first_choice_ = true;
  }
  keeps_place_ = true;
  Fiber::Switch(fibers_[now_.running], caller_);
}

void Execution::KeepFirstChoiceOf(SchedulingStrategy& strategy) {
  static AlwaysKeepsPlace stand_in;
  first_chooser_ = &strategy;
  strategy_ = &stand_in;
}

Outcome Execution::RunAgain(SchedulingStrategy& strategy,
                            SwitchCoverage* coverage) {
  Check(kept_first_choice_ && !strategy.FollowsSteps(),
        "this execution cannot be run again from its first choice");
  strategy_ = &strategy;
  options_.coverage = coverage != nullptr ? coverage : &coverage_;
  ResumeAt(0);
  return Conclude();
}

void Execution::SavePlace() {
  const HarnessAllocations harness;
  if (kept_places_.size() == kept_place_count_) {
    kept_places_.emplace_back(new KeptPlace);
  }
  KeptPlace& place = *kept_places_[kept_place_count_];
  place.regions.Clear();
  memory_.Keep(place.memory, place.regions);
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    place.threads[thread] = threads_[thread];
    place.next[thread] = next_[thread];
    place.frames[thread] = nullptr;
    // Fibers of finished threads wait to be used again.
    if (threads_[thread].state == State::kFinished && thread != now_.running) {
      continue;
    }
    place.frames[thread] = fibers_[thread].frames();
    place.regions.Save(place.frames[thread], fibers_[thread].stack_end());
  }
  place.thread_count = thread_count_;
  place.now = now_;
  place.clock = clock_;
  place.stamps = stamps_;
  place.unjoined = unjoined_;
  place.weak = weak_;
  if (options_.progress != nullptr) {
    place.logged_steps = options_.progress->steps;
    place.logged_switches = options_.progress->switch_count;
    place.logged_stale = options_.progress->stale_count;
  }
  options_.outside->Keep(kept_place_count_);
  ++kept_place_count_;
}

void Execution::ResumeAt(size_t number) {
  const KeptPlace& place = *kept_places_[number];
  place.regions.PutBack();
  for (uint32_t thread = 0; thread < place.thread_count; ++thread) {
    threads_[thread] = place.threads[thread];
    next_[thread] = place.next[thread];
    if (place.frames[thread] != nullptr) {
      fibers_[thread].SuspendAt(place.frames[thread]);
    }
  }
  for (uint32_t thread = place.thread_count; thread < thread_count_; ++thread) {
    std::construct_at(&threads_[thread]);
    std::construct_at(&next_[thread]);
  }
  thread_count_ = place.thread_count;
  now_ = place.now;
  spawner_ = kNoThread;
  clock_ = place.clock;
  stamps_ = place.stamps;
  fair_ = false;
  SetClockLimit();
  unjoined_ = place.unjoined;
  threads_ended_ = false;
  weak_ = place.weak;
  UpdateAttention();
  preempted_ = false;
  abandoned_ = false;
  stopped_ = false;
  failure_.reset();
  names_.Clear();
  if (options_.progress != nullptr) {
    options_.progress->steps = place.logged_steps;
    options_.progress->switch_count = place.logged_switches;
    options_.progress->stale_count = place.logged_stale;
  }
  options_.outside->PutBack(number);
  active_scheduler.store(this, std::memory_order_relaxed);
  memory_.Resume(place.memory);
  RunFibers();
}

}  // namespace mortsafe

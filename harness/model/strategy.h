// How an execution asks which thread runs next. Strategies live in
// harness/explore; this is the interface through which the model calls them.

#ifndef MORTSAFE_HARNESS_MODEL_STRATEGY_H_
#define MORTSAFE_HARNESS_MODEL_STRATEGY_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/sync/scheduler.h"

namespace mortsafe {

// A set of threads, a bit each.
using ThreadSet = uint64_t;

constexpr ThreadSet OnlyThread(uint32_t thread) {
  return ThreadSet{1} << thread;
}
constexpr bool Contains(ThreadSet threads, uint32_t thread) {
  return (threads >> thread & 1) != 0;
}
constexpr bool HasSeveral(ThreadSet threads) {
  return (threads & (threads - 1)) != 0;
}
constexpr int CountThreads(ThreadSet threads) { return std::popcount(threads); }
constexpr uint32_t LowestThread(ThreadSet threads) {
  return static_cast<uint32_t>(std::countr_zero(threads));
}
// The `index`-th lowest member. REQUIRES: 0 <= index < CountThreads(threads).
constexpr uint32_t ThreadAt(ThreadSet threads, uint64_t index) {
  // Mostly there are few threads, and the index is a coin that no processor can
  // predict: moves are conditional up to the third.
  const ThreadSet from_second = threads & (threads - 1);
  const ThreadSet from_third = from_second & (from_second - 1);
  threads = index == 0 ? threads : from_second;
  threads = index >= 2 ? from_third : threads;
#if defined(__clang__)
#pragma clang loop unroll(disable)
#endif
  for (; index > 2; --index) threads &= threads - 1;
  return LowestThread(threads);
}

// A step that a thread is about to perform.
struct NextStep {
  Access access;
  // A Wait gives up this lock as well; null for all others.
  const volatile void* lock = nullptr;
  // It is the first step of an operation (Execution::BeginOperation).
  bool calls = false;
};

// Where a thread is: the place in its code, and its frames and registers. Two
// equal digests at one place mean that the thread will do the same again, as
// far as nothing it reads has changed and it keeps no state elsewhere.
struct Whereabouts {
  uintptr_t site = 0;
  const char* stack_begin = nullptr;
  const char* stack_end = nullptr;

  uint64_t Digest() const;
};

// Overwrites what calls that have returned left on the stack, 4 KiB from the
// caller's frame on, so that it does not come to be, as dead values, in the
// frames of calls to come: what the harness leaves there differs from step to
// step. What it misses costs a spinning thread another round.
void ClearDeadFrames();

// What another thread did to an object that nothing orders with what is done
// to it now: a data race, or a use of what is freed.
struct ObjectRace {
  enum class Deed : uint8_t { kRead, kWrote, kFreed };
  uint32_t other = 0;  // That thread.
  Deed deed = Deed::kRead;
};

// A moment at which more than one thread could perform its next step.
struct ChoicePoint {
  // Whom to choose from: the threads that can perform their next step, without
  // the running one if it yields. At least two.
  ThreadSet enabled = 0;
  uint32_t running = 0;  // The thread that came to this point,
  uint32_t step = 0;     // and the number of the step it is about to perform.
  // The next step of each enabled thread, by thread.
  const NextStep* next = nullptr;

  constexpr bool CanGoOn() const { return Contains(enabled, running); }
};

// What happens where nobody chooses: the running thread goes on while it can,
// otherwise the lowest other thread runs.
constexpr uint32_t DefaultChoice(const ChoicePoint& point) {
  return point.CanGoOn() ? point.running : LowestThread(point.enabled);
}

class SchedulingStrategy {
 public:
  // In place of a thread: end the execution here, nothing new lies ahead.
  static constexpr uint32_t kGiveUp = 64;
  // In place of a thread: whoever can go on spins for ever, a livelock.
  static constexpr uint32_t kNoProgress = 65;
  // In place of a thread: keep this place, so that a later execution can go on
  // from here, and ask again. REQUIRES: ExecutionOptions::outside is set.
  static constexpr uint32_t kKeepPlace = 66;

  virtual ~SchedulingStrategy() = default;
  // A member of point.enabled. Called in the middle of an execution: must not
  // allocate from it (HarnessAllocations).
  virtual uint32_t Choose(const ChoicePoint& point) = 0;

  // How many of the places kept by earlier executions of the same body are
  // still of use. The next execution goes on from the last of them, where it is
  // asked again; from the beginning if there is none.
  virtual size_t KeptPlaces() const { return 0; }

  // A strategy that follows every step is asked before each of them, though one
  // thread alone be enabled, and is told all that the calls below say; not
  // while all threads but one were joined, when nothing can go otherwise. It
  // sees no plain accesses and yields as steps: they belong to the step before
  // them.
  virtual bool FollowsSteps() const { return false; }

  // `thread` has come to its next step; performs it; what came of it, where
  // that may vary and is no mere load; and that with this step the operation it
  // is part of is over. Performed() says what the step races with, Arrived()
  // whether it has looked at the thread's frames (Whereabouts::Digest).
  virtual bool Arrived(uint32_t, const Whereabouts&, const NextStep&) {
    return false;
  }
  virtual std::optional<ObjectRace> Performed(uint32_t, const NextStep&) {
    return std::nullopt;
  }
  virtual void Observed(const AccessResult&) {}
  virtual void Returned(uint32_t) {}
  // `thread` started, or made ready to go on, `other`; it came to its end.
  virtual void Released(uint32_t, uint32_t) {}
  virtual void Finished(uint32_t) {}
  // `thread` joined `other`.
  virtual void Joined(uint32_t, uint32_t) {}
  // `thread` constructs an object of the seam (as a plain write), touches a
  // plain one, or frees a block. Says what that races with.
  virtual std::optional<ObjectRace> Touched(uint32_t, const Access&) {
    return std::nullopt;
  }
  virtual std::optional<ObjectRace> Freed(uint32_t, const void*, size_t) {
    return std::nullopt;
  }
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_STRATEGY_H_

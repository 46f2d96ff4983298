// The happens-before relation of the C++ memory model, step by step along an
// execution, and what it finds: data races on plain objects, and objects that
// are freed while another thread may still use them.
//
// Only what C++ calls synchronization counts: program order, a read by an
// acquiring step of what a releasing one wrote (release sequences and fences
// included), locks, start and join of threads. Calls and returns of operations
// count as well: what returned before another operation was called happens
// before it, as clients may rely on. That two writes of one atomic have an
// order does not.

#ifndef MORTSAFE_HARNESS_EXPLORE_SYNCHRONIZATION_H_
#define MORTSAFE_HARNESS_EXPLORE_SYNCHRONIZATION_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/explore/address_map.h"
#include "harness/explore/vector_clock.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

class Synchronization {
 public:
  // An execution begins.
  void Restart();

  // What is known of an execution so far; Restart() with it begins another one
  // that came as far in the same way. Marks are made and used like a stack:
  // what came after the one with which an execution began is of no use any
  // more.
  class Mark;
  void Remember(Mark& mark);
  void Restart(const Mark& mark);

  // As the execution goes: see SchedulingStrategy.
  void Perform(uint32_t thread, const NextStep& next);
  void Observe(const AccessResult& result);
  void Return(uint32_t thread);
  void Release(uint32_t thread, uint32_t other);
  void Finish(uint32_t thread);
  void Join(uint32_t thread, uint32_t other);
  // What a construction, an access or a free by `thread` races with, if
  // anything. An access to an atomic or a lock follows its Perform().
  std::optional<ObjectRace> Touch(uint32_t thread, const Access& access);
  std::optional<ObjectRace> Free(uint32_t thread, const void* block,
                                 size_t size);

 private:
  // What was done to an object of the seam. For an atomic or a lock, its
  // construction counts as a write and any step on it as a read.
  struct Object {
    VectorClock released;  // What a step that acquires from it learns.
    uint32_t writer = kMaxModelThreads;  // None yet.
    uint16_t write_moment = 0;
    // By thread, the first moment after its latest read; 0 if it has none.
    VectorClock reads;
    uint64_t era = 0;    // When it was changed last.
    uint32_t width = 0;  // Of the clocks: what lies beyond is 0.

    void Reset() {
      released.Clear(width);
      reads.Clear(width);
      writer = kMaxModelThreads;
      era = width = 0;
    }
    void Assign(const Object& other) {
      released.Assign(other.released, other.width);
      reads.Assign(other.reads, other.width);
      writer = other.writer;
      write_moment = other.write_moment;
      era = other.era;
      width = other.width;
    }
  };
  // What an object was like before it was changed in some era.
  struct Former {
    Object* object = nullptr;
    Object state;
  };
  struct FreedBlock {
    const char* begin = nullptr;
    const char* end = nullptr;
    uint32_t thread = 0;
  };

  void Widen(uint32_t thread);
  void ClearClocks(uint32_t thread);
  // REQUIRED before an object is changed.
  Object& Change(Object& object) {
    if (object.era != era_ || object.width != width_) Log(object);
    return object;
  }
  void Log(Object& object);
  void Acquire(uint32_t thread, const Object& object, std::memory_order order);
  void Publish(uint32_t thread, Object& object, std::memory_order order,
               bool keeps);
  void Fence(uint32_t thread, std::memory_order order);
  void ReadModifyWrite(bool failed);
  std::optional<ObjectRace> FreedAt(const volatile void* object) const;
  // Whether a write by `thread` races with what was done to the object.
  std::optional<ObjectRace> RacesWithWriter(uint32_t thread,
                                            const Object& object) const;
  std::optional<ObjectRace> RacesWithReaders(uint32_t thread,
                                             const Object& object) const;

  uint32_t threads_ = 0;  // One more than the greatest thread,
  uint32_t width_ = 0;    // rounded up for clocks.
  uint32_t latest_ = 0;   // The thread of the latest step.
  NextStep latest_step_;
  Object* latest_object_ = nullptr;  // Of the latest step, if it has one.
  // By thread: all that happens before its next step; what an acquire fence
  // would add; what a release fence made public.
  std::array<VectorClock, kMaxModelThreads> known_;
  std::array<VectorClock, kMaxModelThreads> read_relaxed_;
  std::array<VectorClock, kMaxModelThreads> fenced_;
  // Once there was something to keep in the latter two, in any execution.
  bool knows_relaxed_ = false;
  VectorClock returned_;  // What has happened before some return.
  AddressMap<Object> objects_;
  std::vector<FreedBlock> freed_;  // While other threads were running.

  // Eras begin with marks; in the first there is none. What was changed since
  // the first mark, re-used.
  uint64_t era_ = 0;
  uint64_t latest_era_ = 0;
  std::vector<Former> changes_;
  size_t change_count_ = 0;
};

class Synchronization::Mark {
 private:
  friend class Synchronization;
  uint32_t width_ = 0;
  uint32_t threads_ = 0;
  bool knows_relaxed_ = false;
  uint32_t latest_ = 0;
  NextStep latest_step_;
  Object* latest_object_ = nullptr;
  // By thread:
  std::vector<VectorClock> known_;
  std::vector<VectorClock> read_relaxed_;
  std::vector<VectorClock> fenced_;
  VectorClock returned_;
  size_t objects_ = 0;
  size_t freed_ = 0;
  size_t changes_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_SYNCHRONIZATION_H_

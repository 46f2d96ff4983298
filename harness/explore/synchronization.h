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
#include "harness/explore/object_lines.h"
#include "harness/explore/undo_log.h"
#include "harness/explore/vector_clock.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

class Synchronization {
 public:
  // How far an execution has come, between two steps. Marks are made and used
  // like a stack: what came after the one with which an execution began is of
  // no use any more.
  struct Mark {
    size_t changes = 0;
    size_t freed = 0;
  };
  Mark Remember() {
    BeginEpoch();
    return {log_.size(), freed_.size()};
  }
  // An execution begins: a new one, or one that came as far as `mark` in the
  // same way.
  void Restart() { Restart(Mark()); }
  void Restart(const Mark& mark);

  // As the execution goes: see SchedulingStrategy. Perform() says what the step
  // races with, if anything. Observe() need not be told of a step that cannot
  // fail and writes anyway, or does not.
  std::optional<ObjectRace> Perform(uint32_t thread, const NextStep& next);
  void Observe(const AccessResult& result);
  void Return(uint32_t thread);
  void Release(uint32_t thread, uint32_t other);
  void Finish(uint32_t thread);
  void Join(uint32_t thread, uint32_t other);
  // What a construction, a plain access or a free by `thread` races with, if
  // anything.
  std::optional<ObjectRace> Touch(uint32_t thread, const Access& access);
  std::optional<ObjectRace> Free(uint32_t thread, const void* block,
                                 size_t size);

 private:
  // Who wrote an object last, and when.
  struct alignas(UndoLog::kPieceBytes) Writing {
    uint32_t thread = kMaxModelThreads;  // None yet.
    uint16_t moment = 0;
  };
  static_assert(sizeof(Writing) == UndoLog::kPieceBytes);
  // What was done to an object of the seam. For an atomic or a lock, its
  // construction counts as a write and any step on it as a read.
  struct Object {
    VectorClock released;  // What a step that acquires from it learns.
    // By thread, the first moment after its latest read; 0 if it has none.
    VectorClock reads;
    Writing write;
    // The epochs in which the first two were saved last; 0 if they never were.
    uint64_t released_saved = 0;
    uint64_t reads_saved = 0;
    bool listed = false;  // In `lines_`.
  };
  struct FreedBlock {
    const char* begin = nullptr;
    const char* end = nullptr;
    uint32_t thread = 0;
  };

  void Widen(uint32_t thread) {
    if (thread >= threads_) [[unlikely]]
      WidenFor(thread);
  }
  [[gnu::noinline]] void WidenFor(uint32_t thread);
  // What is changed has to be saved again, once.
  void BeginEpoch() {
    ++epoch_;
    known_saved_ = 0;
  }
  // Before a change to what `thread` knows; to what `object` released; to who
  // read it.
  void SaveKnown(uint32_t thread) {
    if (Contains(known_saved_, thread)) return;
    known_saved_ |= OnlyThread(thread);
    known_[thread].Save(log_, width_);
  }
  void SaveReleased(Object& object) {
    if (object.released_saved == epoch_) return;
    object.released_saved = epoch_;
    object.released.Save(log_, width_);
  }
  void SaveReads(Object& object) {
    if (object.reads_saved == epoch_) return;
    object.reads_saved = epoch_;
    object.reads.Save(log_, width_);
  }
  Object& ObjectAt(const volatile void* address) {
    Object& object = objects_[address];
    if (!object.listed) [[unlikely]]
      List(object, address);
    return object;
  }
  [[gnu::noinline]] void List(Object& object, const volatile void* address);
  // `latest_` has performed a step. What its known_ was before is saved.
  void Synchronize(const NextStep& next);
  void Acquire(const Object& object, std::memory_order order);
  void Publish(Object& object, std::memory_order order, bool keeps);
  void Fence(std::memory_order order);
  void ReadModifyWrite(bool failed);
  void NoteRead(uint32_t thread, Object& object, uint32_t moment);
  // Whether an access or a write by `thread` races with what was done to the
  // object.
  std::optional<ObjectRace> Races(uint32_t thread, const volatile void* address,
                                  const Object& object) const;
  std::optional<ObjectRace> FreedAt(const volatile void* object) const;
  std::optional<ObjectRace> RacesWithWriter(uint32_t thread,
                                            const Object& object) const;
  std::optional<ObjectRace> RacesWithReaders(uint32_t thread,
                                             const Object& object) const;

  uint32_t threads_ = 0;  // One more than the greatest thread,
  uint32_t width_ = 0;    // rounded up for clocks.
  uint32_t latest_ = 0;   // The thread of the latest step.
  AccessKind latest_kind_ = AccessKind::kLoad;
  SmallOrder latest_order_ = std::memory_order_seq_cst;
  SmallOrder latest_failure_order_ = std::memory_order_seq_cst;
  Object* latest_object_ = nullptr;  // Of the latest step, if it has one.
  // By thread: all that happens before its next step; what an acquire fence
  // would add; what a release fence made public.
  std::array<VectorClock, kMaxModelThreads> known_;
  std::array<VectorClock, kMaxModelThreads> read_relaxed_;
  std::array<VectorClock, kMaxModelThreads> fenced_;
  VectorClock returned_;           // What has happened before some return.
  std::vector<FreedBlock> freed_;  // While other threads were running.
  // How all of these and all objects go back to what they were.
  UndoLog log_;
  uint64_t epoch_ = 1;         // Grows with each mark that is made or used.
  ThreadSet known_saved_ = 0;  // Whose known_ was saved in this one.

  // Of all executions: objects that none has touched yet are as new.
  AddressMap<Object> objects_;
  ObjectLines lines_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_SYNCHRONIZATION_H_

// What an execution asks where loads may be stale: what each access reads, and
// where each write stands among those of its object. The scheduler goes on to
// choose who runs; this chooses what is seen.
//
// From the first thread's start to the end of the execution, or to where the
// body says that all threads have ended (Execution::EndThreads), it is told of
// every step, in the order in which they are performed. What happened before is
// the past of everything: an object's value then is its initial value.

#ifndef MORTSAFE_HARNESS_MODEL_WEAK_MEMORY_H_
#define MORTSAFE_HARNESS_MODEL_WEAK_MEMORY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

// Where a load's value came from, for traces.
struct ValueSource {
  enum class Kind : uint8_t {
    kLatest,   // Nothing later was written to the object so far.
    kInitial,  // The object's first value, which was overwritten.
    kStale,    // A write of `thread` that was overwritten.
  };
  Kind kind = Kind::kLatest;
  uint32_t thread = 0;
  uint32_t ordinal = 0;  // Of its thread's writes to the object, from 1.
};

class WeakMemory {
 public:
  virtual ~WeakMemory() = default;

  // `thread` touches an object of the seam (a construction is a plain write) or
  // frees a block. Says what that races with. What is done to a lock or a
  // condition variable is touched first, and then performed by one of the calls
  // below; Load, Store and Update do both, and race() says what they race with.
  virtual std::optional<ObjectRace> Touch(uint32_t thread,
                                          const Access& access) = 0;
  virtual std::optional<ObjectRace> Create(uint32_t thread,
                                           const volatile void* object) = 0;
  virtual std::optional<ObjectRace> Free(uint32_t thread, const void* block,
                                         size_t size) = 0;

  // Accesses to an atomic. `initial` is the value that it was given when it was
  // constructed. Load and Update return what they read.
  virtual uint64_t Load(uint32_t thread, const Access& access,
                        uint64_t initial) = 0;
  virtual void Store(uint32_t thread, const Access& access, uint64_t value,
                     uint64_t initial) = 0;
  virtual uint64_t Update(uint32_t thread, const Access& access,
                          const AtomicUpdate& update, uint64_t initial) = 0;
  virtual void Fence(uint32_t thread, std::memory_order order) = 0;
  // Where the latest Load or Update of the execution found its value.
  virtual ValueSource LatestSource() const = 0;
  // How many writes to its object that the execution has come to the latest
  // access took no notice of: they come later in modification order than what
  // it read, or than what it wrote.
  virtual uint32_t LatestOverlooked() const = 0;

  // Locks and condition variables, whose state the execution keeps. `lock` is
  // what it was before the step.
  virtual void Acquire(uint32_t thread, const Access& access,
                       const LockState& lock) = 0;
  // Whether the attempt succeeds: it may fail because of an earlier holder.
  virtual bool TryAcquire(uint32_t thread, const Access& access,
                          const LockState& lock) = 0;
  virtual void Release(uint32_t thread, const Access& access,
                       const LockState& lock) = 0;
  // `thread` notifies `condition`, or begins to wait for it.
  virtual void Signal(uint32_t thread, const volatile void* condition) = 0;
  // `thread` woke `other`, which waited for a condition variable.
  virtual void Wake(uint32_t thread, uint32_t other) = 0;

  // `thread` begins an operation of interest, or ends it. There is one clock
  // for all of them: a return is a release and a call an acquire, so that what
  // had returned before a call happens before it; nothing else is ordered by
  // it.
  virtual void Call(uint32_t thread) = 0;
  virtual void Return(uint32_t thread) = 0;

  virtual void Spawn(uint32_t thread, uint32_t other) = 0;
  virtual void Finish(uint32_t thread) = 0;
  virtual void Join(uint32_t thread, uint32_t other) = 0;

  // Calls visit(object, size, value) for each atomic that was written to and
  // not freed: the last value in modification order, which is what a thread
  // reads that has joined all others. `size` is in bytes.
  using VisitValue =
      absl::FunctionRef<void(const volatile void*, size_t, uint64_t)>;
  virtual void VisitLastValues(VisitValue visit) = 0;

  // Why the execution cannot be followed, or null.
  virtual const char* refusal() const { return nullptr; }

  // What the latest access to an atomic races with: it was not performed.
  const std::optional<ObjectRace>& race() const { return race_; }

  // Which step of its thread the access that follows is part of.
  void SetStep(uint32_t step) { step_ = step; }

 protected:
  uint32_t step() const { return step_; }

  std::optional<ObjectRace> race_;

 private:
  uint32_t step_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_WEAK_MEMORY_H_

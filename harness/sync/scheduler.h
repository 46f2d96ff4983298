// The one interface through which the seam's types call whoever controls the
// execution. The seam declares it; harness/model implements it. Nothing here
// knows what a scheduler does with a call.
//
// Used by the types of <mortsafe/sync.h> only.

#ifndef MORTSAFE_HARNESS_SYNC_SCHEDULER_H_
#define MORTSAFE_HARNESS_SYNC_SCHEDULER_H_

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace mortsafe {

// What a thread is about to do to shared state.
enum class AccessKind : uint8_t {
  kLoad,
  kStore,
  kReadModifyWrite,
  kCompareExchange,
  kFence,
  kPlainRead,
  kPlainWrite,
  kLock,
  kTryLock,
  kUnlock,
  kLockShared,
  kTryLockShared,
  kUnlockShared,
  kWait,
  kNotify,
  kJoin,
  kYield,
  // The beginning and the end of an operation of interest, while weak().
  kCall,
  kReturn,
};

// A memory order in one byte. Not a bit-field, over which GCC 12 skips in no
// designated initializer.
class SmallOrder {
 public:
  constexpr SmallOrder(std::memory_order order)
      : order_(static_cast<uint8_t>(order)) {}
  constexpr operator std::memory_order() const {
    return static_cast<std::memory_order>(order_);
  }

 private:
  uint8_t order_;
};

// Small enough to be passed in registers.
struct Access {
  AccessKind kind = AccessKind::kLoad;
  // Of a compare-exchange that does not exchange.
  SmallOrder failure_order = std::memory_order_seq_cst;
  uint8_t size = 0;  // Of an atomic, in bytes.
  std::memory_order order = std::memory_order_seq_cst;
  const volatile void* object = nullptr;
};

// A value as traces show it.
struct ShownValue {
  enum class Form : uint8_t { kNothing, kInteger, kBoolean, kPointer };
  Form form = Form::kNothing;
  uint64_t bits = 0;
};

template <class T>
ShownValue Show(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return {ShownValue::Form::kBoolean, value};
  } else if constexpr (std::is_pointer_v<T>) {
    return {ShownValue::Form::kPointer, reinterpret_cast<uintptr_t>(value)};
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    return {ShownValue::Form::kInteger, static_cast<uint64_t>(value)};
  } else {
    return {};
  }
}

// What an access read and wrote; `failed` is a compare-exchange that did not
// exchange, and `expected` what it would have.
struct AccessResult {
  ShownValue read = {};
  ShownValue written = {};
  ShownValue expected = {};
  bool failed = false;
};

// The bits of a value that an atomic holds, for executions in which loads may
// be stale: there values are kept by whoever controls the execution.
template <class T>
inline constexpr bool kFitsInWord = sizeof(T) <= sizeof(uint64_t);

template <class T>
  requires kFitsInWord<T>
uint64_t BitsOf(const T& value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  return bits;
}

template <class T>
  requires kFitsInWord<T>
T FromBits(uint64_t bits) {
  alignas(T) std::byte bytes[sizeof(T)];
  std::memcpy(bytes, &bits, sizeof(T));
  return std::bit_cast<T>(bytes);
}

// A read-modify-write as a function of what it reads.
struct AtomicUpdate {
  enum class Condition : uint8_t { kAlways, kIfEqual, kUnlessEqual };
  // What it writes if it reads `before`.
  uint64_t (*apply)(uint64_t before, uint64_t operand) = nullptr;
  uint64_t operand = 0;
  // Unless what it reads compares so with `compared`, it only reads.
  Condition condition = Condition::kAlways;
  uint64_t compared = 0;

  bool Writes(uint64_t before) const {
    return condition == Condition::kAlways ||
           (before == compared) == (condition == Condition::kIfEqual);
  }
};

// The state of a modelled lock, kept inside the lock.
struct LockState {
  static constexpr int32_t kExclusive = -1;
  int32_t holders = 0;   // Number of shared holders, or kExclusive.
  uint32_t owner = 0;    // The exclusive holder.
  uint64_t sharers = 0;  // The shared holders, a bit each.
  // Who has come to take it exclusively, and shared, and has not done so yet:
  // in the execution of that number alone, as a lock may outlive one that was
  // abandoned.
  uint64_t execution = 0;
  uint64_t waiters = 0;
  uint64_t shared_waiters = 0;
};

// The threads that wait for a modelled condition variable, a bit each.
struct ConditionState {
  uint64_t waiting = 0;
};

// What a new thread runs.
class ThreadBody {
 public:
  virtual ~ThreadBody() = default;
  virtual void Run() = 0;
  // Called in the new thread once it has run. Bodies that outlive their threads
  // do nothing here.
  virtual void Finish() { delete this; }
};

class Scheduler {
 public:
  // Each of the following is a scheduling point, and returns once the calling
  // thread may perform the access (for locks: has performed it).
  virtual void BeforeAccess(Access access) = 0;
  virtual void Acquire(Access access, LockState& lock) = 0;
  virtual bool TryAcquire(Access access, LockState& lock) = 0;
  virtual void Release(Access access, LockState& lock) = 0;
  // Releases `lock`, waits to be notified, and acquires `lock` again, as
  // `reacquire` describes it: exclusively, both times.
  virtual void Wait(ConditionState& condition, LockState& lock,
                    Access reacquire) = 0;
  virtual void Notify(ConditionState& condition, bool all) = 0;
  virtual void Join(uint32_t thread) = 0;

  // Starts a thread and returns its number.
  virtual uint32_t Spawn(ThreadBody* body) = 0;

  // The number of the calling thread, from 0 in order of creation.
  virtual uint32_t CurrentThread() const = 0;

  // True while somebody watches the execution; only then are the calls below
  // worth making.
  bool tracing() const { return tracing_; }
  // True while loads may be stale: what an atomic's accesses read and write is
  // then up to the three calls that follow, each after its BeforeAccess(), and
  // the atomic itself keeps the value it began with, `initial`. Only while
  // tracing().
  bool weak() const { return weak_; }
  virtual uint64_t WeakLoad(uint64_t initial) = 0;
  virtual void WeakStore(uint64_t value, uint64_t initial) = 0;
  // Returns what it read.
  virtual uint64_t WeakUpdate(const AtomicUpdate& update, uint64_t initial) = 0;
  // The calling thread does what cannot be done while weak(): `what`.
  [[noreturn]] virtual void RefuseWeak(const char* what) = 0;

  // The calling thread has constructed an object of the seam.
  virtual void Created(const volatile void* object) = 0;
  // What an access read and wrote: of changes only while observing(), of loads
  // and of plain objects only while recording().
  virtual void Observe(const AccessResult& result) = 0;
  bool observing() const { return observing_; }
  // True while all of that is recorded.
  bool recording() const { return recording_; }
  // Names an object: "read", or "entry(3)" if it has a number.
  virtual void SetName(const volatile void* object, const char* name) = 0;
  virtual void SetName(const volatile void* object, const char* name,
                       uint64_t number) = 0;

 protected:
  ~Scheduler() = default;
  bool tracing_ = false;
  bool weak_ = false;
  bool observing_ = false;
  bool recording_ = false;
};

// Relaxed, so that fibers that share the operating system's thread do not race
// on it in ThreadSanitizer's eyes; it compiles to a plain load.
inline thread_local constinit std::atomic<Scheduler*> active_scheduler{nullptr};

// The scheduler that controls the calling thread, or null: then the seam's
// types do what std's do.
inline Scheduler* ActiveScheduler() {
  return active_scheduler.load(std::memory_order_relaxed);
}

// While one of these lives, the seam's types do on this thread what std's do.
// For a look from outside, while no other thread of the execution has begun:
// what they do unscheduled, no memory model knows of.
class Unscheduled {
 public:
  Unscheduled()
      : scheduler_(
            active_scheduler.exchange(nullptr, std::memory_order_relaxed)) {}
  ~Unscheduled() {
    active_scheduler.store(scheduler_, std::memory_order_relaxed);
  }
  Unscheduled(const Unscheduled&) = delete;
  Unscheduled& operator=(const Unscheduled&) = delete;

 private:
  Scheduler* const scheduler_;
};

// For constructors.
inline void AnnounceCreation(const volatile void* object) {
  Scheduler* const scheduler = ActiveScheduler();
  if (scheduler != nullptr && scheduler->tracing()) [[unlikely]]
    scheduler->Created(object);
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SYNC_SCHEDULER_H_

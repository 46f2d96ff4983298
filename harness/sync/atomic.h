// The modelled atomic<T>: std::atomic<T> with a scheduling point before each
// operation. Include <mortsafe/sync.h> instead.
//
// Under a scheduler the threads are fibers of one operating-system thread,
// which switch at scheduling points only: nothing comes between what an
// operation reads and what it writes, and it need not pay for a locked
// instruction, which costs as much as a switch. ThreadSanitizer is shown the
// real operation.

#ifndef MORTSAFE_HARNESS_SYNC_ATOMIC_H_
#define MORTSAFE_HARNESS_SYNC_ATOMIC_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <type_traits>

#include "harness/sync/access_hook.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
inline namespace modelled {

template <class T>
class atomic {
 public:
  using value_type = T;
  using Order = std::memory_order;
  static constexpr bool is_always_lock_free =
      std::atomic<T>::is_always_lock_free;

  constexpr atomic() noexcept : atomic(T()) {}
  constexpr atomic(T value) noexcept : value_(value) {
    if (!std::is_constant_evaluated()) AnnounceCreation(this);
  }
  atomic(const atomic&) = delete;
  atomic& operator=(const atomic&) = delete;

  bool is_lock_free() const noexcept { return value_.is_lock_free(); }

  T load(Order order = Order::seq_cst) const noexcept {
    Scheduler* scheduler = ActiveScheduler();
    if (scheduler == nullptr) {
      BeforeNativeAccess();
      return value_.load(order);
    }
    scheduler->BeforeAccess({.kind = AccessKind::kLoad,
                             .size = kSize,
                             .order = order,
                             .object = this});
    if (scheduler->tracing()) [[unlikely]]
      return TracedLoad(*scheduler, order);
    return value_.load(Controlled(order));
  }
  operator T() const noexcept { return load(); }

  void store(T value, Order order = Order::seq_cst) noexcept {
    if (Scheduler* scheduler = ActiveScheduler()) {
      scheduler->BeforeAccess({.kind = AccessKind::kStore,
                               .size = kSize,
                               .order = order,
                               .object = this});
      if (scheduler->tracing()) [[unlikely]]
        return TracedStore(*scheduler, value, order);
      order = Controlled(order);
    } else {
      BeforeNativeAccess();
    }
    value_.store(value, order);
  }
  T operator=(T value) noexcept {
    store(value);
    return value;
  }

  T exchange(T value, Order order = Order::seq_cst) noexcept {
    return ReadModifyWrite(
        order, [&] { return value_.exchange(value, order); },
        [](T, T operand) { return operand; }, value);
  }

  bool compare_exchange_strong(T& expected, T desired, Order success,
                               Order failure) noexcept {
    Scheduler* scheduler = ActiveScheduler();
    if (scheduler != nullptr) {
      scheduler->BeforeAccess({.kind = AccessKind::kCompareExchange,
                               .failure_order = failure,
                               .size = kSize,
                               .order = success,
                               .object = this});
    }
    if (scheduler == nullptr) {
      BeforeNativeAccess();
      return value_.compare_exchange_strong(expected, desired, success,
                                            failure);
    }
    if (scheduler->tracing()) [[unlikely]] {
      return TracedCompareExchange(*scheduler, expected, desired, success,
                                   failure);
    }
    return ControlledCompareExchange(expected, desired, success, failure);
  }
  bool compare_exchange_strong(T& expected, T desired,
                               Order order = Order::seq_cst) noexcept {
    return compare_exchange_strong(expected, desired, order,
                                   OrderOnFailure(order));
  }
  // Never fails spuriously here; a correct map may not rely on that.
  bool compare_exchange_weak(T& expected, T desired, Order success,
                             Order failure) noexcept {
    return compare_exchange_strong(expected, desired, success, failure);
  }
  bool compare_exchange_weak(T& expected, T desired,
                             Order order = Order::seq_cst) noexcept {
    return compare_exchange_strong(expected, desired, order);
  }

  // Arithmetic, for the types for which std::atomic has it.
  template <class D>
    requires requires(std::atomic<T>& a, D d) { a.fetch_add(d); }
  T fetch_add(D operand, Order order = Order::seq_cst) noexcept {
    return ReadModifyWrite(
        order, [&] { return value_.fetch_add(operand, order); },
        [](T before, D by) { return Sum(before, by); }, operand);
  }
  template <class D>
    requires requires(std::atomic<T>& a, D d) { a.fetch_sub(d); }
  T fetch_sub(D operand, Order order = Order::seq_cst) noexcept {
    return ReadModifyWrite(
        order, [&] { return value_.fetch_sub(operand, order); },
        [](T before, D by) { return Difference(before, by); }, operand);
  }
  T fetch_and(T operand, Order order = Order::seq_cst) noexcept
    requires std::is_integral_v<T>
  {
    return ReadModifyWrite(
        order, [&] { return value_.fetch_and(operand, order); },
        [](T before, T by) { return static_cast<T>(before & by); }, operand);
  }
  T fetch_or(T operand, Order order = Order::seq_cst) noexcept
    requires std::is_integral_v<T>
  {
    return ReadModifyWrite(
        order, [&] { return value_.fetch_or(operand, order); },
        [](T before, T by) { return static_cast<T>(before | by); }, operand);
  }
  T fetch_xor(T operand, Order order = Order::seq_cst) noexcept
    requires std::is_integral_v<T>
  {
    return ReadModifyWrite(
        order, [&] { return value_.fetch_xor(operand, order); },
        [](T before, T by) { return static_cast<T>(before ^ by); }, operand);
  }
  T operator++() noexcept { return Sum(fetch_add(1), 1); }
  T operator++(int) noexcept { return fetch_add(1); }
  T operator--() noexcept { return Difference(fetch_sub(1), 1); }
  T operator--(int) noexcept { return fetch_sub(1); }
  template <class D>
  T operator+=(D operand) noexcept {
    return Sum(fetch_add(operand), operand);
  }
  template <class D>
  T operator-=(D operand) noexcept {
    return Difference(fetch_sub(operand), operand);
  }

 private:
#if defined(MORTSAFE_TSAN)
  static constexpr bool kSwitchesAtPointsOnly = false;
#else
  static constexpr bool kSwitchesAtPointsOnly = true;
#endif

  // The order that the machine has to keep under a scheduler.
  static constexpr Order Controlled(Order order) {
    return kSwitchesAtPointsOnly ? Order::relaxed : order;
  }

  // As std::atomic adds and subtracts: integers wrap around.
  template <class D>
  static T Sum(T value, D operand) {
    if constexpr (std::is_integral_v<T>) {
      using Unsigned = std::make_unsigned_t<T>;
      return static_cast<T>(static_cast<Unsigned>(value) +
                            static_cast<Unsigned>(operand));
    } else {
      return static_cast<T>(value + operand);
    }
  }
  template <class D>
  static T Difference(T value, D operand) {
    if constexpr (std::is_integral_v<T>) {
      using Unsigned = std::make_unsigned_t<T>;
      return static_cast<T>(static_cast<Unsigned>(value) -
                            static_cast<Unsigned>(operand));
    } else {
      return static_cast<T>(value - operand);
    }
  }

  static constexpr Order OrderOnFailure(Order order) {
    if (order == Order::acq_rel) return Order::acquire;
    if (order == Order::release) return Order::relaxed;
    return order;
  }

  // Values are equal if and only if all of their bits are, which is what
  // std::atomic compares.
  static constexpr bool kIsItsBits =
      std::is_integral_v<T> || std::is_enum_v<T> || std::is_pointer_v<T>;

  // For Access; larger ones are refused where it matters.
  static constexpr uint8_t kSize = kFitsInWord<T> ? sizeof(T) : 0;

  // What the operations do under a scheduler.

  bool ControlledCompareExchange(T& expected, T desired, Order success,
                                 Order failure) {
    if constexpr (kSwitchesAtPointsOnly && kIsItsBits) {
      const T before = value_.load(Order::relaxed);
      const bool exchanges = before == expected;
      if (exchanges) value_.store(desired, Order::relaxed);
      expected = before;
      return exchanges;
    } else {
      return value_.compare_exchange_strong(expected, desired, success,
                                            failure);
    }
  }
  template <class Operation, class After, class Operand>
  T ControlledReadModifyWrite(Operation operation, After after,
                              Operand operand) {
    if constexpr (kSwitchesAtPointsOnly) {
      const T before = value_.load(Order::relaxed);
      value_.store(after(before, operand), Order::relaxed);
      return before;
    } else {
      return operation();
    }
  }

  // Performs `operation`; after(before, operand) is what it leaves behind.
  template <class Operation, class After, class Operand>
  T ReadModifyWrite(Order order, Operation operation, After after,
                    Operand operand) noexcept {
    Scheduler* scheduler = ActiveScheduler();
    if (scheduler == nullptr) {
      BeforeNativeAccess();
      return operation();
    }
    scheduler->BeforeAccess({.kind = AccessKind::kReadModifyWrite,
                             .size = kSize,
                             .order = order,
                             .object = this});
    if (scheduler->tracing()) [[unlikely]]
      return TracedReadModifyWrite(*scheduler, operation, after, operand);
    return ControlledReadModifyWrite(operation, after, operand);
  }

  // What the operations do while somebody watches. Not inlined, as that is rare
  // and their callers' frames are looked at to find threads that spin.

  [[gnu::noinline]] T TracedLoad(Scheduler& scheduler, Order order) const {
    const T value =
        scheduler.weak() ? WeakLoad(scheduler) : value_.load(Controlled(order));
    if (scheduler.recording()) scheduler.Observe({.read = Show(value)});
    return value;
  }
  [[gnu::noinline]] void TracedStore(Scheduler& scheduler, T value,
                                     Order order) {
    if (scheduler.observing()) scheduler.Observe({.written = Show(value)});
    if (scheduler.weak()) {
      WeakStore(scheduler, value);
    } else {
      value_.store(value, Controlled(order));
    }
  }
  template <class Operation, class After, class Operand>
  [[gnu::noinline]] T TracedReadModifyWrite(Scheduler& scheduler,
                                            Operation operation, After after,
                                            Operand operand) {
    const T before = scheduler.weak()
                         ? WeakReadModifyWrite<After>(scheduler, operand)
                         : ControlledReadModifyWrite(operation, after, operand);
    if (scheduler.observing()) {
      scheduler.Observe(
          {.read = Show(before), .written = Show(after(before, operand))});
    }
    return before;
  }
  [[gnu::noinline]] bool TracedCompareExchange(Scheduler& scheduler,
                                               T& expected, T desired,
                                               Order success, Order failure) {
    const T wanted = expected;
    const bool exchanged =
        scheduler.weak()
            ? WeakCompareExchange(scheduler, expected, desired)
            : ControlledCompareExchange(expected, desired, success, failure);
    if (scheduler.observing()) {
      scheduler.Observe({.read = Show(expected),
                         .written = Show(desired),
                         .expected = Show(wanted),
                         .failed = !exchanged});
    }
    return exchanged;
  }

  // What the operations do where loads may be stale.

  uint64_t InitialBits() const {
    return BitsOf(value_.load(std::memory_order_relaxed));
  }
  T WeakLoad(Scheduler& scheduler) const {
    if constexpr (kFitsInWord<T>) {
      return FromBits<T>(scheduler.WeakLoad(InitialBits()));
    } else {
      scheduler.RefuseWeak(kTooLarge);
    }
  }
  void WeakStore(Scheduler& scheduler, const T& value) {
    if constexpr (kFitsInWord<T>) {
      scheduler.WeakStore(BitsOf(value), InitialBits());
    } else {
      scheduler.RefuseWeak(kTooLarge);
    }
  }
  template <class After, class Operand>
  T WeakReadModifyWrite(Scheduler& scheduler, Operand operand) {
    if constexpr (kFitsInWord<T>) {
      const auto apply = [](uint64_t before, uint64_t by) {
        return BitsOf<T>(After()(FromBits<T>(before), FromBits<Operand>(by)));
      };
      return FromBits<T>(scheduler.WeakUpdate(
          {.apply = apply, .operand = BitsOf(operand)}, InitialBits()));
    } else {
      scheduler.RefuseWeak(kTooLarge);
    }
  }
  bool WeakCompareExchange(Scheduler& scheduler, T& expected, T desired) {
    if constexpr (kFitsInWord<T>) {
      const uint64_t wanted = BitsOf(expected);
      const uint64_t found = scheduler.WeakUpdate(
          {.apply = [](uint64_t, uint64_t operand) { return operand; },
           .operand = BitsOf(desired),
           .condition = AtomicUpdate::Condition::kIfEqual,
           .compared = wanted},
          InitialBits());
      expected = FromBits<T>(found);
      return found == wanted;
    } else {
      scheduler.RefuseWeak(kTooLarge);
    }
  }

  static constexpr const char* kTooLarge =
      "an atomic of more than eight bytes is used";

  std::atomic<T> value_;
};

// Part of what follows. Not inlined, as that is rare, and would enlarge its
// callers' frames.
template <class T>
[[gnu::noinline]] void RecordPlainWrite(Scheduler& scheduler, const T& value) {
  scheduler.Observe({.written = Show(value)});
}

// Begins the atomic anew with `value`, as its construction did: by a write that
// is no atomic operation. It races with whatever another thread does to the
// atomic, if nothing else orders the two.
template <class T>
void WritePlainly(atomic<T>& object, std::type_identity_t<T> value) noexcept {
  if (Scheduler* scheduler = ActiveScheduler()) {
    scheduler->BeforeAccess(
        {.kind = AccessKind::kPlainWrite, .object = &object});
    if (scheduler->recording()) [[unlikely]]
      RecordPlainWrite(*scheduler, value);
  } else {
    BeforeNativeAccess();
  }
  std::construct_at(&object, value);
}

inline void atomic_thread_fence(std::memory_order order) noexcept {
  if (Scheduler* scheduler = ActiveScheduler()) {
    scheduler->BeforeAccess(
        {.kind = AccessKind::kFence, .order = order, .object = nullptr});
  } else {
    BeforeNativeAccess();
  }
#if defined(MORTSAFE_TSAN)
  // ThreadSanitizer does not model fences, and GCC and clang warn of that; a
  // controlled execution is sequentially consistent without it.
#else
  std::atomic_thread_fence(order);
#endif
}

}  // namespace modelled
}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SYNC_ATOMIC_H_

// A bounded queue for one producer and one consumer, without locks.
//
// The indices only grow; slot i % capacity belongs to the producer while
// taken_ + capacity > i, and to the consumer once made_ > i.

#ifndef SPSC_RING_H_
#define SPSC_RING_H_

#include <mortsafe/sync.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

template <class T, std::size_t capacity>
class SpscRing {
 public:
  // False if the queue is full. REQUIRES: one thread at a time calls it.
  bool TryPush(T value) {
    const std::size_t made = made_.load(std::memory_order_relaxed);
    if (made - taken_.load(std::memory_order_acquire) == capacity) return false;
    slots_[made % capacity].value.write() = std::move(value);
    made_.store(made + 1, std::memory_order_release);
    return true;
  }

  // Nothing if the queue is empty. REQUIRES: one thread at a time calls it.
  std::optional<T> TryPop() {
    const std::size_t taken = taken_.load(std::memory_order_relaxed);
    if (made_.load(std::memory_order_acquire) == taken) return std::nullopt;
    T value = std::move(slots_[taken % capacity].value.write());
    taken_.store(taken + 1, std::memory_order_release);
    return value;
  }

 private:
  struct Slot {
    mortsafe::plain<T> value{std::in_place};
  };

  mortsafe::atomic<std::size_t> made_{0};
  mortsafe::atomic<std::size_t> taken_{0};
  std::array<Slot, capacity> slots_;
};

#endif  // SPSC_RING_H_

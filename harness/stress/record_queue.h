// From one client to the checker: a queue of bounded size for one producer and
// one consumer. A client that finds it full waits for the checker, so that what
// has not been checked takes bounded memory.
//
//   queue.Open();                        // Consumer, before a map's
//   operations. queue.Push(operation);               // Producer, for each
//   operation, queue.Close();                       // and when there are no
//   more. while (!queue.IsOver())              // Consumer.
//     if (queue.HasNext()) queue.Take(operation, [](const RecordCell&) {});

#ifndef MORTSAFE_HARNESS_STRESS_RECORD_QUEUE_H_
#define MORTSAFE_HARNESS_STRESS_RECORD_QUEUE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/base/check.h"
#include "harness/history/history.h"
#include "harness/stress/record.h"

namespace mortsafe {

class RecordQueue {
 public:
  // REQUIRES: `capacity` is a power of two, at most 2^30.
  explicit RecordQueue(size_t capacity) : cells_(capacity) {
    Check(capacity > 0 && (capacity & (capacity - 1)) == 0 &&
              capacity <= size_t{1} << 30,
          "a queue's capacity is a power of two");
  }
  RecordQueue(const RecordQueue&) = delete;
  RecordQueue& operator=(const RecordQueue&) = delete;

  size_t capacity() const { return cells_.size(); }

  // For the producer.

  // Waits for room. REQUIRES: the operation takes at most half of the cells.
  void Push(const HistoryOperation& operation) {
    const auto count = static_cast<uint32_t>(CellCount(operation));
    const uint32_t tail = tail_.load(std::memory_order_relaxed);
    AwaitRoom(tail + count);
    for (uint32_t i = 0; i < count; ++i) {
      At(tail + i) = MakeCell(operation, i);
    }
    tail_.store(tail + count, std::memory_order_release);
  }

  // No more operations until the consumer opens the queue again.
  void Close() { closed_.store(true, std::memory_order_release); }

  // For the consumer.

  // REQUIRES: the queue is new, or IsOver().
  void Open() { closed_.store(false, std::memory_order_relaxed); }

  bool HasNext() {
    if (next_ != known_tail_) return true;
    known_tail_ = tail_.load(std::memory_order_acquire);
    if (next_ != known_tail_) return true;
    PublishHead();
    return false;
  }

  // Whether it is closed and all was taken.
  bool IsOver() {
    // In this order: nothing follows what was pushed before the end.
    return closed_.load(std::memory_order_acquire) && !HasNext();
  }

  // When the next operation was called. REQUIRES: HasNext().
  uint64_t next_call_time() { return At(next_)[0]; }

  // How many cells were seen and not taken.
  size_t waiting() const { return known_tail_ - next_; }

  // Takes the next operation, and shows its cells. REQUIRES: HasNext().
  template <class Visitor>
  void Take(HistoryOperation& operation, Visitor visit) {
    ReadCell(At(next_), 0, operation);
    visit(At(next_));
    const auto count = static_cast<uint32_t>(CellCount(operation));
    for (uint32_t i = 1; i < count; ++i) {
      ReadCell(At(next_ + i), i, operation);
      visit(At(next_ + i));
    }
    next_ += count;
    if (next_ - published_ >= cells_.size() / 4) PublishHead();
  }

 private:
  // Positions count cells and wrap around.
  RecordCell& At(uint32_t position) {
    return cells_[position & (cells_.size() - 1)];
  }

  // Waits until the cells up to `tail` fit.
  void AwaitRoom(uint32_t tail) {
    while (tail - known_head_ > cells_.size()) {
      const uint32_t head = head_.load(std::memory_order_acquire);
      if (head == known_head_) head_.wait(head, std::memory_order_acquire);
      known_head_ = head_.load(std::memory_order_acquire);
    }
  }

  // Now and then only: a producer that waits is woken up by it.
  void PublishHead() {
    if (published_ == next_) return;
    published_ = next_;
    // A full fence: the standard library then looks whether somebody waits.
    head_.store(next_, std::memory_order_seq_cst);
    head_.notify_one();
  }

  static constexpr size_t kCacheLine = 64;

  std::vector<RecordCell> cells_;
  alignas(kCacheLine) std::atomic<uint32_t> tail_{0};
  std::atomic<bool> closed_{false};
  uint32_t known_head_ = 0;  // The producer's.
  alignas(kCacheLine) std::atomic<uint32_t> head_{0};
  uint32_t published_ = 0;  // The consumer's, as all that follows.
  uint32_t next_ = 0;
  uint32_t known_tail_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_STRESS_RECORD_QUEUE_H_

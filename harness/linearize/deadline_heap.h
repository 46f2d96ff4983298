// The open blocks of one kind, the one with the earliest deadline on top.

#ifndef MORTSAFE_HARNESS_LINEARIZE_DEADLINE_HEAP_H_
#define MORTSAFE_HARNESS_LINEARIZE_DEADLINE_HEAP_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace mortsafe {

inline constexpr uint64_t kNeverDue = std::numeric_limits<uint64_t>::max();

// Keeps its memory when it is emptied.
class DeadlineHeap {
 public:
  struct Entry {
    uint64_t deadline = kNeverDue;
    uint64_t begin = 0;
    uint32_t value = 0;
    uint32_t slack = 0;  // As Block::slack.
  };

  void Clear() { entries_.clear(); }
  bool empty() const { return entries_.empty(); }

  // The earliest deadline, or kNeverDue.
  uint64_t Due() const {
    return entries_.empty() ? kNeverDue : entries_.front().deadline;
  }

  void Push(const Entry& entry) {
    entries_.push_back(entry);
    std::push_heap(entries_.begin(), entries_.end(), IsLater);
  }

  // Removes the entry with the earliest deadline. REQUIRES: !empty().
  Entry Pop() {
    std::pop_heap(entries_.begin(), entries_.end(), IsLater);
    const Entry first = entries_.back();
    entries_.pop_back();
    return first;
  }

 private:
  static bool IsLater(const Entry& a, const Entry& b) {
    return a.deadline > b.deadline;
  }

  std::vector<Entry> entries_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_DEADLINE_HEAP_H_

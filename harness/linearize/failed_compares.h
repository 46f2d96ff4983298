// The failed CompareAndSwaps and CompareAndDeletes of one key by the value that
// they did not find. Each wants a moment between its call and its return at
// which the key holds something else.

#ifndef MORTSAFE_HARNESS_LINEARIZE_FAILED_COMPARES_H_
#define MORTSAFE_HARNESS_LINEARIZE_FAILED_COMPARES_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "harness/linearize/deadline_heap.h"

namespace mortsafe {

// In place of the name of a value: the key is absent.
inline constexpr uint32_t kNoValue = std::numeric_limits<uint32_t>::max();

// Keeps its memory between histories.
class FailedCompares {
 public:
  struct Compare {
    uint64_t call_time = 0;
    // The earliest return of this compare and of those that were called later.
    uint64_t first_return = 0;
  };

  void Clear();
  // REQUIRES: compares are added by call time.
  void Add(uint32_t value, uint64_t call_time, uint64_t return_time);
  // Sorts what was added by value; values are below `values`.
  void Sort(uint32_t values);

  bool empty() const { return added_.empty(); }

  // Those with `value` by call time.
  absl::Span<const Compare> With(uint32_t value) const {
    return empty() ? absl::Span<const Compare>()
                   : absl::MakeConstSpan(sorted_).subspan(
                         begin_[value], begin_[value + 1] - begin_[value]);
  }

  // If the key gets `value` at `moment`: when the value must have been
  // replaced. Compares that were called before find something else just before.
  uint64_t DueAfter(uint32_t value, uint64_t moment) const;

  // When the last of those with `value` was called that were called at `moment`
  // or before; 0 if there is none.
  uint64_t LastCallUpTo(uint32_t value, uint64_t moment) const;

 private:
  // The first with `value` that was called after `moment`, or With(value)'s
  // end.
  absl::Span<const Compare>::iterator FirstAfter(uint32_t value,
                                                 uint64_t moment) const;

  struct Added {
    uint32_t value = 0;
    uint64_t call_time = 0;
    uint64_t return_time = 0;
  };
  std::vector<Added> added_;
  std::vector<Compare> sorted_;  // By value, then call time.
  std::vector<uint32_t> begin_;  // Where each value's compares begin there.
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_FAILED_COMPARES_H_

// A vector clock: for each thread the latest of its moments that came before.
// There is room for all threads, but work is done for the first `width` alone,
// a multiple of 8: whoever keeps clocks knows how many threads there are.

#ifndef MORTSAFE_HARNESS_EXPLORE_VECTOR_CLOCK_H_
#define MORTSAFE_HARNESS_EXPLORE_VECTOR_CLOCK_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "harness/model/memory.h"

namespace mortsafe {

class VectorClock {
 public:
  uint16_t& operator[](uint32_t thread) { return moments_[thread]; }
  uint16_t operator[](uint32_t thread) const { return moments_[thread]; }

  // Becomes `other`. REQUIRES: neither has moments of threads beyond `width`.
  void Assign(const VectorClock& other, uint32_t width) {
    for (uint32_t i = 0; i < width; i += 8) {
      std::memcpy(&moments_[i], &other.moments_[i], 8 * sizeof(uint16_t));
    }
  }
  // Becomes a new one. REQUIRES: it has no moments of threads beyond `width`.
  void Clear(uint32_t width) {
    for (uint32_t i = 0; i < width; i += 8) {
      std::memset(&moments_[i], 0, 8 * sizeof(uint16_t));
    }
  }

  // Takes in `other`, of whose threads only the first `width` count.
  void Join(const VectorClock& other, uint32_t width) {
    // Eight at a time: one instruction does as many.
    for (uint32_t i = 0; i < width; i += 8) {
      for (uint32_t k = i; k < i + 8; ++k) {
        moments_[k] = std::max(moments_[k], other.moments_[k]);
      }
    }
  }

 private:
  static_assert(kMaxModelThreads % 8 == 0);
  std::array<uint16_t, kMaxModelThreads> moments_ = {};
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_VECTOR_CLOCK_H_

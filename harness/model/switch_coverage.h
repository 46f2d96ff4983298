// A measure of how much of a map's concurrency executions have reached: the
// distinct pairs (place where a thread was switched away from, place where the
// next one went on), places being the accesses in the code.

#ifndef MORTSAFE_HARNESS_MODEL_SWITCH_COVERAGE_H_
#define MORTSAFE_HARNESS_MODEL_SWITCH_COVERAGE_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace mortsafe {

// A set of pairs, kept as 2^14 bits: pairs that fall on one bit count once, so
// the count is a lower bound (a thousand pairs lose about thirty).
class SwitchCoverage {
 public:
  static constexpr size_t kWords = 256;
  using Words = std::array<uint64_t, kWords>;

  // Sites are code addresses relative to the start of the program, so that the
  // place at which it was loaded does not matter.
  void Add(uintptr_t from_site, uintptr_t to_site) {
    const uint64_t mixed =
        (from_site * 0x9e3779b97f4a7c15 + to_site) * 0xd1342543de82ef95;
    const uint64_t bit = mixed >> 50;
    words_[bit / 64] |= uint64_t{1} << (bit % 64);
  }

  // The number of distinct pairs.
  uint64_t Count() const {
    uint64_t count = 0;
    for (uint64_t word : words_) {
      count += static_cast<uint64_t>(std::popcount(word));
    }
    return count;
  }

  const Words& words() const { return words_; }

 private:
  Words words_ = {};
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_SWITCH_COVERAGE_H_

// The project's only source of pseudo-random choices.
//
// Every draw is plain integer arithmetic, so a seed means the same choices in
// every process, build and machine; Abseil's and std's distributions may differ
// between versions and are not used where an execution depends on the result.

#ifndef MORTSAFE_HARNESS_BASE_RANDOM_H_
#define MORTSAFE_HARNESS_BASE_RANDOM_H_

#include <cstdint>

namespace mortsafe {

// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
// generators", OOPSLA 2014): one word of state, so seeding costs next to
// nothing.
class Random {
 public:
  explicit constexpr Random(uint64_t seed)
      : state_(seed + kStep), next_(Mixed(state_)) {}

  // A uniformly distributed 64-bit number. It was ready before: what is decided
  // by it cannot be predicted, and the processor waits for it.
  constexpr uint64_t Next() {
    const uint64_t drawn = next_;
    state_ += kStep;
    next_ = Mixed(state_);
    return drawn;
  }

  // What Next() will return.
  constexpr uint64_t Peek() const { return next_; }

  // A number in [0, bound), with a bias below bound / 2^32.
  // REQUIRES: 0 < bound <= 2^32.
  constexpr uint64_t Below(uint64_t bound) { return Scaled(Next(), bound); }

  // The number in [0, bound) that `drawn` stands for in Below().
  static constexpr uint64_t Scaled(uint64_t drawn, uint64_t bound) {
    return ((drawn >> 32) * bound) >> 32;
  }

  // True once in `n` draws on average. REQUIRES: n > 0.
  constexpr bool OneIn(uint64_t n) { return Below(n) == 0; }

 private:
  static constexpr uint64_t kStep = 0x9e3779b97f4a7c15;

  static constexpr uint64_t Mixed(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  uint64_t state_;
  uint64_t next_;
};

// The seed of the `index`-th member of the family that `seed` names. Members
// are independent of the order, and of the process, in which they are drawn.
constexpr uint64_t DeriveSeed(uint64_t seed, uint64_t index) {
  Random first(seed);
  return Random(first.Next() ^ (index * 0xd1342543de82ef95)).Next();
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_BASE_RANDOM_H_

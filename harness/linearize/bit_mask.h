// A small set of small numbers, as bits.

#ifndef MORTSAFE_HARNESS_LINEARIZE_BIT_MASK_H_
#define MORTSAFE_HARNESS_LINEARIZE_BIT_MASK_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace mortsafe {

// Holds numbers from 0 up to 64 * kWords.
template <size_t kWords>
class BitMask {
 public:
  static constexpr size_t kCapacity = 64 * kWords;

  constexpr BitMask() = default;

  static constexpr BitMask Of(size_t number) {
    BitMask mask;
    mask.Add(number);
    return mask;
  }

  constexpr void Add(size_t number) {
    words_[number / 64] |= uint64_t{1} << number % 64;
  }
  constexpr void Remove(size_t number) {
    words_[number / 64] &= ~(uint64_t{1} << number % 64);
  }
  constexpr bool Has(size_t number) const {
    return (words_[number / 64] >> number % 64 & 1) != 0;
  }
  constexpr bool Empty() const {
    uint64_t any = 0;
    for (uint64_t word : words_) any |= word;
    return any == 0;
  }

  constexpr bool HasOne() const {
    int count = 0;
    for (uint64_t word : words_) count += std::popcount(word);
    return count == 1;
  }

  // The least number that is not in the set; kCapacity if all are.
  constexpr size_t FirstAbsent() const {
    for (size_t i = 0; i < kWords; ++i) {
      if (~words_[i] != 0) {
        return 64 * i + static_cast<size_t>(std::countr_one(words_[i]));
      }
    }
    return kCapacity;
  }

  // Calls `function` with each number, in order.
  template <typename Function>
  constexpr void ForEach(Function function) const {
    for (size_t i = 0; i < kWords; ++i) {
      for (uint64_t word = words_[i]; word != 0; word &= word - 1) {
        function(64 * i + static_cast<size_t>(std::countr_zero(word)));
      }
    }
  }

  constexpr BitMask& operator|=(const BitMask& other) {
    for (size_t i = 0; i < kWords; ++i) words_[i] |= other.words_[i];
    return *this;
  }
  constexpr BitMask& operator&=(const BitMask& other) {
    for (size_t i = 0; i < kWords; ++i) words_[i] &= other.words_[i];
    return *this;
  }
  // Takes the numbers of `other` out.
  constexpr BitMask& operator-=(const BitMask& other) {
    for (size_t i = 0; i < kWords; ++i) words_[i] &= ~other.words_[i];
    return *this;
  }
  friend constexpr BitMask operator|(BitMask a, const BitMask& b) {
    return a |= b;
  }
  friend constexpr BitMask operator&(BitMask a, const BitMask& b) {
    return a &= b;
  }
  friend constexpr BitMask operator-(BitMask a, const BitMask& b) {
    return a -= b;
  }
  friend constexpr bool operator==(const BitMask&, const BitMask&) = default;

  constexpr uint64_t Hash() const {
    uint64_t hash = 0;
    for (uint64_t word : words_) hash = (hash ^ word) * 0x9e3779b97f4a7c15;
    return hash;
  }

  // The same set with room for more.
  template <size_t kMore>
  constexpr BitMask<kMore> Widened() const {
    static_assert(kMore >= kWords);
    BitMask<kMore> wide;
    ForEach([&](size_t number) { wide.Add(number); });
    return wide;
  }

 private:
  std::array<uint64_t, kWords> words_ = {};
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_BIT_MASK_H_

// Codes of what all keys of a map hold together, in 64 bits.

#ifndef MORTSAFE_HARNESS_LINEARIZE_MAP_STATES_H_
#define MORTSAFE_HARNESS_LINEARIZE_MAP_STATES_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/linearize/step.h"

namespace mortsafe {

// The code 0 stands for the empty map in every coding.
inline constexpr uint64_t kEmptyMap = 0;

// The codes of a single key: its state.
class OneKeyStates {
 public:
  static constexpr bool kOneKey = true;
  CellState Get(uint64_t code, uint32_t) const {
    return static_cast<CellState>(code);
  }
  uint64_t Set(uint64_t, uint32_t, CellState state) { return state; }
};

// A field of bits for each key, where they fit.
class PackedStates {
 public:
  static constexpr bool kOneKey = false;

  // Whether `keys` keys of `states` states each fit.
  static bool Fits(uint32_t keys, CellState states) {
    return uint64_t{keys} * static_cast<uint64_t>(std::bit_width(states)) <= 64;
  }

  // REQUIRES: Fits(keys, states).
  void Reset(uint32_t, CellState states) {
    bits_ = static_cast<uint32_t>(std::bit_width(states));
    mask_ = (uint64_t{1} << bits_) - 1;
  }
  CellState Get(uint64_t code, uint32_t key) const {
    return static_cast<CellState>(code >> (key * bits_) & mask_);
  }
  uint64_t Set(uint64_t code, uint32_t key, CellState state) const {
    const uint32_t shift = key * bits_;
    return (code & ~(mask_ << shift)) | uint64_t{state} << shift;
  }

 private:
  uint32_t bits_ = 1;
  uint64_t mask_ = 1;
};

// Numbers given to whole states as they turn up, for everything else.
class NumberedStates {
 public:
  static constexpr bool kOneKey = false;

  void Reset(uint32_t keys, CellState) {
    keys_ = keys;
    cells_.assign(keys, kAbsent);
    table_.assign(64, 0);
    count_ = 1;
    Find(0) = 1;
  }
  CellState Get(uint64_t code, uint32_t key) const {
    return cells_[code * keys_ + key];
  }
  uint64_t Set(uint64_t code, uint32_t key, CellState state) {
    if (Get(code, key) == state) return code;
    const size_t old = cells_.size();
    cells_.resize(old + keys_);
    std::copy_n(cells_.begin() + static_cast<ptrdiff_t>(code * keys_), keys_,
                cells_.begin() + static_cast<ptrdiff_t>(old));
    cells_[old + key] = state;
    uint32_t& entry = Find(count_);
    if (entry != 0) {
      cells_.resize(old);
      return entry - 1;
    }
    entry = ++count_;
    const uint64_t added = count_ - 1;
    if (size_t{2} * count_ > table_.size()) Grow();
    return added;
  }

 private:
  // The entry of the cells with this number, or the free one for them.
  uint32_t& Find(uint32_t number) {
    const CellState* cells = &cells_[size_t{number} * keys_];
    uint64_t hash = 0;
    for (uint32_t key = 0; key < keys_; ++key) {
      hash = (hash ^ cells[key]) * 0x9e3779b97f4a7c15;
      hash ^= hash >> 29;
    }
    const size_t mask = table_.size() - 1;
    size_t at = hash & mask;
    while (table_[at] != 0 &&
           !std::equal(cells, cells + keys_,
                       &cells_[size_t{table_[at] - 1} * keys_])) {
      at = (at + 1) & mask;
    }
    return table_[at];
  }

  void Grow() {
    table_.assign(2 * table_.size(), 0);
    for (uint32_t number = 0; number < count_; ++number) {
      Find(number) = number + 1;
    }
  }

  uint32_t keys_ = 0;
  std::vector<CellState> cells_;  // State by state, key by key.
  std::vector<uint32_t> table_;   // 1 + number; 0 is free.
  uint32_t count_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_MAP_STATES_H_

// The configurations of the search: what may have happened so far under a key.

#ifndef MORTSAFE_HARNESS_LINEARIZE_CONFIGURATION_H_
#define MORTSAFE_HARNESS_LINEARIZE_CONFIGURATION_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/linearize/bit_mask.h"
#include "harness/linearize/step.h"

namespace mortsafe {

// Ways the past may have gone that leave the same state: those in which the
// open steps of `done` are in effect, none but those of `flexible` otherwise,
// and of `flexible` any part.
template <size_t kWords>
struct Configuration {
  CellState state = kAbsent;
  BitMask<kWords> done;
  BitMask<kWords> flexible;

  friend bool operator==(const Configuration&, const Configuration&) = default;

  uint64_t Hash() const {
    uint64_t hash = done.Hash() ^ (state * 0xd1342543de82ef95);
    hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15 ^ flexible.Hash();
    return hash ^ hash >> 29;
  }
};

// Which open steps are what, as far as comparing configurations is concerned.
template <size_t kWords>
struct OpenKinds {
  BitMask<kWords> readers;
  BitMask<kWords> writers;
  BitMask<kWords> optional;  // Among the writers.
};

// Whether all that can follow `b` can follow `a`: both are in the same state,
// `a` has read no less and spent no more, and of the writers that must take
// effect it leaves open at least what `b` leaves open.
template <size_t kWords>
bool IsNoWorse(const Configuration<kWords>& a, const Configuration<kWords>& b,
               const OpenKinds<kWords>& open) {
  if (a.state != b.state) return false;
  const BitMask<kWords> forced = open.writers - open.optional - a.flexible;
  return ((b.done & open.readers) - a.done).Empty() &&
         ((a.done & open.optional) - b.done).Empty() &&
         (b.flexible & forced).Empty() &&
         (a.done & forced) == (b.done & forced);
}

// A set that keeps the order of insertion. Small sets are scanned, large ones
// hashed; neither allocates once it has grown.
template <size_t kWords>
class ConfigurationSet {
 public:
  using Item = Configuration<kWords>;

  void Clear() {
    if (indexed_) std::fill(table_.begin(), table_.end(), 0);
    indexed_ = false;
    items_.clear();
  }

  // Adds `item` unless it is there.
  void Add(const Item& item) {
    if (!indexed_) {
      if (std::find(items_.begin(), items_.end(), item) != items_.end()) return;
      items_.push_back(item);
      if (items_.size() > kScanned) Index();
      return;
    }
    uint32_t& entry = Find(item);
    if (entry != 0) return;
    items_.push_back(item);
    entry = static_cast<uint32_t>(items_.size());
    if (2 * items_.size() > table_.size()) Index();
  }

  size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  const Item& operator[](size_t i) const { return items_[i]; }

  // Swaps the members with `items`; the set must be cleared before its next
  // use.
  void SwapItems(std::vector<Item>& items) { items_.swap(items); }

 private:
  static constexpr size_t kScanned = 16;

  uint32_t& Find(const Item& item) {
    const size_t mask = table_.size() - 1;
    size_t at = item.Hash() & mask;
    while (table_[at] != 0 && !(items_[table_[at] - 1] == item)) {
      at = (at + 1) & mask;
    }
    return table_[at];
  }

  void Index() {
    const size_t size = std::max<size_t>(64, 4 * items_.size());
    size_t capacity = std::max<size_t>(64, table_.size());
    while (capacity < size) capacity *= 2;
    table_.assign(capacity, 0);
    indexed_ = true;
    for (uint32_t i = 0; i < items_.size(); ++i) Find(items_[i]) = i + 1;
  }

  std::vector<Item> items_;
  std::vector<uint32_t> table_;  // 1 + index into items_; 0 is free.
  bool indexed_ = false;
};

// Leaves out the configurations of `layer` that another one there betters.
template <size_t kWords>
void DropWorse(const OpenKinds<kWords>& open,
               std::vector<Configuration<kWords>>& layer) {
  using Item = Configuration<kWords>;
  if (layer.size() < 2) return;
  if (layer.size() > 8) {
    std::sort(layer.begin(), layer.end(),
              [](const Item& a, const Item& b) { return a.state < b.state; });
  }
  size_t kept = 0;
  size_t same_state = 0;  // Where the kept ones of this state begin.
  for (size_t i = 0; i < layer.size(); ++i) {
    const Item candidate = layer[i];
    if (layer.size() > 8 && kept > 0 &&
        layer[kept - 1].state != candidate.state) {
      same_state = kept;
    }
    bool bettered = false;
    for (size_t j = same_state; j < kept && !bettered; ++j) {
      bettered = IsNoWorse(layer[j], candidate, open);
    }
    if (bettered) continue;
    size_t stay = same_state;
    for (size_t j = same_state; j < kept; ++j) {
      if (!IsNoWorse(candidate, layer[j], open)) layer[stay++] = layer[j];
    }
    layer[stay++] = candidate;
    kept = stay;
  }
  layer.resize(kept);
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_CONFIGURATION_H_

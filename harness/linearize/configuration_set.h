// The configurations of the search: what may have happened so far.

#ifndef MORTSAFE_HARNESS_LINEARIZE_CONFIGURATION_SET_H_
#define MORTSAFE_HARNESS_LINEARIZE_CONFIGURATION_SET_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mortsafe {

// One way the past may have gone.
struct Configuration {
  uint64_t done = 0;   // The open steps already in effect, a bit a slot.
  uint64_t state = 0;  // What the keys hold, as the search's states code it.

  friend bool operator==(const Configuration&, const Configuration&) = default;
};

// A set that keeps the order of insertion. Small sets are scanned, large ones
// hashed; neither allocates once it has grown.
class ConfigurationSet {
 public:
  void Clear() {
    if (indexed_) std::fill(table_.begin(), table_.end(), 0);
    indexed_ = false;
    items_.clear();
  }

  // Adds `item` unless it is there.
  void Add(Configuration item) {
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
  Configuration operator[](size_t i) const { return items_[i]; }

  // Swaps the members with `items`; the set must be cleared before its next
  // use.
  void SwapItems(std::vector<Configuration>& items) { items_.swap(items); }

 private:
  static constexpr size_t kScanned = 16;

  uint32_t& Find(Configuration item) {
    const size_t mask = table_.size() - 1;
    uint64_t hash =
        (item.done ^ (item.state * 0xd1342543de82ef95)) * 0x9e3779b97f4a7c15;
    size_t at = (hash ^ (hash >> 32)) & mask;
    while (table_[at] != 0 && items_[table_[at] - 1] != item) {
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

  std::vector<Configuration> items_;
  std::vector<uint32_t> table_;  // 1 + index into items_; 0 is free.
  bool indexed_ = false;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_CONFIGURATION_SET_H_

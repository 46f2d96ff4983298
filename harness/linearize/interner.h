// Gives 64-bit numbers dense names: the first number seen is 0, the next 1, ….
// Keeps its memory between histories; emptying it takes constant time.

#ifndef MORTSAFE_HARNESS_LINEARIZE_INTERNER_H_
#define MORTSAFE_HARNESS_LINEARIZE_INTERNER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mortsafe {

class Interner {
 public:
  // Forgets every number.
  void Clear() {
    numbers_.clear();
    ++generation_;
  }

  size_t size() const { return numbers_.size(); }

  // The number that `name` stands for. REQUIRES: name < size().
  uint64_t number(uint32_t name) const { return numbers_[name]; }

  // The name of `number`, a new one if it has none yet.
  uint32_t Intern(uint64_t number) {
    if (numbers_.size() <= kScanned) {
      for (uint32_t name = 0; name < numbers_.size(); ++name) {
        if (numbers_[name] == number) return name;
      }
      numbers_.push_back(number);
      if (numbers_.size() > kScanned) Rebuild(64);
      return static_cast<uint32_t>(numbers_.size() - 1);
    }
    Entry& entry = Find(number);
    if (entry.generation == generation_) return entry.name;
    const uint32_t name = static_cast<uint32_t>(numbers_.size());
    entry = Entry{generation_, name};
    numbers_.push_back(number);
    if (2 * numbers_.size() > table_.size()) Rebuild(2 * table_.size());
    return name;
  }

 private:
  struct Entry {
    uint64_t generation = 0;
    uint32_t name = 0;
  };

  // So few numbers are scanned faster than hashed.
  static constexpr size_t kScanned = 8;

  // The entry of `number`, or the free one where it belongs.
  Entry& Find(uint64_t number) {
    const size_t mask = table_.size() - 1;
    size_t at = (number * 0x9e3779b97f4a7c15) >> 32 & mask;
    while (table_[at].generation == generation_ &&
           numbers_[table_[at].name] != number) {
      at = (at + 1) & mask;
    }
    return table_[at];
  }

  // Enters all numbers into a table of at least `size`, a power of two.
  void Rebuild(size_t size) {
    if (table_.size() < size) table_.assign(size, Entry());
    ++generation_;
    for (uint32_t name = 0; name < numbers_.size(); ++name) {
      Find(numbers_[name]) = Entry{generation_, name};
    }
  }

  std::vector<uint64_t> numbers_;
  std::vector<Entry> table_;
  uint64_t generation_ = 1;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_INTERNER_H_

// Gives 64-bit numbers dense names: the first number seen is 0, the next 1, ….
// Keeps its memory between histories; emptying it takes constant time.

#ifndef MORTSAFE_HARNESS_LINEARIZE_INTERNER_H_
#define MORTSAFE_HARNESS_LINEARIZE_INTERNER_H_

#include <array>
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
    Entry& entry = number < kDirect ? direct_[number] : Find(number);
    if (entry.generation == generation_) [[likely]]
      return entry.name;
    return Add(number, entry);
  }

 private:
  struct Entry {
    uint64_t generation = 0;
    uint32_t name = 0;
  };

  // Numbers below it, which short histories have, are not hashed.
  static constexpr uint64_t kDirect = 64;

  // The entry of `number`, or the free one where it belongs.
  [[gnu::noinline]] Entry& Find(uint64_t number) {
    const size_t mask = table_.size() - 1;
    size_t at = (number * 0x9e3779b97f4a7c15) >> 32 & mask;
    while (table_[at].generation == generation_ &&
           numbers_[table_[at].name] != number) {
      at = (at + 1) & mask;
    }
    return table_[at];
  }

  [[gnu::noinline]] uint32_t Add(uint64_t number, Entry& entry) {
    const auto name = static_cast<uint32_t>(numbers_.size());
    entry = Entry{generation_, name};
    numbers_.push_back(number);
    if (2 * numbers_.size() > table_.size()) Rebuild();
    return name;
  }

  // Doubles the table.
  void Rebuild() {
    table_.assign(2 * table_.size(), Entry());
    for (uint32_t name = 0; name < numbers_.size(); ++name) {
      const uint64_t number = numbers_[name];
      if (number >= kDirect) Find(number) = Entry{generation_, name};
    }
  }

  std::vector<uint64_t> numbers_;
  std::array<Entry, kDirect> direct_;
  std::vector<Entry> table_ = std::vector<Entry>(2 * kDirect);
  uint64_t generation_ = 1;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_INTERNER_H_

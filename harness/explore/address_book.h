// Translates addresses that one process' executions know things by into such as
// another process' executions know the same things by: blocks by their place in
// the arenas, objects of threads by their place on the stacks, and what belongs
// to the program by its place in that. In between they are as if all these were
// at their common places (AddressArea).

#ifndef MORTSAFE_HARNESS_EXPLORE_ADDRESS_BOOK_H_
#define MORTSAFE_HARNESS_EXPLORE_ADDRESS_BOOK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/explore/explored_step.h"
#include "harness/model/address_area.h"
#include "harness/model/execution.h"

namespace mortsafe {

class AddressBook {
 public:
  // Of the process of `execution`, and for any of its executions.
  explicit AddressBook(const Execution& execution)
      : ranges_(execution.AddressRanges()) {}

  // A word is translated if it is the address of something there, whatever its
  // upper 16 bits, where pointers carry tags; any other stays as it is.
  uint64_t ToCommon(uint64_t word) const {
    for (const AddressRange& range : ranges_) {
      if (Offset(word, range.begin) < range.size) {
        return word + (range.common - range.begin);
      }
    }
    return word;
  }
  uint64_t FromCommon(uint64_t word) const {
    for (const AddressRange& range : ranges_) {
      if (Offset(word, range.common) < range.size) {
        return word + (range.begin - range.common);
      }
    }
    return word;
  }

 private:
  static uint64_t Offset(uint64_t word, uint64_t begin) {
    constexpr uint64_t kAddressBits = (uint64_t{1} << 48) - 1;
    return (word & kAddressBits) - begin;
  }

  std::array<AddressRange, 3> ranges_;
};

// One direction of a translation: of words, and of all that is made of them. A
// type says by a member Translate(const Translation&) which of its own to
// translate.
class Translation {
 public:
  enum class Direction : uint8_t { kToCommon, kFromCommon };

  Translation(const AddressBook& book, Direction direction)
      : book_(book), direction_(direction) {}

  void operator()(uint64_t& word) const {
    word = direction_ == Direction::kToCommon ? book_.ToCommon(word)
                                              : book_.FromCommon(word);
  }
  template <class T>
  void operator()(T*& pointer) const {
    auto word = reinterpret_cast<uint64_t>(pointer);
    (*this)(word);
    pointer = reinterpret_cast<T*>(word);
  }
  template <class T>
  void operator()(std::vector<T>& all) const {
    for (T& each : all) (*this)(each);
  }
  template <class T>
    requires requires(T& whole, const Translation& translate) {
      whole.Translate(translate);
    }
  void operator()(T& whole) const {
    whole.Translate(*this);
  }
  void operator()(ExploredStep& step) const {
    (*this)(step.written);
    (*this)(step.expected);
    (*this)(step.object);
    (*this)(step.lock);
  }

 private:
  const AddressBook& book_;
  const Direction direction_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_ADDRESS_BOOK_H_

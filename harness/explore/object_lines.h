// Where in memory there are objects, wherever they are aligned: finds those of
// a block that is freed.

#ifndef MORTSAFE_HARNESS_EXPLORE_OBJECT_LINES_H_
#define MORTSAFE_HARNESS_EXPLORE_OBJECT_LINES_H_

#include <bit>
#include <cstddef>
#include <cstdint>

#include "harness/explore/address_map.h"

namespace mortsafe {

class ObjectLines {
 public:
  void Add(const volatile void* object) {
    const char* const line = LineOf(object);
    const auto offset = static_cast<size_t>(
        static_cast<const char*>(const_cast<const void*>(object)) - line);
    lines_[line] |= uint64_t{1} << offset;
  }

  // Calls visit(address) for the objects in the `size` bytes from `begin` on,
  // by address, until one of the calls returns false.
  template <class Visit>
  void VisitThoseIn(const char* begin, size_t size, Visit visit) {
    const char* const end = begin + size;
    for (const char* line = LineOf(begin); line < end; line += kLineBytes) {
      const uint64_t* const places = lines_.Find(line);
      if (places == nullptr) continue;
      for (uint64_t rest = *places; rest != 0; rest &= rest - 1) {
        const char* const address = line + std::countr_zero(rest);
        if (address < begin || address >= end) continue;
        if (!visit(address)) return;
      }
    }
  }

  void Clear() { lines_.Clear(); }

 private:
  // As many as a word has bits.
  static constexpr size_t kLineBytes = 64;

  static const char* LineOf(const volatile void* address) {
    return reinterpret_cast<const char*>(reinterpret_cast<uintptr_t>(address) /
                                         kLineBytes * kLineBytes);
  }

  // By line of memory, where in it there are objects, a bit each.
  AddressMap<uint64_t> lines_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_OBJECT_LINES_H_

// What tells the places apart that a thread comes to: its frames and registers.

#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/model/strategy.h"

namespace mortsafe {
namespace {

// Both halves of the product, folded.
uint64_t Mix(uint64_t a, uint64_t b) {
  __extension__ using Product = unsigned __int128;
  const Product product = static_cast<Product>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace

#if defined(MORTSAFE_ASAN)
[[gnu::no_sanitize_address]]
#endif
uint64_t Whereabouts::Digest() const {
  const auto* word = reinterpret_cast<const uint64_t*>(stack_begin);
  const auto* const end = reinterpret_cast<const uint64_t*>(stack_end);
  // Words are mixed in pairs, each pair by what tells its place too: none has
  // to wait for another.
  uint64_t digest = 0;
  uint64_t place = 0x9e3779b97f4a7c15;
  for (; end - word >= 2; word += 2, place += 0xd1342543de82ef95) {
    digest += Mix(word[0] ^ place, word[1] + (place << 1));
  }
  if (word != end) digest += Mix(word[0] ^ place, place);
  return digest;
}

[[gnu::noinline]] void ClearDeadFrames() {
  constexpr size_t kBytes = 4096;
  std::array<char, kBytes> dead = {};
  // Nobody reads them, as far as the compiler can see.
  asm volatile("" : : "r"(dead.data()) : "memory");
}

}  // namespace mortsafe

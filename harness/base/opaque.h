// Keeps the compiler from turning arithmetic into branches.

#ifndef MORTSAFE_HARNESS_BASE_OPAQUE_H_
#define MORTSAFE_HARNESS_BASE_OPAQUE_H_

#include <cstdint>

namespace mortsafe {

// `bits`, of which the compiler no longer knows how they came about. Compilers
// see through masks made of conditions, and branch where they hold it cheaper
// on average; where the condition is a coin it is not.
inline uint64_t Opaque(uint64_t bits) {
  asm("" : "+r"(bits));
  return bits;
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_BASE_OPAQUE_H_

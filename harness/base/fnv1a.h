// A digest that tells whether bytes are the same ones, where nobody means harm:
// FNV-1a, 64 bits (Fowler, Noll, Vo).

#ifndef MORTSAFE_HARNESS_BASE_FNV1A_H_
#define MORTSAFE_HARNESS_BASE_FNV1A_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace mortsafe {

inline uint64_t Fnv1a(absl::string_view bytes) {
  uint64_t digest = 0xcbf29ce484222325;
  for (const char byte : bytes) {
    digest = (digest ^ static_cast<uint8_t>(byte)) * 0x100000001b3;
  }
  return digest;
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_BASE_FNV1A_H_

// What a child leaves to its parent in whatever length: bytes in a file without
// a name. The child appends; the parent reads once the child has ended.

#ifndef MORTSAFE_HARNESS_HUNT_LEFT_BYTES_H_
#define MORTSAFE_HARNESS_HUNT_LEFT_BYTES_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace mortsafe {

// Where some of them are. Plain data, for memory that processes share.
struct LeftBytesPlace {
  uint64_t offset = 0;
  uint64_t size = 0;
};

class LeftBytes {
 public:
  LeftBytes();
  ~LeftBytes();
  LeftBytes(const LeftBytes&) = delete;
  LeftBytes& operator=(const LeftBytes&) = delete;

  LeftBytesPlace Append(absl::string_view bytes);
  std::string Read(const LeftBytesPlace& place) const;

 private:
  int file_ = -1;
  uint64_t size_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_LEFT_BYTES_H_

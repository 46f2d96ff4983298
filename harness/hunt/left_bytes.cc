#include "harness/hunt/left_bytes.h"

#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "harness/base/check.h"

namespace mortsafe {

LeftBytes::LeftBytes() : file_(memfd_create("mortsafe", MFD_CLOEXEC)) {
  Check(file_ >= 0, "no file for what a child leaves");
}

LeftBytes::~LeftBytes() { close(file_); }

LeftBytesPlace LeftBytes::Append(absl::string_view bytes) {
  const LeftBytesPlace place = {size_, bytes.size()};
  while (!bytes.empty()) {
    const ssize_t written =
        pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    Check(written > 0, "what a child leaves cannot be kept");
    size_ += static_cast<uint64_t>(written);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return place;
}

std::string LeftBytes::Read(const LeftBytesPlace& place) const {
  std::string bytes(place.size, '\0');
  uint64_t done = 0;
  while (done < place.size) {
    const ssize_t got = pread(file_, bytes.data() + done, place.size - done,
                              static_cast<off_t>(place.offset + done));
    Check(got > 0, "what a child left is lost");
    done += static_cast<uint64_t>(got);
  }
  return bytes;
}

}  // namespace mortsafe

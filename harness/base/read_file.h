// Reading a whole file that a user names. Errors are one line that begins with
// the path.

#ifndef MORTSAFE_HARNESS_BASE_READ_FILE_H_
#define MORTSAFE_HARNESS_BASE_READ_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace mortsafe {

inline constexpr uint64_t kMostBytesOfAFile = uint64_t{64} << 20;

// A regular file of at most so many bytes, a whole number of MiB. NotFound if
// there is nothing; InvalidArgument for all else that is wrong: pipes and
// devices may have no end.
absl::StatusOr<std::string> ReadFile(absl::string_view path,
                                     uint64_t most = kMostBytesOfAFile);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_BASE_READ_FILE_H_

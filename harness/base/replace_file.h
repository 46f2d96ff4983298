// Writing a whole file in place of another one, so that there is always one of
// the two, whole, whatever happens meanwhile.

#ifndef MORTSAFE_HARNESS_BASE_REPLACE_FILE_H_
#define MORTSAFE_HARNESS_BASE_REPLACE_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace mortsafe {

// Writes `text` to PATH.next first, waits until it is on the disk, and gives
// that file the name `path`. Errors are one line that begins with the path.
absl::Status ReplaceFile(const std::string& path, absl::string_view text);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_BASE_REPLACE_FILE_H_

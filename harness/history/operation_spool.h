// Operations kept on disk, in a file without a name that goes with the process.

#ifndef MORTSAFE_HARNESS_HISTORY_OPERATION_SPOOL_H_
#define MORTSAFE_HARNESS_HISTORY_OPERATION_SPOOL_H_

#include <cstdint>
#include <cstdio>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/history/history.h"

namespace mortsafe {

// An operation and the line that it was read from.
struct SpooledOperation {
  HistoryOperation operation;
  uint64_t line = 0;
};

class OperationSpool {
 public:
  // An error if there is no room for temporary files.
  static absl::StatusOr<std::unique_ptr<OperationSpool>> Create();

  // Adds an operation at the end. REQUIRES: not rewound yet.
  absl::Status Add(const SpooledOperation& spooled);

  // Back to the first operation; from then on operations are only read.
  absl::Status Rewind();

  // The next operation; false at the end. REQUIRES: rewound.
  absl::StatusOr<bool> Next(SpooledOperation& spooled);

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  explicit OperationSpool(std::FILE* file) : file_(file) {}

  std::unique_ptr<std::FILE, CloseFile> file_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_OPERATION_SPOOL_H_

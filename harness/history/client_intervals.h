// A client performs one operation at a time: a history in which one has two
// open at once is not a history, and no verdict on it means anything.

#ifndef MORTSAFE_HARNESS_HISTORY_CLIENT_INTERVALS_H_
#define MORTSAFE_HARNESS_HISTORY_CLIENT_INTERVALS_H_

#include <cstdint>
#include <string>
#include <unordered_map>

#include "absl/status/status.h"
#include "harness/history/history.h"

namespace mortsafe {

// Looks at operations in order of call and, where calls are equal, of return.
// Its memory grows with the number of clients only.
class ClientIntervals {
 public:
  // Errors begin with `source`, the name of the file.
  explicit ClientIntervals(std::string source);

  // An error, naming `line`, where `operation` is, and the line of the other,
  // if the client called this one before its last one had returned. Equal
  // stamps are no error: they may be one clock's tick.
  absl::Status Add(const HistoryOperation& operation, uint64_t line);

 private:
  struct LastOperation {
    uint64_t return_time = 0;
    uint64_t line = 0;
  };

  std::string source_;
  std::unordered_map<uint32_t, LastOperation> last_of_client_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_CLIENT_INTERVALS_H_

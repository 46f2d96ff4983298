#include "harness/history/client_intervals.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "harness/history/history.h"

namespace mortsafe {

ClientIntervals::ClientIntervals(std::string source)
    : source_(std::move(source)) {}

absl::Status ClientIntervals::Add(const HistoryOperation& operation,
                                  uint64_t line) {
  LastOperation& last = last_of_client_[operation.client];
  if (operation.call_time < last.return_time) {
    return absl::InvalidArgumentError(absl::StrCat(
        source_, ":", line, ": expected client ", operation.client,
        " to have one operation open at a time, found this one called at ",
        operation.call_time, " and that of line ", last.line,
        last.return_time == kPending
            ? " still open"
            : absl::StrCat(" returned at ", last.return_time)));
  }
  last = {.return_time = operation.return_time, .line = line};
  return absl::OkStatus();
}

}  // namespace mortsafe

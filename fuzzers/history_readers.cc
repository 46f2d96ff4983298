// Reads the input as a recorded history in every format, compressed if it
// begins so: it must be read or refused, and what was read must be the same
// after it was written as JSON Lines and read again. If not, it is printed as
// JSON Lines, and the target aborts.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/statusor.h"
#include "harness/history/history.h"
#include "harness/history/history_reader.h"
#include "harness/history/text.h"

namespace mortsafe {
namespace {

void CheckThatItReadsBack(const History& history) {
  const std::string lines = ToJsonLines(history);
  const absl::StatusOr<History> read =
      ReadHistoryInMemory(lines, "input", HistoryFormat::kJsonLines);
  if (read.ok() && ToJsonLines(*read) == lines) return;
  std::fprintf(stderr, "read back as something else:\n%s", lines.c_str());
  std::abort();
}

}  // namespace
}  // namespace mortsafe

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using mortsafe::HistoryFormat;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  for (const HistoryFormat format :
       {HistoryFormat::kDetect, HistoryFormat::kJsonLines,
        HistoryFormat::kJepsen, HistoryFormat::kEdn}) {
    const absl::StatusOr<mortsafe::History> history =
        mortsafe::ReadHistoryInMemory(bytes, "input", format);
    if (history.ok()) mortsafe::CheckThatItReadsBack(*history);
  }
  return 0;
}

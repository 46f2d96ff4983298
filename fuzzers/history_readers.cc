// Reads the input as a recorded history in every format, compressed if it
// begins so: it must be read or refused, and what was read must be the same
// after it was written as JSON Lines and read again. If not, it is printed as
// JSON Lines, and the target aborts.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "harness/history/history.h"
#include "harness/history/history_reader.h"
#include "harness/history/text.h"

namespace mortsafe {
namespace {

// Nothing if the bytes are refused.
std::optional<History> Read(std::string bytes, HistoryFormat format) {
  absl::StatusOr<std::unique_ptr<HistoryReader>> reader =
      OpenHistoryInMemory(std::move(bytes), "input", format);
  if (!reader.ok()) return std::nullopt;
  History history;
  HistoryOperation operation;
  while (true) {
    const absl::StatusOr<bool> more = (*reader)->Next(operation);
    if (!more.ok()) return std::nullopt;
    if (!*more) return history;
    history.operations.push_back(operation);
  }
}

void CheckThatItReadsBack(const History& history) {
  const std::string lines = ToJsonLines(history);
  const std::optional<History> read = Read(lines, HistoryFormat::kJsonLines);
  if (read.has_value() && ToJsonLines(*read) == lines) return;
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
    const std::optional<mortsafe::History> history =
        mortsafe::Read(bytes, format);
    if (history.has_value()) mortsafe::CheckThatItReadsBack(*history);
  }
  return 0;
}

// Recorded histories, operation by operation, from files in any of the forms
// that people have them in; gzip and zstd are undone on the way.
//
//   absl::StatusOr<std::unique_ptr<HistoryReader>> reader =
//       OpenHistory("run.jsonl.gz", HistoryFormat::kDetect);
//   HistoryOperation operation;
//   while (true) {
//     absl::StatusOr<bool> more = (*reader)->Next(operation);
//     if (!more.ok()) return more.status();
//     if (!*more) break;
//     ... operation, (*reader)->line() ...
//   }

#ifndef MORTSAFE_HARNESS_HISTORY_HISTORY_READER_H_
#define MORTSAFE_HARNESS_HISTORY_HISTORY_READER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"

namespace mortsafe {

enum class HistoryFormat : uint8_t {
  // Whichever the first line that is not blank begins like.
  kDetect,
  // One operation a line, as ToJsonLines() writes them: json_line.h.
  kJsonLines,
  // Invocations and completions as Jepsen logs them: event_reader.h.
  kJepsen,
  // The same as EDN maps, one a line.
  kEdn,
};

// One pass over one history. Errors are one line that names the file, and the
// line in it, and says what was expected; after one, the reader must not be
// used any more.
class HistoryReader {
 public:
  virtual ~HistoryReader() = default;

  // The next operation; false at the end, when `operation` means nothing.
  virtual absl::StatusOr<bool> Next(HistoryOperation& operation) = 0;

  // The line, counted from 1, where the operation that Next() gave last was
  // called.
  virtual uint64_t line() const = 0;

  // Whether Next() gives operations in order of call and has made sure that no
  // client has two open at once. If not, they come in the order of the file,
  // and a caller that has sorted them asks ClientIntervals.
  virtual bool IsInCallOrder() const = 0;

  // How the file writes a key or a value: where it has other things than
  // integers below 2^63, Next() gives numbers that stand for them.
  virtual std::string KeyText(Key key) const = 0;
  virtual std::string ValueText(Value value) const = 0;
};

// `path` may be a pipe, and "-" is standard input. A file without operations is
// an empty history in every format.
absl::StatusOr<std::unique_ptr<HistoryReader>> OpenHistory(
    const std::string& path, HistoryFormat format);

// The same for `bytes` that are in memory; errors call them `name`.
absl::StatusOr<std::unique_ptr<HistoryReader>> OpenHistoryInMemory(
    std::string bytes, std::string name, HistoryFormat format);

// All of it, in the order in which the reader gives it.
absl::StatusOr<History> ReadHistoryInMemory(std::string bytes, std::string name,
                                            HistoryFormat format);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_HISTORY_READER_H_

// The operations of a recorded history in order of call, as often as they are
// wanted, whatever they are read from: a file is read again; what comes through
// a pipe is kept on disk, in a file without a name, while it is read; and what
// is not in order of call is sorted, in memory.
//
//   absl::StatusOr<OperationSource> source = OperationSource::Open(path,
//   format); for (…) {
//     absl::StatusOr<OperationSource::Step> step = source->Next(operation);
//     if (*step == OperationSource::Step::kEnd) break;
//     if (*step == OperationSource::Step::kBeginAnew) …  // Forget all so far.
//   }
//   source->Rewind();

#ifndef MORTSAFE_HARNESS_HISTORY_OPERATION_SOURCE_H_
#define MORTSAFE_HARNESS_HISTORY_OPERATION_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/history/client_intervals.h"
#include "harness/history/history.h"
#include "harness/history/history_reader.h"
#include "harness/history/operation_spool.h"

namespace mortsafe {

class OperationSource {
 public:
  enum class Step {
    kOperation,  // Here it is.
    kEnd,
    // Operations turned out not to be in order of call. Now they are sorted:
    // the next one is the first one of all.
    kBeginAnew,
  };

  // At most so many operations can be sorted; they take about a gigabyte.
  static constexpr size_t kMostSorted = 10'000'000;

  // Errors are those of OpenHistory().
  static absl::StatusOr<OperationSource> Open(const std::string& path,
                                              HistoryFormat format);

  // The next operation. Errors, those of the reader and of ClientIntervals, are
  // final.
  absl::StatusOr<Step> Next(HistoryOperation& operation);

  // The line, counted from 1, of the operation that Next() gave last.
  uint64_t line() const { return line_; }

  // Back to the first operation. REQUIRES: Next() was asked.
  absl::Status Rewind();

  // As HistoryReader's.
  std::string KeyText(Key key) const { return reader_->KeyText(key); }
  std::string ValueText(Value value) const { return reader_->ValueText(value); }

 private:
  OperationSource(std::string path, HistoryFormat format);

  // Reads on, and keeps what must be kept.
  absl::StatusOr<bool> Read(HistoryOperation& operation);
  // From the first operation to the last.
  absl::Status SortAll();
  Step NextSorted(HistoryOperation& operation);

  std::string path_;
  HistoryFormat format_;
  std::unique_ptr<HistoryReader> reader_;
  // Of what cannot be read again.
  std::unique_ptr<OperationSpool> spool_;
  bool spool_is_complete_ = false;

  bool is_sorted_ = false;
  std::vector<SpooledOperation> sorted_;
  size_t next_sorted_ = 0;

  ClientIntervals clients_;
  uint64_t latest_call_ = 0;
  uint64_t line_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_OPERATION_SOURCE_H_

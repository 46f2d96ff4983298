// The lines of a text, one after the other, with their numbers. Memory is
// bounded: 128 KiB, or what the longest line needs.
//
//   LineReader lines(std::move(source), "run.jsonl");
//   while (true) {
//     absl::StatusOr<bool> more = lines.Next();
//     if (!more.ok()) return more.status();
//     if (!*more) break;
//     ... lines.text(), lines.number() ...
//   }

#ifndef MORTSAFE_HARNESS_HISTORY_LINE_READER_H_
#define MORTSAFE_HARNESS_HISTORY_LINE_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "harness/history/byte_source.h"

namespace mortsafe {

// A longer line is an error, and is not read any further.
inline constexpr size_t kMaxLineBytes = size_t{1} << 20;

class LineReader {
 public:
  // `name` is what errors begin with.
  LineReader(std::unique_ptr<ByteSource> source, std::string name);

  // Goes to the next line that is not blank; false at the end. A line ends with
  // LF, CR LF or the text. A line that is too long or holds a NUL is an error.
  // REQUIRES: the call before this one, if any, gave true.
  absl::StatusOr<bool> Next();

  // The next Next() gives the line again that the last one gave.
  void Repeat() { repeat_ = true; }

  // The line without its end, until the next Next().
  absl::string_view text() const { return text_; }

  // Its number, counted from 1; blank lines count. 0 before the first.
  uint64_t number() const { return number_; }

  const std::string& name() const { return name_; }

  // InvalidArgument: the name, the line's number and `what` is wrong with it.
  absl::Status Error(absl::string_view what) const;

 private:
  absl::StatusOr<bool> NextLine();
  absl::StatusOr<bool> FillBuffer();
  absl::StatusOr<bool> EndLine(size_t end, size_t next);

  std::unique_ptr<ByteSource> source_;
  std::string name_;
  std::vector<char> buffer_;
  // What has been read and not yet given is buffer_[begin_, end_).
  size_t begin_ = 0;
  size_t end_ = 0;
  bool at_end_ = false;
  bool repeat_ = false;
  absl::string_view text_;
  uint64_t number_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_LINE_READER_H_

#include "harness/history/line_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "harness/history/byte_source.h"

namespace mortsafe {
namespace {

constexpr size_t kBlock = size_t{1} << 16;
// The longest line, CR LF, and room to read at least one block.
constexpr size_t kMostBuffer = kMaxLineBytes + 2 + kBlock;

bool IsBlank(absl::string_view line) {
  return line.find_first_not_of(" \t\r\f\v") == absl::string_view::npos;
}

}  // namespace

LineReader::LineReader(std::unique_ptr<ByteSource> source, std::string name)
    : source_(std::move(source)), name_(std::move(name)), buffer_(2 * kBlock) {}

absl::StatusOr<bool> LineReader::Next() {
  if (std::exchange(repeat_, false)) return true;
  while (true) {
    absl::StatusOr<bool> more = NextLine();
    if (!more.ok() || !*more || !IsBlank(text_)) return more;
  }
}

absl::StatusOr<bool> LineReader::NextLine() {
  ++number_;
  size_t searched = 0;
  while (true) {
    const char* const start = buffer_.data() + begin_;
    const size_t size = end_ - begin_;
    const void* const newline =
        std::memchr(start + searched, '\n', size - searched);
    if (newline != nullptr) {
      const auto length =
          static_cast<size_t>(static_cast<const char*>(newline) - start);
      return EndLine(begin_ + length, begin_ + length + 1);
    }
    searched = size;
    // One more for the CR that may be the last byte so far.
    if (size > kMaxLineBytes + 1) return EndLine(end_, end_);
    const absl::StatusOr<bool> more = FillBuffer();
    if (!more.ok()) return more.status();
    if (!*more) {
      if (begin_ == end_) return false;
      return EndLine(end_, end_);
    }
  }
}

// Reads at least one byte; false at the end.
absl::StatusOr<bool> LineReader::FillBuffer() {
  if (at_end_) return false;
  if (buffer_.size() - end_ < kBlock) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
  }
  if (buffer_.size() - end_ < kBlock) {
    buffer_.resize(std::min(2 * buffer_.size(), kMostBuffer));
  }
  const absl::StatusOr<size_t> read =
      source_->Read(absl::MakeSpan(buffer_).subspan(end_));
  if (!read.ok()) return read.status();
  at_end_ = *read == 0;
  end_ += *read;
  return !at_end_;
}

// The line is buffer_[begin_, end); the one after it begins at `next`.
absl::StatusOr<bool> LineReader::EndLine(size_t end, size_t next) {
  text_ = absl::string_view(buffer_.data() + begin_, end - begin_);
  if (!text_.empty() && text_.back() == '\r') text_.remove_suffix(1);
  begin_ = next;
  if (text_.size() > kMaxLineBytes) {
    return Error(
        absl::StrCat("expected a line of at most ", kMaxLineBytes, " bytes"));
  }
  if (text_.find('\0') != absl::string_view::npos) {
    return Error("expected text, found a NUL byte");
  }
  return true;
}

absl::Status LineReader::Error(absl::string_view what) const {
  return absl::InvalidArgumentError(
      absl::StrCat(name_, ":", number_, ": ", what));
}

}  // namespace mortsafe

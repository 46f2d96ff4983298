#include "harness/history/operation_source.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace mortsafe {
namespace {

// Whether what is read from `path` can be read again from its beginning.
bool CanBeReadAgain(const std::string& path) {
  std::error_code error;
  return path != "-" && std::filesystem::is_regular_file(path, error) && !error;
}

}  // namespace

OperationSource::OperationSource(std::string path, HistoryFormat format)
    : path_(std::move(path)), format_(format), clients_(path_) {}

absl::StatusOr<OperationSource> OperationSource::Open(const std::string& path,
                                                      HistoryFormat format) {
  OperationSource source(path, format);
  absl::StatusOr<std::unique_ptr<HistoryReader>> reader =
      OpenHistory(path, format);
  if (!reader.ok()) return reader.status();
  source.reader_ = *std::move(reader);
  if (!CanBeReadAgain(path)) {
    absl::StatusOr<std::unique_ptr<OperationSpool>> spool =
        OperationSpool::Create();
    if (!spool.ok()) return spool.status();
    source.spool_ = *std::move(spool);
  }
  return source;
}

absl::StatusOr<bool> OperationSource::Read(HistoryOperation& operation) {
  if (spool_is_complete_) {
    SpooledOperation spooled;
    absl::StatusOr<bool> more = spool_->Next(spooled);
    operation = std::move(spooled.operation);
    line_ = spooled.line;
    return more;
  }
  absl::StatusOr<bool> more = reader_->Next(operation);
  if (!more.ok() || !*more) return more;
  line_ = reader_->line();
  if (spool_ != nullptr) {
    absl::Status kept = spool_->Add(SpooledOperation{operation, line_});
    if (!kept.ok()) return kept;
  }
  return true;
}

absl::StatusOr<OperationSource::Step> OperationSource::Next(
    HistoryOperation& operation) {
  if (is_sorted_) return NextSorted(operation);
  absl::StatusOr<bool> more = Read(operation);
  if (!more.ok()) return more.status();
  if (!*more) return Step::kEnd;
  if (operation.call_time < latest_call_) {
    absl::Status sorted = SortAll();
    if (!sorted.ok()) return sorted;
    return Step::kBeginAnew;
  }
  const bool same_call = operation.call_time == latest_call_;
  latest_call_ = operation.call_time;
  if (!reader_->IsInCallOrder()) {
    absl::Status alone = clients_.Add(operation, line_);
    if (!alone.ok() && !same_call) return alone;
    // Of two that one client called at once, the later one may stand first.
    if (!alone.ok()) {
      absl::Status sorted = SortAll();
      if (!sorted.ok()) return sorted;
      return Step::kBeginAnew;
    }
  }
  return Step::kOperation;
}

OperationSource::Step OperationSource::NextSorted(HistoryOperation& operation) {
  if (next_sorted_ == sorted_.size()) return Step::kEnd;
  const SpooledOperation& next = sorted_[next_sorted_++];
  operation = next.operation;
  line_ = next.line;
  return Step::kOperation;
}

absl::Status OperationSource::Rewind() {
  if (is_sorted_) {
    next_sorted_ = 0;
    return absl::OkStatus();
  }
  clients_ = ClientIntervals(path_);
  latest_call_ = 0;
  if (spool_ == nullptr) {
    absl::StatusOr<std::unique_ptr<HistoryReader>> reader =
        OpenHistory(path_, format_);
    if (!reader.ok()) return reader.status();
    reader_ = *std::move(reader);
    return absl::OkStatus();
  }
  HistoryOperation rest;
  while (!spool_is_complete_) {
    absl::StatusOr<bool> more = Read(rest);
    if (!more.ok()) return more.status();
    spool_is_complete_ = !*more;
  }
  return spool_->Rewind();
}

absl::Status OperationSource::SortAll() {
  const uint64_t first_line = line_;
  absl::Status rewound = Rewind();
  if (!rewound.ok()) return rewound;
  while (true) {
    SpooledOperation next;
    absl::StatusOr<bool> more = Read(next.operation);
    if (!more.ok()) return more.status();
    if (!*more) break;
    if (sorted_.size() == kMostSorted) {
      return absl::InvalidArgumentError(absl::StrCat(
          path_, ":", first_line,
          ": called before the operation above it, and more than ", kMostSorted,
          " operations are not sorted in memory; expected operations in order "
          "of call"));
    }
    next.line = line_;
    sorted_.push_back(std::move(next));
  }
  const auto order = [](const SpooledOperation& spooled) {
    return std::tuple(spooled.operation.call_time,
                      spooled.operation.return_time, spooled.line);
  };
  std::sort(sorted_.begin(), sorted_.end(),
            [&](const SpooledOperation& a, const SpooledOperation& b) {
              return order(a) < order(b);
            });
  ClientIntervals clients(path_);
  for (const SpooledOperation& spooled : sorted_) {
    absl::Status alone = clients.Add(spooled.operation, spooled.line);
    if (!alone.ok()) return alone;
  }
  is_sorted_ = true;
  return absl::OkStatus();
}

}  // namespace mortsafe

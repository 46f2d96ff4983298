#include "harness/history/history_reader.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "harness/history/byte_source.h"
#include "harness/history/event_reader.h"
#include "harness/history/json_lines_reader.h"
#include "harness/history/line_reader.h"
#include "harness/history/recorded_event.h"

namespace mortsafe {
namespace {

// The format whose lines begin like `line`; kDetect if none does.
HistoryFormat FormatOf(absl::string_view line) {
  line = absl::StripLeadingAsciiWhitespace(line);
  if (absl::ConsumePrefix(&line, "{")) {
    line = absl::StripLeadingAsciiWhitespace(line);
    return absl::StartsWith(line, ":") ? HistoryFormat::kEdn
                                       : HistoryFormat::kJsonLines;
  }
  // A tag or a comment.
  if (absl::StartsWith(line, "#") || absl::StartsWith(line, ";")) {
    return HistoryFormat::kEdn;
  }
  return IsLogLine(line) ? HistoryFormat::kJepsen : HistoryFormat::kDetect;
}

absl::StatusOr<std::unique_ptr<HistoryReader>> Read(
    std::unique_ptr<ByteSource> source, std::string name,
    HistoryFormat format) {
  absl::StatusOr<std::unique_ptr<ByteSource>> bytes =
      Decompress(std::move(source), name);
  if (!bytes.ok()) return bytes.status();
  LineReader lines(*std::move(bytes), std::move(name));
  const absl::StatusOr<bool> more = lines.Next();
  if (!more.ok()) return more.status();
  if (!*more) return ReadJsonLines(std::move(lines));
  if (format == HistoryFormat::kDetect) format = FormatOf(lines.text());
  lines.Repeat();
  switch (format) {
    case HistoryFormat::kJsonLines:
      return ReadJsonLines(std::move(lines));
    case HistoryFormat::kJepsen:
    case HistoryFormat::kEdn:
      return ReadEvents(std::move(lines), format);
    case HistoryFormat::kDetect:
      break;
  }
  return lines.Error(
      "expected an operation in JSON Lines, as Jepsen logs them or in EDN");
}

}  // namespace

absl::StatusOr<std::unique_ptr<HistoryReader>> OpenHistory(
    const std::string& path, HistoryFormat format) {
  absl::StatusOr<std::unique_ptr<ByteSource>> file = OpenFile(path);
  if (!file.ok()) return file.status();
  return Read(*std::move(file), path, format);
}

absl::StatusOr<std::unique_ptr<HistoryReader>> OpenHistoryInMemory(
    std::string bytes, std::string name, HistoryFormat format) {
  return Read(BytesInMemory(std::move(bytes)), std::move(name), format);
}

absl::StatusOr<History> ReadHistoryInMemory(std::string bytes, std::string name,
                                            HistoryFormat format) {
  const absl::StatusOr<std::unique_ptr<HistoryReader>> reader =
      OpenHistoryInMemory(std::move(bytes), std::move(name), format);
  if (!reader.ok()) return reader.status();
  History history;
  HistoryOperation operation;
  while (true) {
    const absl::StatusOr<bool> more = (*reader)->Next(operation);
    if (!more.ok()) return more.status();
    if (!*more) return history;
    history.operations.push_back(operation);
  }
}

}  // namespace mortsafe

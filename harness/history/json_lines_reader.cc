#include "harness/history/json_lines_reader.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"
#include "harness/history/history_reader.h"
#include "harness/history/json_line.h"
#include "harness/history/line_reader.h"

namespace mortsafe {
namespace {

class JsonLinesReader : public HistoryReader {
 public:
  explicit JsonLinesReader(LineReader lines) : lines_(std::move(lines)) {}

  absl::StatusOr<bool> Next(HistoryOperation& operation) override {
    absl::StatusOr<bool> more = lines_.Next();
    if (!more.ok() || !*more) return more;
    const absl::Status status = ParseJsonLine(lines_.text(), operation);
    if (!status.ok()) return lines_.Error(status.message());
    return true;
  }

  uint64_t line() const override { return lines_.number(); }
  bool IsInCallOrder() const override { return false; }
  std::string KeyText(Key key) const override { return absl::StrCat(key); }
  std::string ValueText(Value value) const override {
    return absl::StrCat(value);
  }

 private:
  LineReader lines_;
};

}  // namespace

std::unique_ptr<HistoryReader> ReadJsonLines(LineReader lines) {
  return std::make_unique<JsonLinesReader>(std::move(lines));
}

}  // namespace mortsafe

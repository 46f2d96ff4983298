#include "harness/report/history_table.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "harness/history/history.h"
#include "harness/history/text.h"
#include "harness/report/text_layout.h"
#include "harness/report/wording.h"

namespace mortsafe {
namespace {

std::string TimeText(uint64_t time) {
  return time == kPending ? "never" : std::to_string(time);
}

}  // namespace

HistoryRow HistoryHead() {
  return {"client", "call", "answer", "called", "returned"};
}

HistoryRow RowOf(const History& history, const HistoryOperation& call,
                 std::string label) {
  return {ClientName(history, call.client), std::move(label), AnswerText(call),
          TimeText(call.call_time), TimeText(call.return_time)};
}

std::vector<std::string> Aligned(const std::vector<HistoryRow>& rows) {
  std::array<size_t, std::tuple_size_v<HistoryRow>> widths = {};
  for (const HistoryRow& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(row[i]));
    }
  }
  std::vector<std::string> lines;
  for (const HistoryRow& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const bool is_last = i + 1 == row.size();
      absl::StrAppend(&line,
                      is_last ? row[i] : PadRight(row[i], widths[i] + 2));
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string HistoryTable(const History& history, size_t most) {
  std::vector<HistoryRow> rows = {HistoryHead()};
  for (const HistoryOperation& call : history.operations) {
    if (rows.size() > most) break;
    rows.push_back(RowOf(history, call, CallText(call)));
  }
  std::string table;
  for (const std::string& line : Aligned(rows)) {
    absl::StrAppend(&table, "  ", line, "\n");
  }
  const size_t left_out = history.operations.size() - (rows.size() - 1);
  if (left_out > 0) {
    absl::StrAppend(&table, "  and ", Counted(left_out, "call"), " more\n");
  }
  return table;
}

}  // namespace mortsafe

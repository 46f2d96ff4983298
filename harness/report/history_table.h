// A history as a text table: a line for each call, with its answer and the
// times between which it ran.

#ifndef MORTSAFE_HARNESS_REPORT_HISTORY_TABLE_H_
#define MORTSAFE_HARNESS_REPORT_HISTORY_TABLE_H_

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace mortsafe {

// Client, call, answer, and when it was called and returned.
using HistoryRow = std::array<std::string, 5>;

// What stands above them.
HistoryRow HistoryHead();

// The row of a call that is told as `label`.
HistoryRow RowOf(const History& history, const HistoryOperation& call,
                 std::string label);

// A line for each row, in columns.
std::vector<std::string> Aligned(const std::vector<HistoryRow>& rows);

// The whole table, two spaces before each line, with a final newline. Of a
// longer history the first `most` calls, and how many are left out.
std::string HistoryTable(const History& history, size_t most = 200);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_HISTORY_TABLE_H_

// Histories in JSON Lines, one operation a line: json_line.h says what a line
// has to be.

#ifndef MORTSAFE_HARNESS_HISTORY_JSON_LINES_READER_H_
#define MORTSAFE_HARNESS_HISTORY_JSON_LINES_READER_H_

#include <memory>

#include "harness/history/history_reader.h"
#include "harness/history/line_reader.h"

namespace mortsafe {

// Operations in the order of the lines, which may be any. Memory is bounded.
std::unique_ptr<HistoryReader> ReadJsonLines(LineReader lines);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_JSON_LINES_READER_H_

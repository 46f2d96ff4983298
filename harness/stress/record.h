// One operation of a client in a form that queues and logs can keep: a cell of
// six words, and further cells for what a Range showed.
//
//   for (size_t i = 0; i < CellCount(operation); ++i)
//     cells[i] = MakeCell(operation, i);
//   ReadCell(cells[0], 0, copy);  // Now CellCount(copy) is known.
//   for (size_t i = 1; i < CellCount(copy); ++i) ReadCell(cells[i], i, copy);

#ifndef MORTSAFE_HARNESS_STRESS_RECORD_H_
#define MORTSAFE_HARNESS_STRESS_RECORD_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/history/history.h"

namespace mortsafe {

using RecordCell = std::array<uint64_t, 6>;

// A Range's pairs that fit into a cell.
inline constexpr size_t kEntriesPerCell = 3;

// The cells that an operation takes.
inline size_t CellCount(const HistoryOperation& operation) {
  return 1 + (operation.entries.size() + kEntriesPerCell - 1) / kEntriesPerCell;
}

// The cell with number `i` of an operation that has returned. REQUIRES: it has
// at most 2^32 - 1 entries, and its client's number is below 2^16.
RecordCell MakeCell(const HistoryOperation& operation, size_t i);

// The first cell says all but what a Range showed, and how much that is: it
// gives `operation` as many entries, which the other cells fill.
void ReadCell(const RecordCell& cell, size_t i, HistoryOperation& operation);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_STRESS_RECORD_H_

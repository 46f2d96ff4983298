// The interleaving as a text table: time runs downwards, a column per client.

#ifndef MORTSAFE_HARNESS_REPORT_TABLE_H_
#define MORTSAFE_HARNESS_REPORT_TABLE_H_

#include <cstddef>
#include <string>

#include "harness/report/finding.h"

namespace mortsafe {

struct TableOptions {
  bool color = false;
  int width = 110;  // Columns of the terminal; less than 40 counts as 40.
  // Of a trace with more steps, those next to switches and the last are shown.
  size_t max_steps = 60;
};

// The table, with a legend of the marks that occur in it; empty where the
// finding has neither a history nor a trace. A call that proves the violation
// is marked `*`, the one that nothing explains `!`, and `~>` says that a client
// was put aside although it could have gone on. Steps of the initial operations
// are counted, not shown. Cells that are too wide are wrapped.
std::string InterleavingTable(const Finding& finding,
                              const TableOptions& options);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_TABLE_H_

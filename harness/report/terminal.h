// A finding explained on a terminal: what is wrong, which calls prove it, the
// program, the interleaving, and how to see it again.

#ifndef MORTSAFE_HARNESS_REPORT_TERMINAL_H_
#define MORTSAFE_HARNESS_REPORT_TERMINAL_H_

#include <string>

#include "harness/report/finding.h"

namespace mortsafe {

struct TerminalOptions {
  bool color = false;
  int width = 110;
};

// The report, with a final newline. Control characters of the crash report are
// spelled out, so it cannot drive the terminal. Where the finding has a
// violation, its indices must be within the history.
std::string TerminalReport(const Finding& finding,
                           const TerminalOptions& options);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_TERMINAL_H_

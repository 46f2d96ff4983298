// A finding of real threads explained on a terminal: there is no program and no
// schedule to show, but the calls, with the times between which they ran.

#ifndef MORTSAFE_HARNESS_REPORT_HISTORY_REPORT_H_
#define MORTSAFE_HARNESS_REPORT_HISTORY_REPORT_H_

#include <string>
#include <vector>

#include "harness/report/finding.h"
#include "harness/report/terminal.h"
#include "harness/report/wording.h"

namespace mortsafe {

// What is wrong, the calls that prove it, the crash report if there is one, and
// `facts` on how it was found; with a final newline. Of `finding` it tells the
// map, kind, sentence, history, violation, crash report and replay command.
// Where there is a violation, its indices must be within the history.
std::string HistoryReport(const Finding& finding,
                          const std::vector<Fact>& facts,
                          const TerminalOptions& options);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_HISTORY_REPORT_H_

// A finding as one page that needs nothing else: no network, no other file.

#ifndef MORTSAFE_HARNESS_REPORT_HTML_H_
#define MORTSAFE_HARNESS_REPORT_HTML_H_

#include <string>

#include "harness/report/finding.h"

namespace mortsafe {

// The page: what is wrong, a timeline of the calls with those that prove it,
// the interleaving, program, schedule, crash report, and how to see it again.
// Everything that comes from outside is escaped. Where the finding has a
// violation, its indices must be within the history.
std::string HtmlReport(const Finding& finding);

// The same of a history that no program of ours made: what is wrong and the
// timeline, for there is no interleaving to show.
std::string HtmlHistoryReport(const Finding& finding);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_HTML_H_

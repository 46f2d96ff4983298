// The history as a picture: a lane per client, a box from each call to its
// return, and an arrow for each constraint of the violation.

#ifndef MORTSAFE_HARNESS_REPORT_TIMELINE_H_
#define MORTSAFE_HARNESS_REPORT_TIMELINE_H_

#include <cstddef>
#include <string>

#include "harness/report/finding.h"

namespace mortsafe {

// "a", "b", …: how the page names the constraint with this index. After "z"
// come "a1" and so on.
std::string ConstraintLetter(size_t index);

// An <svg> element, styled by the page (html_assets.h), or an empty string
// where there is no history. Elements of the operation with index i have
// `data-operation="i"`, those of a constraint `data-constraint="i"`. Widths
// show the order of calls and returns, not time. REQUIRES: the violation's
// indices, if any, are within the history.
std::string TimelineSvg(const Finding& finding);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_TIMELINE_H_

// A finding as source code: a GoogleTest test that fails until the map is
// mended, to be kept with the project's own tests.

#ifndef MORTSAFE_HARNESS_REPORT_REGRESSION_TEST_WRITER_H_
#define MORTSAFE_HARNESS_REPORT_REGRESSION_TEST_WRITER_H_

#include <string>

#include "harness/report/finding.h"

namespace mortsafe {

// A complete source file: it replays the finding's program under the finding's
// schedule, through harness/hunt/replay.h, and expects no violation.
std::string RegressionTest(const Finding& finding);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_REGRESSION_TEST_WRITER_H_

// What a probe for wait-freedom found: a table and a sentence for people, and
// the members of `--json`.

#ifndef MORTSAFE_HARNESS_CLI_PROGRESS_REPORT_H_
#define MORTSAFE_HARNESS_CLI_PROGRESS_REPORT_H_

#include <nlohmann/json.hpp>
#include <string>

#include "harness/hunt/progress.h"

namespace mortsafe {

// A line per operation: steps beside threads of 0, 1, … operations, and whether
// it waits; then a program and a point at which it does, for each that does.
// REQUIRES: no program failed.
std::string ProgressTable(const ProgressResult& result);

// What was shown, in one sentence. REQUIRES: no program failed.
std::string ProgressSummary(const ProgressOptions& options,
                            const ProgressResult& result);

// The table, an object per operation.
nlohmann::ordered_json ProgressJson(const ProgressResult& result);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_PROGRESS_REPORT_H_

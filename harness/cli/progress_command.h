// `mortsafe verify --progress`: a probe for wait-freedom in place of a search
// for faults.

#ifndef MORTSAFE_HARNESS_CLI_PROGRESS_COMMAND_H_
#define MORTSAFE_HARNESS_CLI_PROGRESS_COMMAND_H_

#include <string>

#include "harness/hunt/verify.h"

namespace mortsafe {

// Probes each operation beside the other threads of a verification. Returns the
// exit status; findings, if the map fails, are written below `out`.
int RunProgress(const VerifyOptions& options, const std::string& out,
                bool json);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_PROGRESS_COMMAND_H_

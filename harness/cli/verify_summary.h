// What a verification has shown, in one precise sentence.

#ifndef MORTSAFE_HARNESS_CLI_VERIFY_SUMMARY_H_
#define MORTSAFE_HARNESS_CLI_VERIFY_SUMMARY_H_

#include <string>

#include "harness/hunt/verify.h"

namespace mortsafe {

// REQUIRES: nothing was found.
std::string VerifySummary(const VerifyOptions& options,
                          const VerifyResult& result);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_VERIFY_SUMMARY_H_

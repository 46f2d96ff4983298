#include "harness/base/check.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <source_location>

namespace mortsafe {
namespace {

std::atomic<bool>* failed_check_flag = nullptr;

}  // namespace

void SetFailedCheckFlag(std::atomic<bool>* flag) { failed_check_flag = flag; }

void FailCheck(const char* what, std::source_location where) {
  std::fprintf(stderr, "mortsafe: internal error at %s:%u: %s\n",
               where.file_name(), static_cast<unsigned>(where.line()), what);
  std::fflush(stderr);
  if (failed_check_flag != nullptr) *failed_check_flag = true;
  _exit(kHarnessErrorExitStatus);
}

}  // namespace mortsafe

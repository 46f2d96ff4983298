// Invariants of the harness itself. A broken one is a bug in Mortsafe, never in
// the map on trial, and ends the process with exit status 3.

#ifndef MORTSAFE_HARNESS_BASE_CHECK_H_
#define MORTSAFE_HARNESS_BASE_CHECK_H_

#include <atomic>
#include <source_location>

namespace mortsafe {

// Exit status of a process that found an error in the harness itself.
inline constexpr int kHarnessErrorExitStatus = 3;

// Prints `what` and `where` to standard error and exits with
// `kHarnessErrorExitStatus`, without running destructors.
[[noreturn]] void FailCheck(const char* what, std::source_location where);

// FailCheck sets `flag` before it exits: a parent process can then tell an
// error of the harness from code on trial that exits with the same status.
// `flag` must outlive the process.
void SetFailedCheckFlag(std::atomic<bool>* flag);

// Ends the process unless `condition` holds. `what` states the invariant.
inline void Check(
    bool condition, const char* what,
    std::source_location where = std::source_location::current()) {
  if (!condition) [[unlikely]] {
    FailCheck(what, where);
  }
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_BASE_CHECK_H_

// Ctrl-C and `kill`, turned into a wish that a long job grants at its own pace:
//
//   const Interruption interruption;
//   options.stop = interruption.flag();
//   Hunt(options);
//   MakeMinimizedFinding(…, interruption.flag());
//
// The first SIGINT or SIGTERM sets the flag; the second ends the process, as
// does one after the object is gone.

#ifndef MORTSAFE_HARNESS_CLI_INTERRUPTION_H_
#define MORTSAFE_HARNESS_CLI_INTERRUPTION_H_

#include <atomic>

namespace mortsafe {

// One at a time.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  const std::atomic<bool>* flag() const;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_INTERRUPTION_H_

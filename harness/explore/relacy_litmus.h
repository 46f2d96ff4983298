// The programs of relacy_benchmark.cc, run by Relacy (Debian's relacy-dev): the
// tool that people had for C++ before. Relacy's headers redefine `new` and
// `assert`, so they are seen by relacy_litmus.cc alone.

#ifndef MORTSAFE_HARNESS_EXPLORE_RELACY_LITMUS_H_
#define MORTSAFE_HARNESS_EXPLORE_RELACY_LITMUS_H_

#include <cstdint>

namespace mortsafe {

// Three threads each add one to a counter; store buffering; and the litmus of
// execution_benchmark.cc with two and with three threads, without its locked
// block and with it.
enum class LitmusProgram : uint8_t {
  kCounter,
  kStoreBuffering,
  kL2WithoutLock,
  kL3WithoutLock,
  kL2,
  kL3,
};

// Runs `program` in Relacy, all accesses sequentially consistent: `count`
// random executions, or, if it is 0, every one. Returns how many there were.
uint64_t RunInRelacy(LitmusProgram program, uint64_t count);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_RELACY_LITMUS_H_

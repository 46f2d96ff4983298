// The clock of a stressed map: a counter of returns. It makes no false alarm,
// and no operation pays for more than one atomic addition.
//
// An operation's call is what the counter shows before it begins; its return is
// the count that it adds after it is done. If A's return is less than B's call,
// then B's call read what A's addition, or one after it, wrote: A really had
// returned, and as only additions change the counter, all of A happens before
// all of B (an addition releases, and continues the releases before it; a call
// acquires). So an order in real time that the history claims is one that every
// correct map has to respect, whatever its memory orders. Equal times are
// concurrent, in histories as here.
//
// The processor's own counter would disturb the threads less, and show orders
// that this one hides: adding to it synchronises threads. But that the counters
// of all processors agree to the cycle, and are not read early, is something
// that a program cannot make sure of; one tick of difference is a false alarm.

#ifndef MORTSAFE_HARNESS_STRESS_HISTORY_CLOCK_H_
#define MORTSAFE_HARNESS_STRESS_HISTORY_CLOCK_H_

#include <atomic>
#include <cstdint>

namespace mortsafe {

// Thread-safe.
class HistoryClock {
 public:
  // Right before an operation begins.
  uint64_t Call() const { return returns_.load(std::memory_order_acquire); }

  // Right after it is done. No two returns are equal.
  uint64_t Return() { return returns_.fetch_add(1, std::memory_order_acq_rel); }

 private:
  static constexpr int kCacheLine = 64;
  // Nobody else's writes get in its way.
  alignas(kCacheLine) std::atomic<uint64_t> returns_{0};
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_STRESS_HISTORY_CLOCK_H_

// Memory orders by short names, for litmus tests whose programs differ in
// nothing else.

#ifndef MORTSAFE_HARNESS_EXPLORE_LITMUS_ORDERS_H_
#define MORTSAFE_HARNESS_EXPLORE_LITMUS_ORDERS_H_

#include <atomic>

namespace mortsafe {

inline constexpr std::memory_order kRelaxed = std::memory_order_relaxed;
inline constexpr std::memory_order kAcquire = std::memory_order_acquire;
inline constexpr std::memory_order kRelease = std::memory_order_release;
inline constexpr std::memory_order kAcqRel = std::memory_order_acq_rel;
inline constexpr std::memory_order kSeqCst = std::memory_order_seq_cst;

// How a thread stores and loads.
struct Orders {
  std::memory_order store;
  std::memory_order load;
};
inline constexpr Orders kAllRelaxed = {kRelaxed, kRelaxed};
inline constexpr Orders kReleaseAcquire = {kRelease, kAcquire};
inline constexpr Orders kAllSeqCst = {kSeqCst, kSeqCst};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_LITMUS_ORDERS_H_

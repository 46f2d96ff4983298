// What the memory orders of C++ ask for.

#ifndef MORTSAFE_HARNESS_EXPLORE_MEMORY_ORDER_H_
#define MORTSAFE_HARNESS_EXPLORE_MEMORY_ORDER_H_

#include <atomic>

namespace mortsafe {

inline bool IsAcquire(std::memory_order order) {
  return order == std::memory_order_acquire ||
         order == std::memory_order_consume ||
         order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

inline bool IsRelease(std::memory_order order) {
  return order == std::memory_order_release ||
         order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_MEMORY_ORDER_H_

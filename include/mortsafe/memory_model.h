// The memory models under which executions can be run.

#ifndef MORTSAFE_MEMORY_MODEL_H_
#define MORTSAFE_MEMORY_MODEL_H_

#include <cstdint>

namespace mortsafe {

enum class MemoryModel : uint8_t {
  // Sequential consistency, whatever memory orders the code names.
  kSc,
  // The weaker outcomes that those orders allow, too: the repaired C11 model,
  // RC11, with the release sequences of C++20. Loads may be stale, stores to
  // one atomic need not be ordered as they were performed. From the start of
  // the first thread on; for atomics of eight bytes at most. Not under
  // sanitizers.
  kC11,
};

}  // namespace mortsafe

#endif  // MORTSAFE_MEMORY_MODEL_H_

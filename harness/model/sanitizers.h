// What the sanitizers need to be told about controlled executions: which stack
// is in use, which fiber runs, and which steps of one happen before which of
// another. Nothing in builds without them.
//
// The build defines MORTSAFE_TSAN or MORTSAFE_ASAN, because this room's own
// sources are compiled without ThreadSanitizer and cannot ask the compiler.

#ifndef MORTSAFE_HARNESS_MODEL_SANITIZERS_H_
#define MORTSAFE_HARNESS_MODEL_SANITIZERS_H_

#include <cstddef>

#if defined(MORTSAFE_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(MORTSAFE_TSAN)
#include <sanitizer/tsan_interface.h>
extern "C" void __tsan_ignore_thread_begin();
extern "C" void __tsan_ignore_thread_end();
#endif

namespace mortsafe {

#if defined(MORTSAFE_TSAN)
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif
#if defined(MORTSAFE_ASAN)
inline constexpr bool kAddressSanitizer = true;
#else
inline constexpr bool kAddressSanitizer = false;
#endif

// While one lives, ThreadSanitizer overlooks the accesses of the calling fiber:
// for the harness's own state, which every fiber shares.
class IgnoreRaces {
 public:
#if defined(MORTSAFE_TSAN)
  IgnoreRaces() { __tsan_ignore_thread_begin(); }
  ~IgnoreRaces() { __tsan_ignore_thread_end(); }
#else
  // Not trivial, so that holding one is no unused variable.
  IgnoreRaces() {}   // NOLINT(modernize-use-equals-default)
  ~IgnoreRaces() {}  // NOLINT(modernize-use-equals-default)
#endif
  IgnoreRaces(const IgnoreRaces&) = delete;
  IgnoreRaces& operator=(const IgnoreRaces&) = delete;
};

// All that the running fiber did so far happens before what a fiber does after
// its next AcquireFrom(token).
inline void ReleaseTo([[maybe_unused]] void* token) {
#if defined(MORTSAFE_TSAN)
  __tsan_release(token);
#endif
}
inline void AcquireFrom([[maybe_unused]] void* token) {
#if defined(MORTSAFE_TSAN)
  __tsan_acquire(token);
#endif
}

// The running fiber took, or is about to give up, the lock at `lock`. Told as
// happens-before alone: an abandoned fiber never gives up what it holds.
inline void LockTaken(void* lock, bool) { AcquireFrom(lock); }
inline void LockGivenUp(void* lock, bool) { ReleaseTo(lock); }

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_SANITIZERS_H_

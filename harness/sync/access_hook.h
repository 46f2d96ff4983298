// What a thread that no scheduler controls does before it touches shared state
// through the seam: nothing, or what a hook of its own does. Stress tests delay
// threads there, in the middle of an operation:
//
//   class Delays final : public AccessHook {
//     void BeforeAccess() override { … }
//   };
//   const ScopedAccessHook scoped(&delays);  // For the calling thread.

#ifndef MORTSAFE_HARNESS_SYNC_ACCESS_HOOK_H_
#define MORTSAFE_HARNESS_SYNC_ACCESS_HOOK_H_

namespace mortsafe {

class AccessHook {
 public:
  // Before each operation of the seam's atomics, fences and mutexes, plain
  // writes and unlocking included. Must not use the seam itself.
  virtual void BeforeAccess() = 0;

 protected:
  ~AccessHook() = default;
};

inline thread_local constinit AccessHook* active_access_hook = nullptr;

// Where the seam's types do what std's do.
inline void BeforeNativeAccess() {
  if (active_access_hook != nullptr) [[unlikely]] {
    active_access_hook->BeforeAccess();
  }
}

// Sets the calling thread's hook, which may be null, for its own lifetime.
class ScopedAccessHook {
 public:
  explicit ScopedAccessHook(AccessHook* hook) { active_access_hook = hook; }
  ~ScopedAccessHook() { active_access_hook = nullptr; }
  ScopedAccessHook(const ScopedAccessHook&) = delete;
  ScopedAccessHook& operator=(const ScopedAccessHook&) = delete;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SYNC_ACCESS_HOOK_H_

// The modelled plain<T>: an ordinary object that more than one thread can
// reach. Include <mortsafe/sync.h> instead.

#ifndef MORTSAFE_HARNESS_SYNC_PLAIN_H_
#define MORTSAFE_HARNESS_SYNC_PLAIN_H_

#include <cstdint>
#include <utility>

#include "harness/sync/scheduler.h"

namespace mortsafe {
inline namespace modelled {

// A correct map orders its plain accesses by other means, so that they never
// race; making them scheduling points opens the window in which a map that does
// not is seen to read what was freed, re-used or half written.
template <class T>
class plain {
 public:
  template <class... Arguments>
  explicit plain(std::in_place_t, Arguments&&... arguments)
      : value_(std::forward<Arguments>(arguments)...) {
    AnnounceCreation(this);
  }
  plain(const plain&) = delete;
  plain& operator=(const plain&) = delete;

  const T& read() const {
    Announce(AccessKind::kPlainRead);
    return value_;
  }
  T& write() {
    Announce(AccessKind::kPlainWrite);
    return value_;
  }
  // For an owner that no other thread can disturb: no scheduling point.
  T& unshared() { return value_; }
  const T& unshared() const { return value_; }

 private:
  void Announce(AccessKind kind) const {
    if (Scheduler* scheduler = ActiveScheduler()) {
      scheduler->BeforeAccess({.kind = kind, .object = this});
      if (scheduler->recording()) [[unlikely]]
        Record(*scheduler);
    }
  }
  // Not inlined, as that is rare, and would enlarge its callers' frames.
  [[gnu::noinline]] void Record(Scheduler& scheduler) const {
    scheduler.Observe({.read = Show(value_)});
  }

  T value_;
};

// Names an object in traces: "read", or "entry(3)". `name` must outlive it.
inline void SetName(const volatile void* object, const char* name) {
  Scheduler* scheduler = ActiveScheduler();
  if (scheduler != nullptr && scheduler->tracing()) [[unlikely]] {
    scheduler->SetName(object, name);
  }
}

inline void SetName(const volatile void* object, const char* name,
                    uint64_t number) {
  Scheduler* scheduler = ActiveScheduler();
  if (scheduler != nullptr && scheduler->tracing()) [[unlikely]] {
    scheduler->SetName(object, name, number);
  }
}

}  // namespace modelled
}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SYNC_PLAIN_H_

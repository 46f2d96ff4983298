// The seam in products and benchmarks: std's own types, and nothing else.
// Include <mortsafe/sync.h> instead.

#ifndef MORTSAFE_HARNESS_SYNC_NATIVE_H_
#define MORTSAFE_HARNESS_SYNC_NATIVE_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <type_traits>
#include <utility>

namespace mortsafe {
inline namespace native {

using std::atomic;
using std::atomic_thread_fence;
using std::condition_variable;
using std::mutex;
using std::shared_mutex;
using std::thread;

namespace this_thread {

using std::this_thread::yield;

inline uint32_t slot() {
  static std::atomic<uint32_t> next{0};
  thread_local const uint32_t mine = next.fetch_add(1);
  return mine;
}

}  // namespace this_thread

template <class T>
class plain {
 public:
  template <class... Arguments>
  explicit plain(std::in_place_t, Arguments&&... arguments)
      : value_(std::forward<Arguments>(arguments)...) {}
  plain(const plain&) = delete;
  plain& operator=(const plain&) = delete;

  const T& read() const { return value_; }
  T& write() { return value_; }
  T& unshared() { return value_; }
  const T& unshared() const { return value_; }

 private:
  T value_;
};

template <class T>
void WritePlainly(atomic<T>& object, std::type_identity_t<T> value) noexcept {
  std::construct_at(&object, value);
}

inline void SetName(const volatile void*, const char*) {}
inline void SetName(const volatile void*, const char*, uint64_t) {}

}  // namespace native
}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SYNC_NATIVE_H_

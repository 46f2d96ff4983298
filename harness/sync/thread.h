// The modelled thread: a fiber of the active scheduler, or a std::thread where
// there is none. Include <mortsafe/sync.h> instead.

#ifndef MORTSAFE_HARNESS_SYNC_THREAD_H_
#define MORTSAFE_HARNESS_SYNC_THREAD_H_

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>

#include "harness/sync/scheduler.h"

namespace mortsafe {
inline namespace modelled {

class thread {
 public:
  thread() noexcept = default;
  template <class Function, class... Arguments>
    requires(!std::is_same_v<std::remove_cvref_t<Function>, thread>)
  explicit thread(Function&& function, Arguments&&... arguments) {
    if (Scheduler* scheduler = ActiveScheduler()) {
      fiber_ = scheduler->Spawn(
          new BodyOf<std::decay_t<Function>, std::decay_t<Arguments>...>(
              std::forward<Function>(function),
              std::forward<Arguments>(arguments)...));
    } else {
      native_ = std::thread(std::forward<Function>(function),
                            std::forward<Arguments>(arguments)...);
    }
  }
  thread(thread&& other) noexcept { swap(other); }
  thread& operator=(thread&& other) noexcept {
    if (joinable()) std::terminate();
    swap(other);
    return *this;
  }
  ~thread() {
    if (fiber_.has_value()) std::terminate();
  }

  bool joinable() const noexcept {
    return fiber_.has_value() || native_.joinable();
  }
  // REQUIRES: joinable(), and the scheduler that started the thread is active.
  void join() {
    if (fiber_.has_value()) {
      ActiveScheduler()->Join(*fiber_);
      fiber_.reset();
    } else {
      native_.join();
    }
  }
  void swap(thread& other) noexcept {
    std::swap(fiber_, other.fiber_);
    native_.swap(other.native_);
  }

 private:
  template <class Function, class... Arguments>
  class BodyOf final : public ThreadBody {
   public:
    template <class F, class... A>
    explicit BodyOf(F&& function, A&&... arguments)
        : function_(std::forward<F>(function)),
          arguments_(std::forward<A>(arguments)...) {}
    void Run() override {
      std::apply(std::move(function_), std::move(arguments_));
    }

   private:
    Function function_;
    std::tuple<Arguments...> arguments_;
  };

  std::optional<uint32_t> fiber_;
  std::thread native_;
};

namespace this_thread {

inline void yield() {
  if (Scheduler* scheduler = ActiveScheduler()) {
    scheduler->BeforeAccess({.kind = AccessKind::kYield});
  } else {
    std::this_thread::yield();
  }
}

// A small number that differs between the threads of one controlled execution,
// and between the first 2^32 threads of a process otherwise.
inline uint32_t slot() {
  if (Scheduler* scheduler = ActiveScheduler()) {
    return scheduler->CurrentThread();
  }
  static std::atomic<uint32_t> next{0};
  thread_local const uint32_t mine = next.fetch_add(1);
  return mine;
}

}  // namespace this_thread
}  // namespace modelled
}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SYNC_THREAD_H_

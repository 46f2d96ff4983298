// The modelled mutex, shared_mutex and condition_variable: std's own while no
// scheduler is active, scheduling points while one is. Include
// <mortsafe/sync.h> instead.

#ifndef MORTSAFE_HARNESS_SYNC_MUTEX_H_
#define MORTSAFE_HARNESS_SYNC_MUTEX_H_

#include <condition_variable>
#include <mutex>
#include <shared_mutex>

#include "harness/sync/access_hook.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
inline namespace modelled {

class condition_variable;

class mutex {
 public:
  constexpr mutex() noexcept = default;
  mutex(const mutex&) = delete;
  mutex& operator=(const mutex&) = delete;

  void lock() {
    if (Scheduler* scheduler = ActiveScheduler()) {
      scheduler->Acquire({.kind = AccessKind::kLock, .object = this}, state_);
    } else {
      BeforeNativeAccess();
      native_.lock();
    }
  }
  bool try_lock() {
    if (Scheduler* scheduler = ActiveScheduler()) {
      return scheduler->TryAcquire(
          {.kind = AccessKind::kTryLock, .object = this}, state_);
    }
    BeforeNativeAccess();
    return native_.try_lock();
  }
  void unlock() {
    if (Scheduler* scheduler = ActiveScheduler()) {
      scheduler->Release({.kind = AccessKind::kUnlock, .object = this}, state_);
    } else {
      BeforeNativeAccess();
      native_.unlock();
    }
  }

 private:
  friend class condition_variable;
  std::mutex native_;
  LockState state_;
};

class shared_mutex {
 public:
  shared_mutex() = default;
  shared_mutex(const shared_mutex&) = delete;
  shared_mutex& operator=(const shared_mutex&) = delete;

  void lock() {
    if (Scheduler* scheduler = ActiveScheduler()) {
      scheduler->Acquire({.kind = AccessKind::kLock, .object = this}, state_);
    } else {
      BeforeNativeAccess();
      native_.lock();
    }
  }
  bool try_lock() {
    if (Scheduler* scheduler = ActiveScheduler()) {
      return scheduler->TryAcquire(
          {.kind = AccessKind::kTryLock, .object = this}, state_);
    }
    BeforeNativeAccess();
    return native_.try_lock();
  }
  void unlock() {
    if (Scheduler* scheduler = ActiveScheduler()) {
      scheduler->Release({.kind = AccessKind::kUnlock, .object = this}, state_);
    } else {
      BeforeNativeAccess();
      native_.unlock();
    }
  }
  void lock_shared() {
    if (Scheduler* scheduler = ActiveScheduler()) {
      scheduler->Acquire({.kind = AccessKind::kLockShared, .object = this},
                         state_);
    } else {
      BeforeNativeAccess();
      native_.lock_shared();
    }
  }
  bool try_lock_shared() {
    if (Scheduler* scheduler = ActiveScheduler()) {
      return scheduler->TryAcquire(
          {.kind = AccessKind::kTryLockShared, .object = this}, state_);
    }
    BeforeNativeAccess();
    return native_.try_lock_shared();
  }
  void unlock_shared() {
    if (Scheduler* scheduler = ActiveScheduler()) {
      scheduler->Release({.kind = AccessKind::kUnlockShared, .object = this},
                         state_);
    } else {
      BeforeNativeAccess();
      native_.unlock_shared();
    }
  }

 private:
  std::shared_mutex native_;
  LockState state_;
};

class condition_variable {
 public:
  condition_variable() = default;
  condition_variable(const condition_variable&) = delete;
  condition_variable& operator=(const condition_variable&) = delete;

  // REQUIRES: `lock` is held by the calling thread.
  void wait(std::unique_lock<mutex>& lock) {
    if (Scheduler* scheduler = ActiveScheduler()) {
      scheduler->Wait(state_, lock.mutex()->state_,
                      {.kind = AccessKind::kLock, .object = lock.mutex()});
      return;
    }
    std::unique_lock<std::mutex> native(lock.mutex()->native_, std::adopt_lock);
    native_.wait(native);
    native.release();
  }
  template <class Predicate>
  void wait(std::unique_lock<mutex>& lock, Predicate predicate) {
    while (!predicate()) wait(lock);
  }
  void notify_one() noexcept { Notify(false); }
  void notify_all() noexcept { Notify(true); }

 private:
  void Notify(bool all) noexcept {
    if (Scheduler* scheduler = ActiveScheduler()) {
      scheduler->Notify(state_, all);
    } else if (all) {
      native_.notify_all();
    } else {
      native_.notify_one();
    }
  }

  std::condition_variable native_;
  ConditionState state_;
};

}  // namespace modelled
}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SYNC_MUTEX_H_

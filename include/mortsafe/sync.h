// <mortsafe/sync.h>: the seam. A map written with these types instead of std's
// can be run under Mortsafe's control, and costs nothing outside of it.
//
//   mortsafe::atomic<T>            as std::atomic<T>
//   mortsafe::atomic_thread_fence  as std::atomic_thread_fence
//   mortsafe::mutex                as std::mutex
//   mortsafe::shared_mutex         as std::shared_mutex
//   mortsafe::condition_variable   as std::condition_variable (no timed waits)
//   mortsafe::thread               as std::thread
//   mortsafe::this_thread::yield() as std::this_thread::yield()
//   mortsafe::this_thread::slot()  a small number for the calling thread
//   mortsafe::plain<T>             an ordinary T that several threads reach
//   mortsafe::WritePlainly(atomic, value)  a write that is not atomic
//   mortsafe::SetName(&object, "name")     names an object in traces
//
// std::lock_guard, std::unique_lock, std::scoped_lock and std::shared_lock work
// with the mutexes. Without MORTSAFE_MODELLED all of this is std's own; with it
// (the harness's own builds define it) each operation asks its thread whether a
// scheduler is active, and does what std's does if none is.

#ifndef MORTSAFE_SYNC_H_
#define MORTSAFE_SYNC_H_

#if defined(MORTSAFE_MODELLED)
#include "harness/sync/atomic.h"  // IWYU pragma: export
#include "harness/sync/mutex.h"   // IWYU pragma: export
#include "harness/sync/plain.h"   // IWYU pragma: export
#include "harness/sync/thread.h"  // IWYU pragma: export
#else
#include "harness/sync/native.h"  // IWYU pragma: export
#endif

#endif  // MORTSAFE_SYNC_H_

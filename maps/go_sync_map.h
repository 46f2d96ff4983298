// The real thing: sync.Map of the Go toolchain that was found when this was
// built, with 64-bit integers as keys and values. What the ports in this folder
// are compared with, on real threads and, at rest, state for state.
//
// Go's code is in a shared library (maps/go), which is loaded when the first
// map is made: its run time starts threads of its own, which would not survive
// a later fork. So a process that forks to isolate maps must not make one of
// these before.
//
// It offers what its Go offers: Swap, CompareAndSwap and CompareAndDelete since
// Go 1.20, Clear since 1.23. None is put together from others, as that would
// not be one step.
//
// MORTSAFE_GO_VERSION ("go1.19.8") and MORTSAFE_GO_MINOR (19) are given by the
// build, to who links mortsafe_go_sync_map.

#ifndef MORTSAFE_MAPS_GO_SYNC_MAP_H_
#define MORTSAFE_MAPS_GO_SYNC_MAP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "maps/read_dirty_state.h"

namespace mortsafe {

// Thread-safe. Any thread may call it, and need not say so before.
class GoSyncMap {
 public:
  using Key = uint64_t;
  using Value = uint64_t;
  using State = ReadDirtyState<Key, Value>;

  // Why the library cannot be used, or nothing. Loads it.
  static std::optional<std::string> LoadError();

  // Where it must be: beside the program.
  static std::string PathOfLibrary();

  // REQUIRES: there is no LoadError().
  GoSyncMap();
  // REQUIRES: no operation is in progress.
  ~GoSyncMap();
  GoSyncMap(const GoSyncMap&) = delete;
  GoSyncMap& operator=(const GoSyncMap&) = delete;

  std::optional<Value> Load(Key key);
  void Store(Key key, Value value);
  std::pair<Value, bool> LoadOrStore(Key key, Value value);
  std::optional<Value> LoadAndDelete(Key key);
  void Delete(Key key);
#if MORTSAFE_GO_MINOR >= 20
  std::optional<Value> Swap(Key key, Value value);
  bool CompareAndSwap(Key key, Value old_value, Value new_value);
  bool CompareAndDelete(Key key, Value old_value);
#endif
#if MORTSAFE_GO_MINOR >= 23
  void Clear();
#endif

  // `visit` is called while Go's Range runs, on this thread, and may call any
  // operation. It must not throw.
  template <class Visit>
  void Range(Visit visit) {
    RangeOver(
        [](void* context, uint64_t key, uint64_t value) -> int32_t {
          return (*static_cast<Visit*>(context))(key, value) ? 1 : 0;
        },
        &visit);
  }

  // What the tables hold, or nothing if this Go's map is not a read/dirty map
  // (since 1.24) or has changed. REQUIRES: no operation is in progress.
  std::optional<State> InnerState();

 private:
  using RawVisit = int32_t (*)(void* context, uint64_t key, uint64_t value);

  void RangeOver(RawVisit visit, void* context);

  const uintptr_t handle_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_GO_SYNC_MAP_H_

// libcds' FeldmanHashSet, used as a map: a lock-free, multi-level array, whose
// items are replaced or removed by one compare-and-exchange each, and freed by
// hazard pointers.
//
// Offered: Load, Store, LoadOrStore, LoadAndDelete, Delete and Swap. The set is
// used instead of libcds' own FeldmanHashMap because that publishes new items
// before their values are written (its update() calls back afterwards). Not
// offered: CompareAndSwap and CompareAndDelete, as an item can only be replaced
// or removed whatever it is; Range, as iterators may come past a key twice;
// Clear, which is not one step.
//
// A thread is attached to libcds when it first calls a map, and taken off when
// it ends; at most kMostThreads at once. Real threads only. Not in builds with
// ThreadSanitizer: the library's compiled part is not instrumented, so that the
// order that hazard pointers give is not seen.

#ifndef MORTSAFE_MAPS_FELDMAN_MAP_H_
#define MORTSAFE_MAPS_FELDMAN_MAP_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace mortsafe {

// Thread-safe.
class FeldmanMap {
 public:
  using Key = uint64_t;
  using Value = uint64_t;

  static constexpr size_t kMostThreads = 128;

  FeldmanMap();
  // REQUIRES: no operation is in progress.
  ~FeldmanMap();
  FeldmanMap(const FeldmanMap&) = delete;
  FeldmanMap& operator=(const FeldmanMap&) = delete;

  std::optional<Value> Load(Key key);
  void Store(Key key, Value value);
  std::pair<Value, bool> LoadOrStore(Key key, Value value);
  std::optional<Value> LoadAndDelete(Key key);
  void Delete(Key key);
  std::optional<Value> Swap(Key key, Value value);

 private:
  struct Set;

  const std::unique_ptr<Set> set_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_FELDMAN_MAP_H_

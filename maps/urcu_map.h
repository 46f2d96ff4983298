// liburcu's lock-free hash table (rculfhash), with the flavour of RCU that has
// expedited grace periods (memb). Values do not change: a node is added,
// replaced or removed by one compare-and-exchange each.
//
// Offered: Load, Store, LoadOrStore, LoadAndDelete, Delete, Swap,
// CompareAndSwap, CompareAndDelete and Range. What may fail because another
// thread replaced or removed the node is tried again from the look-up: only
// what succeeds has an effect, and that is one step. Not offered: Clear, which
// would not be one.
//
// A thread is registered with RCU when it first calls a map, and taken off when
// it ends. Real threads only. Not in builds with ThreadSanitizer: the library
// is not instrumented, so that the order that RCU gives is not seen.

#ifndef MORTSAFE_MAPS_URCU_MAP_H_
#define MORTSAFE_MAPS_URCU_MAP_H_

#include <cstdint>
#include <optional>
#include <utility>

struct cds_lfht;

namespace mortsafe {

// Thread-safe.
class UrcuMap {
 public:
  using Key = uint64_t;
  using Value = uint64_t;

  UrcuMap();
  // REQUIRES: no operation is in progress.
  ~UrcuMap();
  UrcuMap(const UrcuMap&) = delete;
  UrcuMap& operator=(const UrcuMap&) = delete;

  std::optional<Value> Load(Key key);
  void Store(Key key, Value value);
  std::pair<Value, bool> LoadOrStore(Key key, Value value);
  std::optional<Value> LoadAndDelete(Key key);
  void Delete(Key key);
  std::optional<Value> Swap(Key key, Value value);
  bool CompareAndSwap(Key key, Value old_value, Value new_value);
  bool CompareAndDelete(Key key, Value old_value);

  // `visit` is called in a section in which nothing is freed; it may call any
  // operation, and must not throw.
  template <class Visit>
  void Range(Visit visit) {
    RangeOver(
        [](void* context, Key key, Value value) -> bool {
          return (*static_cast<Visit*>(context))(key, value);
        },
        &visit);
  }

 private:
  using RawVisit = bool (*)(void* context, Key key, Value value);

  void RangeOver(RawVisit visit, void* context);

  cds_lfht* const table_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_URCU_MAP_H_

// oneTBB's concurrent_hash_map: buckets with a lock each, and a lock in each
// element, which a caller holds as an "accessor" while it looks at the element
// or changes it.
//
// Offered: Load, Store, LoadOrStore, LoadAndDelete, Delete, Swap,
// CompareAndSwap and CompareAndDelete, each one step under one accessor. Not
// offered: Range and Clear, as TBB allows neither iteration nor clear() beside
// other operations.
//
// Real threads only. Not in builds with ThreadSanitizer, which reports the
// distribution's TBB falsely.

#ifndef MORTSAFE_MAPS_TBB_MAP_H_
#define MORTSAFE_MAPS_TBB_MAP_H_

#include <oneapi/tbb/concurrent_hash_map.h>

#include <cstdint>
#include <optional>
#include <utility>

namespace mortsafe {

// Thread-safe.
class TbbMap {
 public:
  using Key = uint64_t;
  using Value = uint64_t;

  std::optional<Value> Load(Key key) {
    Table::const_accessor found;
    if (!table_.find(found, key)) return std::nullopt;
    return found->second;
  }

  void Store(Key key, Value value) { Swap(key, value); }

  std::pair<Value, bool> LoadOrStore(Key key, Value value) {
    Table::const_accessor found;
    const bool stored = table_.insert(found, {key, value});
    return {found->second, !stored};
  }

  std::optional<Value> LoadAndDelete(Key key) {
    Table::accessor found;
    if (!table_.find(found, key)) return std::nullopt;
    const Value value = found->second;
    // False: another thread removed the element while we locked it.
    if (!table_.erase(found)) return std::nullopt;
    return value;
  }

  void Delete(Key key) { table_.erase(key); }

  std::optional<Value> Swap(Key key, Value value) {
    Table::accessor found;
    if (table_.insert(found, {key, value})) return std::nullopt;
    return std::exchange(found->second, value);
  }

  bool CompareAndSwap(Key key, Value old_value, Value new_value) {
    Table::accessor found;
    if (!table_.find(found, key) || found->second != old_value) return false;
    found->second = new_value;
    return true;
  }

  bool CompareAndDelete(Key key, Value old_value) {
    Table::accessor found;
    return table_.find(found, key) && found->second == old_value &&
           table_.erase(found);
  }

 private:
  using Table = tbb::concurrent_hash_map<Key, Value>;

  Table table_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_TBB_MAP_H_

// A concurrent hash map for many writers: the keys are divided among shards by
// their hash, and each shard is a map with a read-write lock of its own
// (maps/locked_map.h). Threads that work on different shards do not wait for
// each other.
//
// Clear is the one operation on several shards at once. It holds all locks, and
// takes them in the order of the shards; all others hold one lock at a time, so
// nobody waits in a circle.

#ifndef MORTSAFE_MAPS_SHARDED_MAP_H_
#define MORTSAFE_MAPS_SHARDED_MAP_H_

#include <mortsafe/sync.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "maps/defects.h"
#include "maps/entries_text.h"
#include "maps/locked_map.h"

namespace mortsafe {

// Thread-safe. Values are copied out; compare operations need operator==.
template <class Key, class Value, class Hash = std::hash<Key>,
          class Equal = std::equal_to<Key>, size_t kShards = 16,
          class Defects = NoDefects>
class ShardedMap {
  static_assert(std::has_single_bit(kShards) && kShards >= 8 && kShards <= 64);

 public:
  explicit ShardedMap(Defects defects = Defects()) : defects_(defects) {
    for (size_t i = 0; i < kShards; ++i) shards_[i].map.SetNames(i);
  }
  ShardedMap(const ShardedMap&) = delete;
  ShardedMap& operator=(const ShardedMap&) = delete;

  // As LockedMap's.
  std::optional<Value> Load(const Key& key) { return MapOf(key).Load(key); }
  void Store(const Key& key, Value value) { Swap(key, std::move(value)); }
  std::pair<Value, bool> LoadOrStore(const Key& key, Value value) {
    return MapOf(key).LoadOrStore(key, std::move(value));
  }
  std::optional<Value> LoadAndDelete(const Key& key) {
    return MapOf(key).LoadAndDelete(key);
  }
  void Delete(const Key& key) { LoadAndDelete(key); }
  std::optional<Value> Swap(const Key& key, Value value) {
    return MapOf(key).Swap(key, std::move(value));
  }
  bool CompareAndSwap(const Key& key, const Value& old_value, Value new_value) {
    return MapOf(key).CompareAndSwap(key, old_value, std::move(new_value));
  }
  bool CompareAndDelete(const Key& key, const Value& old_value) {
    return MapOf(key).CompareAndDelete(key, old_value);
  }

  // Calls visit(key, value) for the keys in the map, each at most once, until
  // it returns false. No snapshot: each shard is seen as it is at some moment
  // during the call. `visit` may call any operation.
  template <class Visit>
  void Range(Visit visit) {
    if (Has(ShardedDefect::kLocksInTwoOrders)) LockAllBackwards();
    bool goes_on = true;
    for (Shard& shard : shards_) {
      shard.map.Range([&](const Key& key, const Value& value) {
        goes_on = visit(key, value);
        return goes_on;
      });
      if (!goes_on) return;
    }
  }

  // Removes every key, in one step.
  void Clear() {
    if (Has(ShardedDefect::kClearShardByShard)) {
      for (Shard& shard : shards_) shard.map.Clear();
      return;
    }
    std::array<std::unique_lock<shared_mutex>, kShards> locks;
    for (size_t i = 0; i < kShards; ++i) locks[i] = shards_[i].map.Lock();
    for (Shard& shard : shards_) shard.map.ClearLocked();
  }

  // What is wrong with the map's structure, or nothing. REQUIRES: no operation
  // is in progress.
  std::optional<std::string> CheckInvariants() const {
    for (size_t i = 0; i < kShards; ++i) {
      for (const auto& [key, value] : shards_[i].map.AtRest()) {
        if (ShardOf(key) != i) return "a key is in another key's shard";
      }
    }
    return std::nullopt;
  }

  // The shards' tables in words, one after the other (EntriesText). REQUIRES:
  // no operation is in progress.
  std::string StateText() const
    requires std::is_integral_v<Key>
  {
    EntriesText<Value> text;
    for (const Shard& shard : shards_) text.Add(shard.map.AtRest());
    return text.text();
  }

 private:
  // A shard's lock shares its cache line with no other shard's.
  static constexpr size_t kCacheLine = 64;
  struct alignas(kCacheLine) Shard {
    LockedMap<Key, Value, Hash, Equal> map;
  };

  bool Has(ShardedDefect defect) const { return defects_.Has(defect); }

  // What only kLocksInTwoOrders does: waits until nobody writes.
  void LockAllBackwards() {
    std::array<std::unique_lock<shared_mutex>, kShards> locks;
    for (size_t i = kShards; i-- > 0;) locks[i] = shards_[i].map.Lock();
  }

  // A table takes the low bits of the hash, and the hash of an integer may be
  // the integer: the shard is told by bits that depend on all of them.
  static size_t ShardOf(const Key& key) {
    constexpr uint64_t kGoldenRatio = 0x9e3779b97f4a7c15;
    constexpr int kUnused = 64 - std::countr_zero(kShards);
    return (uint64_t{Hash()(key)} * kGoldenRatio) >> kUnused;
  }

  LockedMap<Key, Value, Hash, Equal>& MapOf(const Key& key) {
    return shards_[ShardOf(key)].map;
  }

  [[no_unique_address]] const Defects defects_;
  std::array<Shard, kShards> shards_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_SHARDED_MAP_H_

// A concurrent hash map as most programs have one: a hash table and one
// read-write lock around it. Readers share the lock, writers have it alone.
//
// It is easy to get right, and slow once several threads write: what the other
// maps here are compared with.

#ifndef MORTSAFE_MAPS_LOCKED_MAP_H_
#define MORTSAFE_MAPS_LOCKED_MAP_H_

#include <mortsafe/sync.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "maps/defects.h"
#include "maps/entries_text.h"

namespace mortsafe {

// Thread-safe. Values are copied out; compare operations need operator==. No
// lock is held while code of the caller's runs, but for what belongs to the
// types: hash, equality, copies and destructors.
template <class Key, class Value, class Hash = std::hash<Key>,
          class Equal = std::equal_to<Key>, class Defects = NoDefects>
class LockedMap {
 public:
  using EntryOfKey = std::unordered_map<Key, Value, Hash, Equal>;

  explicit LockedMap(Defects defects = Defects()) : defects_(defects) {
    SetName(&mutex_, "lock");
    SetName(&entries_, "entries");
  }
  LockedMap(const LockedMap&) = delete;
  LockedMap& operator=(const LockedMap&) = delete;

  // The value of `key`, or nothing if it is absent.
  std::optional<Value> Load(const Key& key) {
    if (Has(LockedDefect::kLoadWithoutLock)) return Find(key);
    const std::shared_lock<shared_mutex> lock = LockShared();
    return Find(key);
  }

  void Store(const Key& key, Value value) { Swap(key, std::move(value)); }

  // The value of `key` and true, or `value`, now stored, and false.
  std::pair<Value, bool> LoadOrStore(const Key& key, Value value) {
    if (std::optional<Value> actual = Load(key)) {
      return {*std::move(actual), true};
    }
    const std::unique_lock<shared_mutex> lock = Lock();
    EntryOfKey& entries = entries_.write();
    if (Has(LockedDefect::kLoadOrStoreLooksOnce)) {
      entries.insert_or_assign(key, value);
      return {std::move(value), false};
    }
    // Another thread may have stored the key between the two locks.
    const auto [entry, stored] = entries.try_emplace(key, std::move(value));
    return {entry->second, !stored};
  }

  // Removes `key`; returns the value it had, if any.
  std::optional<Value> LoadAndDelete(const Key& key) {
    if (Has(LockedDefect::kLoadAndDeleteUnlocksBetween)) {
      std::optional<Value> value = Load(key);
      if (value.has_value()) Erase(key);
      return value;
    }
    return Erase(key);
  }

  void Delete(const Key& key) { LoadAndDelete(key); }

  // Stores `value`; returns the value it replaced, if any.
  std::optional<Value> Swap(const Key& key, Value value) {
    const std::unique_lock<shared_mutex> lock = Lock();
    const auto [entry, added] =
        entries_.write().try_emplace(key, std::move(value));
    if (added) return std::nullopt;
    // try_emplace() leaves `value` alone where the key was there.
    // NOLINTNEXTLINE(bugprone-use-after-move)
    return std::exchange(entry->second, std::move(value));
  }

  // Stores `new_value` if the key has `old_value`; says whether it did.
  bool CompareAndSwap(const Key& key, const Value& old_value, Value new_value) {
    if (Has(LockedDefect::kThrowKeepsLock)) {
      // What throws here leaves the lock locked.
      Lock().release();
      const bool swapped = SwapIfEqual(key, old_value, new_value);
      mutex_.unlock();
      return swapped;
    }
    const std::unique_lock<shared_mutex> lock = Lock();
    return SwapIfEqual(key, old_value, new_value);
  }

  // Removes the key if it has `old_value`; says whether it did.
  bool CompareAndDelete(const Key& key, const Value& old_value) {
    const std::unique_lock<shared_mutex> lock = Lock();
    EntryOfKey& entries = entries_.write();
    const auto found = entries.find(key);
    if (found == entries.end() || !(found->second == old_value)) return false;
    entries.erase(found);
    return true;
  }

  // Calls visit(key, value) for the keys that were in the map at one moment
  // during the call, each once, until it returns false. All are copied before
  // the first visit: `visit` may call any operation, and sees nothing of what
  // changes meanwhile.
  template <class Visit>
  void Range(Visit visit) {
    if (Has(LockedDefect::kRangeHoldsLock)) {
      const std::shared_lock<shared_mutex> lock = LockShared();
      for (const auto& [key, value] : entries_.read()) {
        if (!visit(key, value)) return;
      }
      return;
    }
    for (const auto& [key, value] : Snapshot()) {
      if (!visit(key, value)) return;
    }
  }

  // Removes every key, in one step.
  void Clear() {
    const std::unique_lock<shared_mutex> lock = Lock();
    ClearLocked();
  }

  // For changes of several maps in one step: nobody else's operation gets into
  // this map while the lock is held.
  [[nodiscard]] std::unique_lock<shared_mutex> Lock() {
    if (Has(LockedDefect::kNoLock)) return {};
    return std::unique_lock<shared_mutex>(mutex_);
  }

  // REQUIRES: the caller holds Lock().
  void ClearLocked() { entries_.write().clear(); }

  // The table itself. REQUIRES: no operation is in progress.
  const EntryOfKey& AtRest() const { return entries_.unshared(); }

  // The table in words (EntriesText). REQUIRES: no operation is in progress.
  std::string StateText() const
    requires std::is_integral_v<Key>
  {
    EntriesText<Value> text;
    text.Add(AtRest());
    return text.text();
  }

  // Names the map in traces as one of several.
  void SetNames(uint64_t number) {
    SetName(&mutex_, "lock", number);
    SetName(&entries_, "entries", number);
  }

 private:
  bool Has(LockedDefect defect) const { return defects_.Has(defect); }

  [[nodiscard]] std::shared_lock<shared_mutex> LockShared() {
    if (Has(LockedDefect::kNoLock)) return {};
    return std::shared_lock<shared_mutex>(mutex_);
  }

  // REQUIRES: the lock is held, shared or not.
  std::optional<Value> Find(const Key& key) const {
    const EntryOfKey& entries = entries_.read();
    const auto found = entries.find(key);
    if (found == entries.end()) return std::nullopt;
    return found->second;
  }

  // REQUIRES: the lock is held.
  bool SwapIfEqual(const Key& key, const Value& old_value, Value& new_value) {
    EntryOfKey& entries = entries_.write();
    const auto found = entries.find(key);
    if (found == entries.end() || !(found->second == old_value)) return false;
    found->second = std::move(new_value);
    return true;
  }

  std::optional<Value> Erase(const Key& key) {
    const std::unique_lock<shared_mutex> lock = Lock();
    EntryOfKey& entries = entries_.write();
    const auto found = entries.find(key);
    if (found == entries.end()) return std::nullopt;
    std::optional<Value> value = std::move(found->second);
    entries.erase(found);
    return value;
  }

  std::vector<std::pair<Key, Value>> Snapshot() {
    const std::shared_lock<shared_mutex> lock = LockShared();
    const EntryOfKey& entries = entries_.read();
    return {entries.begin(), entries.end()};
  }

  [[no_unique_address]] const Defects defects_;
  shared_mutex mutex_;
  plain<EntryOfKey> entries_{std::in_place};  // Guarded by mutex_.
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_LOCKED_MAP_H_

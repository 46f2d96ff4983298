// libcuckoo's cuckoohash_map: cuckoo hashing with striped spin locks; each
// operation holds the locks of its key's two buckets, and what it does to the
// value is a function that it calls under them.
//
// Offered: all ten. Clear and Range take all locks; Range copies under them, so
// that its callback may call any operation.
//
// Growing beside other threads, it can break, as of version 0.3.1: a thread
// that has waited with an outgrown array of locks takes the table's size for
// proof that nothing has changed, and while a second growth is under way the
// size reads as it did before the first. That thread then touches buckets that
// are being moved: a crash, or libcuckoo::load_factor_too_low. Give it room.
//
// Real threads only; in builds with ThreadSanitizer, too, as it is headers
// alone.

#ifndef MORTSAFE_MAPS_CUCKOO_MAP_H_
#define MORTSAFE_MAPS_CUCKOO_MAP_H_

#include <cstddef>
#include <cstdint>
#include <libcuckoo/cuckoohash_map.hh>
#include <optional>
#include <utility>
#include <vector>

namespace mortsafe {

// Thread-safe.
class CuckooMap {
 public:
  using Key = uint64_t;
  using Value = uint64_t;

  // Grows as it must. The more room, the more locks, all of which Clear and
  // Range take: 65,536 for as much room as libcuckoo itself begins with.
  explicit CuckooMap(size_t room = libcuckoo::DEFAULT_SIZE) : table_(room) {}

  std::optional<Value> Load(Key key) {
    Value value = 0;
    if (!table_.find(key, value)) return std::nullopt;
    return value;
  }

  void Store(Key key, Value value) { table_.insert_or_assign(key, value); }

  std::pair<Value, bool> LoadOrStore(Key key, Value value) {
    Value actual = value;
    const bool stored =
        table_.upsert(key, [&](const Value& found) { actual = found; }, value);
    return {actual, !stored};
  }

  std::optional<Value> LoadAndDelete(Key key) {
    std::optional<Value> value;
    table_.erase_fn(key, [&](const Value& found) {
      value = found;
      return true;
    });
    return value;
  }

  void Delete(Key key) { table_.erase(key); }

  std::optional<Value> Swap(Key key, Value value) {
    std::optional<Value> previous;
    table_.upsert(
        key, [&](Value& found) { previous = std::exchange(found, value); },
        value);
    return previous;
  }

  bool CompareAndSwap(Key key, Value old_value, Value new_value) {
    bool is_old = false;
    table_.update_fn(key, [&](Value& found) {
      is_old = found == old_value;
      if (is_old) found = new_value;
    });
    return is_old;
  }

  bool CompareAndDelete(Key key, Value old_value) {
    bool is_old = false;
    table_.erase_fn(key, [&](const Value& found) {
      is_old = found == old_value;
      return is_old;
    });
    return is_old;
  }

  template <class Visit>
  void Range(Visit visit) {
    for (const auto& [key, value] : Snapshot()) {
      if (!visit(key, value)) return;
    }
  }

  void Clear() { table_.clear(); }

 private:
  using Table = libcuckoo::cuckoohash_map<Key, Value>;

  std::vector<std::pair<Key, Value>> Snapshot() {
    const auto locked = table_.lock_table();
    return {locked.begin(), locked.end()};
  }

  Table table_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_CUCKOO_MAP_H_

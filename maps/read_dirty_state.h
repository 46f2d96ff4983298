// The inner state of a read/dirty map at rest, as a value: what a debugger or a
// test compares, and as JSON what a person reads.
//
//   ReadDirtyMap<int, int> map;
//   …
//   std::cout << map.State().ToJson();
//   // {"read":{"1":10,"2":"expunged"},"amended":true,
//   //  "dirty":{"1":10,"3":30},"misses":1}
//
// The order in which the tables list their entries is no part of it.

#ifndef MORTSAFE_MAPS_READ_DIRTY_STATE_H_
#define MORTSAFE_MAPS_READ_DIRTY_STATE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>

namespace mortsafe {

// `Key` is ordered, and `Value` compared, by their operators.
template <class Key, class Value>
struct ReadDirtyState {
  // What an entry's pointer is. A marked one belongs to a value that is to be
  // taken for deleted: only a defect marks pointers.
  enum class Pointer : uint8_t { kNil, kExpunged, kValue, kMarked };
  struct Entry {
    Pointer pointer = Pointer::kNil;
    std::optional<Value> value = std::nullopt;  // Of kValue and kMarked.

    bool HasValue() const { return pointer == Pointer::kValue; }
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  // The entry of a key, and which tables have it.
  struct Row {
    Entry entry;
    bool in_read = false;
    bool in_dirty = false;
    // Another entry that `dirty` has for a key of `read`: the tables of a sound
    // map share their entries.
    std::optional<Entry> own_of_dirty = std::nullopt;

    friend bool operator==(const Row&, const Row&) = default;
  };

  std::map<Key, Row> rows;
  bool amended = false;
  bool has_dirty = false;
  size_t misses = 0;

  friend bool operator==(const ReadDirtyState&,
                         const ReadDirtyState&) = default;

  // Entries that the tables hold, and those of them that have a value: what a
  // deleted key still costs is the difference.
  size_t entry_count() const { return rows.size(); }
  size_t value_count() const {
    size_t count = 0;
    for (const auto& [key, row] : rows) count += row.entry.HasValue() ? 1 : 0;
    return count;
  }

  // {"read":{KEY:ENTRY,…},"amended":BOOL,"dirty":{KEY:ENTRY,…} or null,
  // "misses":NUMBER}; an ENTRY is a number, "nil", "expunged", or
  // {"marked":NUMBER}. An entry that is in both tables is shown in both, an
  // entry of `dirty` that is not that of `read` as {"own":ENTRY}. REQUIRES:
  // keys and values are integers. Linear in the number of entries.
  std::string ToJson() const
    requires std::is_integral_v<Key> && std::is_integral_v<Value>
  {
    std::string read;
    std::string dirty;
    for (const auto& [key, row] : rows) {
      if (row.in_read) Append(key, ToJson(row.entry), read);
      if (row.own_of_dirty.has_value()) {
        Append(key, "{\"own\":" + ToJson(*row.own_of_dirty) + "}", dirty);
      } else if (row.in_dirty) {
        Append(key, ToJson(row.entry), dirty);
      }
    }
    return "{\"read\":{" + read +
           "},\"amended\":" + (amended ? "true" : "false") +
           ",\"dirty\":" + (has_dirty ? "{" + dirty + "}" : "null") +
           ",\"misses\":" + std::to_string(misses) + "}";
  }

 private:
  static std::string ToJson(const Entry& entry) {
    switch (entry.pointer) {
      case Pointer::kNil:
        return "\"nil\"";
      case Pointer::kExpunged:
        return "\"expunged\"";
      case Pointer::kValue:
        return std::to_string(*entry.value);
      case Pointer::kMarked:
        break;
    }
    return "{\"marked\":" + std::to_string(*entry.value) + "}";
  }

  static void Append(const Key& key, const std::string& entry,
                     std::string& members) {
    if (!members.empty()) members += ',';
    members += '"' + std::to_string(key) + "\":" + entry;
  }
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_READ_DIRTY_STATE_H_

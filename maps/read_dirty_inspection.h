// A read/dirty map at rest, seen from outside: whether its structure is sound,
// and its state, as a value and as text. Used by maps/read_dirty_map.h, which
// shows its parts.

#ifndef MORTSAFE_MAPS_READ_DIRTY_INSPECTION_H_
#define MORTSAFE_MAPS_READ_DIRTY_INSPECTION_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "maps/read_dirty_state.h"

namespace mortsafe {

// What a map is made of. `Table` has `entries`, a plain table from keys to
// pointers to entries; an entry has a pointer `p` to a value. REQUIRES, for all
// members: no operation is in progress.
template <class Table, class Box>
class ReadDirtyInspection {
 public:
  const Table* read;
  bool amended;
  const Table* dirty;  // Null if there is none.
  size_t misses;
  size_t omitted;
  const Box* expunged;

  // What is wrong with the structure, or nothing.
  std::optional<std::string> BrokenInvariant() const {
    const size_t dirty_size =
        dirty == nullptr ? 0 : dirty->entries.unshared().size();
    if (amended && dirty == nullptr) {
      return "read is amended, but there is no dirty table";
    }
    if (!amended && dirty_size > 0) {
      return "read is not amended, but the dirty table has keys";
    }
    if (misses != 0 && misses >= dirty_size) {
      return "the misses would have paid for a promotion";
    }
    for (const auto [key, entry] : read->entries.unshared()) {
      const bool is_expunged = entry->p.load() == expunged;
      if (dirty == nullptr && is_expunged) {
        return "an entry is expunged, but there is no dirty table";
      }
      if (dirty != nullptr && is_expunged == Has(dirty, key, entry)) {
        return is_expunged
                   ? "an expunged entry of read is in the dirty table"
                   : "an entry of read is not in the dirty table, though it is "
                     "not expunged";
      }
    }
    if (dirty == nullptr) return std::nullopt;
    for (const auto [key, entry] : dirty->entries.unshared()) {
      if (entry->p.load() == expunged) {
        return "an entry of the dirty table is expunged";
      }
    }
    return std::nullopt;
  }

  // The state, each key's entries with the values that they have. REQUIRES:
  // keys are ordered.
  template <class Key, class Value, class Unmarked>
  ReadDirtyState<Key, Value> State(Unmarked unmarked) const {
    ReadDirtyState<Key, Value> state;
    state.amended = amended;
    state.has_dirty = dirty != nullptr;
    state.misses = misses;
    const auto entry_of = [&](const auto* entry) {
      return EntryOf<ReadDirtyState<Key, Value>>(entry->p.load(), unmarked);
    };
    for (const auto [key, entry] : read->entries.unshared()) {
      state.rows[key] = {.entry = entry_of(entry), .in_read = true};
    }
    if (dirty == nullptr) return state;
    for (const auto [key, entry] : dirty->entries.unshared()) {
      auto& row = state.rows[key];
      row.in_dirty = true;
      if (!row.in_read) {
        row.entry = entry_of(entry);
      } else if (!Has(read, key, entry)) {
        row.own_of_dirty = entry_of(entry);
      }
    }
    return state;
  }

  // All that can influence what later operations do, reclamation aside: "read
  // 1=nil 0=v0, amended, dirty 2=v1 0=read's, misses 1". Entries come in the
  // order in which their table lists them, and values are numbered in order of
  // appearance. `unmarked(box)` is the box behind a pointer. REQUIRES: keys are
  // integers.
  template <class Unmarked>
  std::string StateText(Unmarked unmarked) const {
    std::string text = "read";
    std::vector<const Box*> values;
    for (const auto [key, entry] : read->entries.unshared()) {
      text += " " + std::to_string(key) + "=" +
              ValueText(entry->p.load(), unmarked, values);
    }
    if (amended) text += ", amended";
    if (dirty != nullptr) {
      text += ", dirty";
      for (const auto [key, entry] : dirty->entries.unshared()) {
        text += " " + std::to_string(key) + "=";
        text += Has(read, key, entry)
                    ? "read's"
                    : ValueText(entry->p.load(), unmarked, values);
      }
    }
    if (misses != 0) text += ", misses " + std::to_string(misses);
    if (omitted != 0) text += ", omitted " + std::to_string(omitted);
    return text;
  }

 private:
  template <class Key, class Entry>
  static bool Has(const Table* table, const Key& key, const Entry* entry) {
    return table->entries.unshared().Find(key) == entry;
  }

  template <class State, class Unmarked>
  typename State::Entry EntryOf(Box* box, Unmarked unmarked) const {
    using Pointer = typename State::Pointer;
    if (box == nullptr) return {};
    if (box == expunged) return {.pointer = Pointer::kExpunged};
    Box* const holder = unmarked(box);
    return {.pointer = holder == box ? Pointer::kValue : Pointer::kMarked,
            .value = holder->value.unshared()};
  }

  template <class Unmarked>
  std::string ValueText(Box* box, Unmarked unmarked,
                        std::vector<const Box*>& values) const {
    if (box == nullptr) return "nil";
    if (box == expunged) return "expunged";
    const auto& value = unmarked(box)->value.unshared();
    size_t number = 0;
    while (number < values.size() &&
           !(values[number]->value.unshared() == value)) {
      ++number;
    }
    if (number == values.size()) values.push_back(unmarked(box));
    return (unmarked(box) == box ? "v" : "deleted v") + std::to_string(number);
  }
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_READ_DIRTY_INSPECTION_H_

// The design of the read/dirty map, as it is described, for one client: which
// state each operation leads to, and with it when keys are promoted, copied,
// expunged and dropped. A map that answers rightly may still differ from it, by
// keeping what was deleted, or by promoting too soon, too late or never.
//
// Written from the description of Go's sync.Map of Go 1.23, not from our map:
// one table of entries instead of two, no locks and no pointers.

#ifndef MORTSAFE_MAPS_READ_DIRTY_DESIGN_H_
#define MORTSAFE_MAPS_READ_DIRTY_DESIGN_H_

#include <cstddef>
#include <iterator>
#include <optional>

#include "maps/read_dirty_state.h"

namespace mortsafe {

// Each operation does to the state what the map's operation of that name does,
// and tells nothing: what it returns is the business of the specification.
// Linear in the number of keys at worst.
template <class Key, class Value>
class ReadDirtyDesign {
 public:
  using State = ReadDirtyState<Key, Value>;

  const State& state() const { return state_; }

  void Load(const Key& key) {
    if (FindInRead(key) == nullptr && state_.amended) Miss();
  }

  void Store(const Key& key, const Value& value) {
    if (Row* const row = Find(key)) {
      Revive(*row);
      row->entry = Live(value);
    } else {
      Add(key, value);
    }
  }
  void Swap(const Key& key, const Value& value) { Store(key, value); }

  void LoadOrStore(const Key& key, const Value& value) {
    Row* const row = Find(key);
    if (row == nullptr) return Add(key, value);
    Revive(*row);
    if (!row->entry.HasValue()) row->entry = Live(value);
    if (!row->in_read) Miss();
  }

  void LoadAndDelete(const Key& key) {
    if (Row* const row = FindInRead(key)) {
      if (row->entry.HasValue()) row->entry = {};
    } else if (state_.amended) {
      state_.rows.erase(key);
      Miss();
    }
  }
  void Delete(const Key& key) { LoadAndDelete(key); }

  void CompareAndSwap(const Key& key, const Value& old_value,
                      const Value& new_value) {
    Row* const row = Find(key);
    if (row == nullptr) return;
    if (row->entry == Live(old_value)) row->entry = Live(new_value);
    if (!row->in_read) Miss();
  }

  // A key that only `dirty` has stays there, without a value.
  void CompareAndDelete(const Key& key, const Value& old_value) {
    Row* const row = Find(key);
    if (row != nullptr && row->entry == Live(old_value)) row->entry = {};
    if ((row == nullptr || !row->in_read) && state_.amended) Miss();
  }

  void Range() {
    if (state_.amended) Promote();
  }

  void Clear() {
    if (!state_.amended && state_.rows.empty()) return;
    state_.rows.clear();
    state_.amended = false;
    state_.misses = 0;
  }

 private:
  using Row = typename State::Row;
  using Entry = typename State::Entry;
  using Pointer = typename State::Pointer;

  static Entry Live(const Value& value) { return {Pointer::kValue, value}; }

  Row* Find(const Key& key) {
    const auto found = state_.rows.find(key);
    return found != state_.rows.end() ? &found->second : nullptr;
  }
  Row* FindInRead(const Key& key) {
    Row* const row = Find(key);
    return row != nullptr && row->in_read ? row : nullptr;
  }

  // An expunged entry comes back into `dirty` before it is stored into.
  static void Revive(Row& row) {
    if (row.entry.pointer != Pointer::kExpunged) return;
    row.entry = {};
    row.in_dirty = true;
  }

  void Add(const Key& key, const Value& value) {
    if (!state_.has_dirty) CopyReadToDirty();
    state_.amended = true;
    state_.rows[key] = {.entry = Live(value), .in_dirty = true};
  }

  void CopyReadToDirty() {
    state_.has_dirty = true;
    for (auto& [key, row] : state_.rows) {
      row.in_dirty = row.entry.HasValue();
      if (!row.in_dirty) row.entry.pointer = Pointer::kExpunged;
    }
  }

  void Miss() {
    size_t size_of_dirty = 0;
    for (const auto& [key, row] : state_.rows) {
      if (row.in_dirty) ++size_of_dirty;
    }
    if (++state_.misses >= size_of_dirty) Promote();
  }

  void Promote() {
    for (auto it = state_.rows.begin(); it != state_.rows.end();) {
      Row& row = it->second;
      row.in_read = row.in_dirty;
      row.in_dirty = false;
      it = row.in_read ? std::next(it) : state_.rows.erase(it);
    }
    state_.amended = state_.has_dirty = false;
    state_.misses = 0;
  }

  State state_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_READ_DIRTY_DESIGN_H_

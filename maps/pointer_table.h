// A hash table from keys to pointers: the tables of a read/dirty map
// (maps/read_dirty_map.h), of which one is read by many threads and never
// written, and the other is used under a lock.
//
// The keys lie side by side in the order in which they came, but that the last
// one takes the place of one that is erased: iteration depends neither on what
// keys are nor on where anything lies in memory. Few keys are looked through,
// and need no memory but the table's own; more have an index, with open
// addressing and linear probing (Knuth, The Art of Computer Programming, volume
// 3, section 6.4, algorithms L and R). Not thread-safe.
//
//   PointerTable<int, Entry> table;
//   table.Insert(1, &entry);
//   for (const auto [key, entry] : table) …

#ifndef MORTSAFE_MAPS_POINTER_TABLE_H_
#define MORTSAFE_MAPS_POINTER_TABLE_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace mortsafe {

// REQUIRES: fewer than 2^32 keys.
template <class Key, class T, class Hash = std::hash<Key>,
          class Equal = std::equal_to<Key>>
class PointerTable {
  static_assert(std::is_nothrow_move_constructible_v<Key>,
                "a table that grows moves its keys");
  struct Cell;

 public:
  // What iteration yields.
  struct Element {
    const Key& key;
    T* pointer;
  };

  class Iterator {
   public:
    Element operator*() const { return {cell_->key, cell_->pointer}; }
    Iterator& operator++() {
      ++cell_;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    friend class PointerTable;
    explicit Iterator(const Cell* cell) : cell_(cell) {}
    const Cell* cell_;
  };

  PointerTable() = default;
  ~PointerTable() { Clear(); }
  PointerTable(const PointerTable&) = delete;
  PointerTable& operator=(const PointerTable&) = delete;

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Iterator begin() const { return Iterator(cells_); }
  Iterator end() const { return Iterator(cells_ + size_); }

  // The key's pointer, or null.
  T* Find(const Key& key) const {
    const size_t place = PlaceOf(key);
    return place != size_ ? cells_[place].pointer : nullptr;
  }

  // Says whether it did: not if the key is in the table. REQUIRES: `pointer` is
  // not null.
  bool Insert(const Key& key, T* pointer) {
    if (PlaceOf(key) != size_) return false;
    Reserve(size_ + 1);
    std::construct_at(&cells_[size_].key, key);
    cells_[size_].pointer = pointer;
    if (index_ != nullptr) AddToIndex(size_);
    ++size_;
    return true;
  }

  // Says whether the key was there.
  bool Erase(const Key& key) {
    const size_t place = PlaceOf(key);
    if (place == size_) return false;
    const size_t last = size_ - 1;
    if (index_ != nullptr) {
      CloseGap(SlotOf(place));
      if (place != last) index_[SlotOf(last)] = SlotContent(place);
    }
    std::destroy_at(&cells_[place].key);
    if (place != last) MoveCell(cells_[last], cells_[place]);
    --size_;
    return true;
  }

  // Keeps the room that the table has.
  void Clear() {
    for (size_t i = 0; i < size_; ++i) std::destroy_at(&cells_[i].key);
    size_ = 0;
    if (index_ != nullptr) std::fill_n(index_.get(), slots_, 0);
  }

  // Makes room for `size` keys.
  void Reserve(size_t size) {
    if (size > room_) Grow(std::bit_ceil(size));
  }

 private:
  // Has a key if it is one of the first `size_`.
  struct Cell {
    Cell() {}
    ~Cell() {}
    union {
      Key key;
    };
    T* pointer = nullptr;
  };

  static constexpr size_t kOwnCells = 8;

  // Where the key is, or size().
  size_t PlaceOf(const Key& key) const {
    if (index_ == nullptr) {
      size_t place = 0;
      while (place < size_ && !Equal()(cells_[place].key, key)) ++place;
      return place;
    }
    for (size_t i = Home(key); index_[i] != 0; i = Next(i)) {
      const size_t place = index_[i] - 1;
      if (Equal()(cells_[place].key, key)) return place;
    }
    return size_;
  }

  static uint32_t SlotContent(size_t place) {
    return static_cast<uint32_t>(place + 1);
  }

  // Where probing for the key begins. A hash may be the key itself, whose high
  // bits multiplication mixes best (Knuth, as above: Fibonacci hashing).
  size_t Home(const Key& key) const {
    constexpr uint64_t kGoldenRatio = 0x9e3779b97f4a7c15;
    const uint64_t mixed = static_cast<uint64_t>(Hash()(key)) * kGoldenRatio;
    return static_cast<size_t>(mixed >> (64 - std::countr_zero(slots_)));
  }
  size_t Next(size_t i) const { return (i + 1) & (slots_ - 1); }

  void AddToIndex(size_t place) {
    size_t i = Home(cells_[place].key);
    while (index_[i] != 0) i = Next(i);
    index_[i] = SlotContent(place);
  }

  // Of the key at `place`.
  size_t SlotOf(size_t place) const {
    size_t i = Home(cells_[place].key);
    while (index_[i] != SlotContent(place)) i = Next(i);
    return i;
  }

  // Frees a slot, and moves later ones of the run there, so that probing finds
  // them.
  void CloseGap(size_t gap) {
    for (size_t i = Next(gap); index_[i] != 0; i = Next(i)) {
      const size_t home = Home(cells_[index_[i] - 1].key);
      const size_t from_home = (i - home) & (slots_ - 1);
      const size_t from_gap = (i - gap) & (slots_ - 1);
      if (from_home < from_gap) continue;
      index_[gap] = index_[i];
      gap = i;
    }
    index_[gap] = 0;
  }

  static void MoveCell(Cell& from, Cell& to) {
    std::construct_at(&to.key, std::move(from.key));
    to.pointer = from.pointer;
    std::destroy_at(&from.key);
  }

  // REQUIRES: `room` is a power of two, more than there is room for.
  void Grow(size_t room) {
    auto cells = std::make_unique<Cell[]>(room);
    auto index = std::make_unique<uint32_t[]>(2 * room);
    for (size_t i = 0; i < size_; ++i) MoveCell(cells_[i], cells[i]);
    more_cells_ = std::move(cells);
    cells_ = more_cells_.get();
    room_ = room;
    index_ = std::move(index);
    slots_ = 2 * room;
    for (size_t i = 0; i < size_; ++i) AddToIndex(i);
  }

  Cell own_cells_[kOwnCells];
  std::unique_ptr<Cell[]> more_cells_;  // Instead of these, if not null.
  Cell* cells_ = own_cells_;
  size_t room_ = kOwnCells;
  size_t size_ = 0;
  // In each slot a key's place, counted from 1, or 0. Null: there are so few
  // keys that there is no index.
  std::unique_ptr<uint32_t[]> index_;
  size_t slots_ = 0;  // A power of two.
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_POINTER_TABLE_H_

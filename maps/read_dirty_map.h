// A concurrent hash map for keys that are written once and read many times, or
// that disjoint sets of threads work on: the read/dirty map, which is the
// design of Go's sync.Map from Go 1.9 to 1.23, with the complete interface
// of 1.23.
//
// Two tables share their entries. `read` is an immutable table that is reached
// through one atomic pointer, without a lock. `dirty`, guarded by a mutex, also
// has the keys that are new since; while there are any, `read` is `amended`. An
// operation that does not find its key in an amended `read` takes the lock and
// looks again, first in `read`, then in `dirty`. When such misses have cost as
// much as copying would, `dirty` is promoted: it becomes `read` as it is.
//
// An entry's pointer is in one of three states:
//   value     the key is there; the entry is in `dirty` too, if there is one.
//   nil       the key was deleted; there is no `dirty`, or it has this entry.
//   expunged  the key was deleted, and `dirty` was made without the entry.
// A value changes to another value or to nil without the lock, and so does nil
// to a value, by compare-exchange. Only the copy from `read` to a new `dirty`
// expunges nil entries; an expunged entry is put back into `dirty`, under the
// lock, before it gets a value again. So a store into an entry that it found in
// `read` is never missed by a later promotion.
//
// Where Go leaves the rest to its garbage collector, a reclaimer (maps/
// reclaimable.h) decides when memory is freed. All orders are sequentially
// consistent, as Go's atomics are.

#ifndef MORTSAFE_MAPS_READ_DIRTY_MAP_H_
#define MORTSAFE_MAPS_READ_DIRTY_MAP_H_

#include <mortsafe/sync.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "maps/defects.h"
#include "maps/epoch_reclaimer.h"
#include "maps/pointer_table.h"
#include "maps/read_dirty_counters.h"
#include "maps/read_dirty_inspection.h"
#include "maps/read_dirty_state.h"
#include "maps/reclaimable.h"

namespace mortsafe {

// Thread-safe. Values are copied out; compare operations need operator==.
// Load, Swap, Store and the compare operations of keys in `read` take no lock,
// but for a write to a key whose entry is expunged.
template <class Key, class Value, class Hash = std::hash<Key>,
          class Equal = std::equal_to<Key>,
          template <class> class Reclaimer = EpochReclaimer,
          class Defects = NoDefects, class Counters = NoCounters>
class ReadDirtyMap {
 public:
  explicit ReadDirtyMap(Defects defects = Defects())
      : reclaimer_(defects), defects_(defects) {
    read_.store(New<Snapshot>(Fields{New<Table>(), false}));
    SetName(&read_, "read");
    SetName(&mutex_, "mutex");
    SetName(Expunged(), "expunged");
  }
  ReadDirtyMap(const ReadDirtyMap&) = delete;
  ReadDirtyMap& operator=(const ReadDirtyMap&) = delete;
  // REQUIRES: no operation is in progress.
  ~ReadDirtyMap() {
    const Fields read = LoadRead();
    if (dirty_ != nullptr) {
      for (const auto [key, entry] : dirty_->entries.unshared()) {
        if (Find(read.table, key) != entry) delete entry;
      }
      delete dirty_;
    }
    for (const auto [key, entry] : read.table->entries.unshared()) {
      delete entry;
    }
    delete read.table;
    delete read_.load();
  }

  // The value of `key`, or nothing if it is absent.
  std::optional<Value> Load(const Key& key) {
    auto guard = reclaimer_.Pin();
    auto [read, entry] = FindInRead(guard, key);
    const bool hit = entry != nullptr;
    if (entry == nullptr && read.amended) {
      const std::lock_guard<mutex> lock(mutex_);
      const Found found = Has(ReadDirtyDefect::kLoadSkipsRecheck)
                              ? FindInDirty(key)
                              : FindLocked(key);
      entry = KeepFound(guard, found);
      if (found.read_missed) CountMiss();
    }
    if (entry == nullptr) return std::nullopt;
    return LoadEntry(guard, entry, hit);
  }

  void Store(const Key& key, Value value) { Swap(key, std::move(value)); }

  // The value of `key` and true, or `value`, now stored, and false.
  std::pair<Value, bool> LoadOrStore(const Key& key, Value value) {
    auto guard = reclaimer_.Pin();
    if (Entry* const entry = FindInRead(guard, key).entry) {
      if (const auto actual = TryLoadOrStore(guard, entry, value)) {
        return *actual;
      }
    }
    const std::lock_guard<mutex> lock(mutex_);
    const Found found = FindLocked(key);
    if (found.entry == nullptr) {
      AddEntry(key, NewBox(value));
      return {std::move(value), false};
    }
    if (!found.read_missed) Unexpunge(found.entry, key);
    const auto actual = TryLoadOrStore(guard, found.entry, value);
    // Then it may have been expunged again.
    if (Has(ReadDirtyDefect::kCopyWithoutLock) && !actual.has_value()) {
      return {std::move(value), false};
    }
    if (found.read_missed) CountMiss();
    return *actual;
  }

  // Removes `key`; returns the value it had, if any.
  std::optional<Value> LoadAndDelete(const Key& key) {
    auto guard = reclaimer_.Pin();
    if (Has(ReadDirtyDefect::kDeleteStopsAtDirty)) {
      std::optional<Value> value;
      if (DeleteInDirty(guard, key, value)) return value;
    }
    auto [read, entry] = FindInRead(guard, key);
    if (entry != nullptr && Has(ReadDirtyDefect::kDeleteOnlyFromDirty)) {
      const std::lock_guard<mutex> lock(mutex_);
      if (RemoveFromDirty(key)) ++omitted_;
      return LoadEntry(guard, entry);
    }
    if (entry != nullptr && !read.amended &&
        Has(ReadDirtyDefect::kDeleteSkipsUnamendedRead)) {
      return LoadEntry(guard, entry);
    }
    bool unlinked = false;
    if (entry == nullptr && read.amended) {
      const std::lock_guard<mutex> lock(mutex_);
      const Found found = FindLocked(key);
      entry = KeepFound(guard, found);
      if (found.read_missed) {
        unlinked =
            !Has(ReadDirtyDefect::kDeleteKeepsKey) && RemoveFromDirty(key);
        if (!Has(ReadDirtyDefect::kDeleteCountsNoMiss)) CountMiss();
      }
    }
    if (entry == nullptr) return std::nullopt;
    std::optional<Value> value = DeleteEntry(entry);
    if (unlinked) reclaimer_.Retire(entry);
    return value;
  }

  void Delete(const Key& key) { LoadAndDelete(key); }

  // Stores `value`; returns the value it replaced, if any.
  std::optional<Value> Swap(const Key& key, Value value) {
    auto guard = reclaimer_.Pin();
    Box* const box = NewBox(std::move(value));
    std::optional<Value> previous;
    const auto [read, entry] = FindInRead(guard, key);
    if (entry != nullptr) {
      if (TrySwap(guard, entry, box, previous)) return previous;
      if (Has(ReadDirtyDefect::kStorePublishesBeforeReviving) &&
          PublishAndRevive(key, entry, box)) {
        return std::nullopt;
      }
    }
    if (entry == nullptr && !read.amended &&
        Has(ReadDirtyDefect::kCopyWithoutLock) &&
        CopyAndAdd(read.table, key, box)) {
      return std::nullopt;
    }
    const std::lock_guard<mutex> lock(mutex_);
    const Found found = FindLocked(key);
    if (found.entry == nullptr) {
      AddEntry(key, box);
      return std::nullopt;
    }
    if (!found.read_missed) Unexpunge(found.entry, key);
    TrySwap(guard, found.entry, box, previous);
    // It did: the entry is not expunged any more.
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks)
    return previous;
  }

  // Stores `new_value` if the key has `old_value`; says whether it did.
  bool CompareAndSwap(const Key& key, const Value& old_value, Value new_value) {
    auto guard = reclaimer_.Pin();
    const auto [read, entry] = FindInRead(guard, key);
    if (entry != nullptr) {
      return TryReplace(guard, entry, old_value, &new_value);
    }
    if (!read.amended) return false;
    const std::lock_guard<mutex> lock(mutex_);
    const Found found = FindLocked(key);
    if (found.entry == nullptr) return false;
    const bool swapped = TryReplace(guard, found.entry, old_value, &new_value);
    if (found.read_missed) CountMiss();
    return swapped;
  }

  // Removes the key if it has `old_value`; says whether it did.
  bool CompareAndDelete(const Key& key, const Value& old_value) {
    auto guard = reclaimer_.Pin();
    auto [read, entry] = FindInRead(guard, key);
    if (entry == nullptr && read.amended) {
      const std::lock_guard<mutex> lock(mutex_);
      const Found found = FindLocked(key);
      entry = KeepFound(guard, found);
      // The entry stays in `dirty`, deleted, until it is expunged one day.
      if (found.read_missed) CountMiss();
    }
    return entry != nullptr && TryReplace(guard, entry, old_value, nullptr);
  }

  // Calls visit(key, value) for the keys in the map, each at most once, until
  // it returns false. No snapshot: a key that changes meanwhile may be seen
  // with any value that it has during the call. `visit` may call any operation.
  template <class Visit>
  void Range(Visit visit) {
    auto guard = reclaimer_.PinAll();
    Fields read = LoadRead();
    if (read.amended && !Has(ReadDirtyDefect::kRangeSkipsDirty)) {
      const std::lock_guard<mutex> lock(mutex_);
      read = LoadRead();
      if (read.amended) {
        Promote();
        read = LoadRead();
      }
    }
    for (const auto [key, entry] : read.table->entries.read()) {
      const std::optional<Value> value = LoadEntry(guard, entry);
      if (value.has_value() && !visit(key, *value)) return;
    }
  }

  // Removes every key, in one step.
  void Clear() {
    const auto guard = reclaimer_.PinAll();
    const Fields seen = LoadRead();
    if (!seen.amended && seen.table->entries.read().empty()) return;
    const std::lock_guard<mutex> lock(mutex_);
    const Fields read = LoadRead();
    const EntryOfKey& old_entries = read.table->entries.read();
    if (read.amended && Has(ReadDirtyDefect::kClearKeepsDirty)) {
      RetireOmittedEntries(read.table);
      PublishRead(New<Table>(), true);
      reclaimer_.Retire(read.table);
      omitted_ = 0;
      return;
    }
    if (read.amended || !old_entries.empty()) {
      PublishRead(New<Table>(), false);
      if (dirty_ != nullptr) {
        for (const auto [key, entry] : dirty_->entries.read()) {
          if (old_entries.Find(key) != entry) reclaimer_.Retire(entry);
        }
      }
      for (const auto [key, entry] : old_entries) reclaimer_.Retire(entry);
      reclaimer_.Retire(read.table);
    }
    // The next new key goes into this table, without a copy of `read`.
    if (dirty_ != nullptr) dirty_->entries.write().Clear();
    omitted_ = 0;
    misses_ = 0;
  }

  // What is wrong with the map's structure, or nothing. REQUIRES: no operation
  // is in progress.
  std::optional<std::string> CheckInvariants() {
    return Inspect().BrokenInvariant();
  }

  // The inner state, to be looked at or compared with that of the design
  // (maps/read_dirty_design.h). REQUIRES: no operation is in progress, and keys
  // are ordered.
  ReadDirtyState<Key, Value> State() {
    return Inspect().template State<Key, Value>(
        [](Box* box) { return Unmarked(box); });
  }
  std::string StateJson()
    requires std::is_integral_v<Key> && std::is_integral_v<Value>
  {
    return State().ToJson();
  }

  // What happened in the map so far. Thread-safe.
  const Counters& counters() const { return counters_; }

  // The state of the tables, as ReadDirtyInspection tells it. REQUIRES: no
  // operation is in progress.
  std::string StateText()
    requires std::is_integral_v<Key>
  {
    return Inspect().StateText([](Box* box) { return Unmarked(box); });
  }

 private:
  // Where defects have several threads remove the same box: whether one of them
  // retired it.
  struct Nothing {};
  using Retired = std::conditional_t<std::is_same_v<Defects, NoDefects>,
                                     Nothing, atomic<bool>>;

  // An immutable value; its address is its identity in compare-exchanges.
  struct Box final : Reclaimable {
    static constexpr bool kOwnsNothing = true;
    explicit Box(Value v) : value(std::in_place, std::move(v)) {}
    plain<Value> value;
    [[no_unique_address]] Retired retired;
  };

  struct Entry final : Reclaimable {
    explicit Entry(Box* box) : p(box) {}
    ~Entry() override {
      Box* const box = Unmarked(p.load());
      if (box != Expunged()) delete box;
    }
    atomic<Box*> p;
  };

  using EntryOfKey = PointerTable<Key, Entry, Hash, Equal>;

  // Does not own the entries.
  struct Table final : Reclaimable {
    Table() : entries(std::in_place) { SetName(&entries, "table"); }
    plain<EntryOfKey> entries;
  };

  struct Fields {
    Table* table;
    bool amended;
  };
  struct Snapshot final : Reclaimable {
    explicit Snapshot(Fields f) : fields(std::in_place, f) {
      SetName(&fields, "snapshot");
    }
    plain<Fields> fields;
  };

  // The places in which a guard keeps what an operation uses.
  enum Kept : uint8_t { kSnapshot, kTable, kEntry, kBox };

  // What a look-up without the lock found.
  struct Seen {
    Fields read;
    Entry* entry;
  };

  // What a look-up under the lock found.
  struct Found {
    Entry* entry = nullptr;
    // The key is not in `read`, and `dirty` had to be asked.
    bool read_missed = false;
  };

  ReadDirtyInspection<Table, Box> Inspect() {
    const Fields read = LoadRead();
    return {read.table, read.amended, dirty_, misses_, omitted_, Expunged()};
  }

  static Box* Expunged() {
    alignas(Box) static char expunged;
    return reinterpret_cast<Box*>(&expunged);
  }

  // Pointers are marked only by the defect kLoadTakesValueBeforeMark.
  static constexpr uintptr_t kMark = 1;
  static bool IsMarked(const Box* box) {
    return (reinterpret_cast<uintptr_t>(box) & kMark) != 0;
  }
  static Box* Marked(Box* box) {
    return reinterpret_cast<Box*>(reinterpret_cast<uintptr_t>(box) | kMark);
  }
  static Box* Unmarked(Box* box) {
    return reinterpret_cast<Box*>(reinterpret_cast<uintptr_t>(box) & ~kMark);
  }
  static bool IsLive(const Box* box) {
    return box != nullptr && box != Expunged() && !IsMarked(box);
  }

  bool Has(ReadDirtyDefect defect) const { return defects_.Has(defect); }

  template <class T, class... Arguments>
  T* New(Arguments&&... arguments) {
    return reclaimer_.template New<T>(std::forward<Arguments>(arguments)...);
  }

  Box* NewBox(Value value) {
    Box* const box = New<Box>(std::move(value));
    if constexpr (std::is_integral_v<Value>) {
      SetName(box, "value", box->value.unshared());
    }
    return box;
  }

  Entry* NewEntry(const Key& key, Box* box) {
    Entry* const entry = New<Entry>(box);
    if constexpr (std::is_integral_v<Key>) {
      SetName(&entry->p, "entry", key);
    }
    return entry;
  }

  Fields LoadRead() { return read_.load(defects_.Order())->fields.read(); }

  static Entry* Find(const Table* table, const Key& key) {
    return table->entries.read().Find(key);
  }

  // Looks the key up in `read`; the guard keeps its entry.
  template <class Guard>
  Seen FindInRead(Guard& guard, const Key& key) {
    for (;;) {
      Snapshot* const snapshot = guard.Load(kSnapshot, read_, defects_.Order());
      const Fields read = snapshot->fields.read();
      if (!guard.Keep(kTable, read.table, read_, snapshot)) continue;
      Entry* const entry = Find(read.table, key);
      if (guard.Keep(kEntry, entry, read_, snapshot)) return {read, entry};
    }
  }

  // The entry that was found, which the guard keeps when the lock is gone.
  template <class Guard>
  Entry* KeepFound(Guard& guard, const Found& found) {
    if (!Has(ReadDirtyDefect::kEntryWithoutHazard)) {
      guard.Keep(kEntry, found.entry);
    }
    return found.entry;
  }

  // The entry's value, if it has one. A hit is a Load's, without the lock.
  template <class Guard>
  std::optional<Value> LoadEntry(Guard& guard, Entry* entry,
                                 bool is_hit = false) {
    Box* const box = guard.Load(kBox, entry->p, defects_.Order());
    if (is_hit) {
      counters_.Count(IsLive(box) ? ReadDirtyEvent::kReadHit
                                  : ReadDirtyEvent::kReadHitStale);
    }
    if (Has(ReadDirtyDefect::kLoadTakesValueBeforeMark)) {
      if (box == nullptr || box == Expunged()) return std::nullopt;
      std::optional<Value> value = Unmarked(box)->value.read();
      if (IsMarked(entry->p.load())) return std::nullopt;
      return value;
    }
    if (!IsLive(box)) return std::nullopt;
    return box->value.read();
  }

  // Makes `box` the entry's, if it is `expected` now; otherwise updates that,
  // which the guard keeps.
  template <class Guard>
  bool Publish(Guard& guard, Entry* entry, Box*& expected, Box* box) {
    const std::memory_order order = Has(ReadDirtyDefect::kRelaxedPublication)
                                        ? std::memory_order_relaxed
                                        : defects_.Order();
    const bool was_deleted = !IsLive(expected);
    if (entry->p.compare_exchange_strong(expected, box, order)) {
      if (was_deleted) counters_.Count(ReadDirtyEvent::kStaleReused);
      return true;
    }
    expected = guard.Reload(kBox, entry->p, expected);
    return false;
  }

  // Forgets a box that was replaced, if it is one.
  void RetireBox(Box* box) {
    if constexpr (!std::is_same_v<Defects, NoDefects>) {
      if (box == Expunged()) return;  // Only defects replace that.
      if (Has(ReadDirtyDefect::kMarkByPlainWrite) && box != nullptr &&
          box->retired.exchange(true)) {
        return;
      }
    }
    if (box != nullptr) reclaimer_.Retire(Unmarked(box));
  }

  // Stores into an entry that is not expunged, and says whether it did.
  template <class Guard>
  bool TrySwap(Guard& guard, Entry* entry, Box* box,
               std::optional<Value>& previous) {
    Box* current = entry->p.load(defects_.Order());
    do {
      if (current == Expunged() && !Has(ReadDirtyDefect::kStoreIntoExpunged)) {
        return false;
      }
    } while (!Publish(guard, entry, current, box));
    if (IsLive(current)) previous = current->value.read();
    if (!Has(ReadDirtyDefect::kRetireForgotten)) RetireBox(current);
    return true;
  }

  // The value that the entry has now and whether it had it before; nothing if
  // the entry is expunged.
  template <class Guard>
  std::optional<std::pair<Value, bool>> TryLoadOrStore(Guard& guard,
                                                       Entry* entry,
                                                       const Value& value) {
    Box* current = guard.Load(kBox, entry->p, defects_.Order());
    if (current == Expunged()) return std::nullopt;
    if (IsLive(current)) return std::pair(current->value.read(), true);
    Box* const box = NewBox(value);
    do {
      if (current == Expunged() || IsLive(current)) {
        delete box;
        if (current == Expunged()) return std::nullopt;
        return std::pair(current->value.read(), true);
      }
    } while (!Publish(guard, entry, current, box));
    RetireBox(current);
    return std::pair(value, false);
  }

  // Replaces `old_value` by `*new_value`, or deletes it where that is null.
  template <class Guard>
  bool TryReplace(Guard& guard, Entry* entry, const Value& old_value,
                  const Value* new_value) {
    Box* current = guard.Load(kBox, entry->p, defects_.Order());
    Box* box = nullptr;
    while (IsLive(current) && current->value.read() == old_value) {
      if (new_value != nullptr && box == nullptr) box = NewBox(*new_value);
      if (Has(ReadDirtyDefect::kReplaceUnconditionally)) {
        RetireBox(entry->p.exchange(box));
        return true;
      }
      if (Publish(guard, entry, current, box)) {
        RetireBox(current);
        return true;
      }
    }
    delete box;
    return false;
  }

  std::optional<Value> DeleteEntry(Entry* entry) {
    Box* current = entry->p.load(defects_.Order());
    Box* const seen_first = current;
    if (IsLive(current) && Has(ReadDirtyDefect::kDeleteUnconditionally)) {
      RetireBox(entry->p.exchange(nullptr));
      return current->value.read();
    }
    if (IsLive(current) && Has(ReadDirtyDefect::kMarkByPlainWrite)) {
      WritePlainly(entry->p, nullptr);
      std::optional<Value> value = current->value.read();
      RetireBox(current);
      return value;
    }
    while (IsLive(current)) {
      const bool mark = Has(ReadDirtyDefect::kLoadTakesValueBeforeMark);
      Box* const deleted = mark ? Marked(current) : nullptr;
      if (Has(ReadDirtyDefect::kRetireBeforeUnlink)) RetireBox(current);
      if (entry->p.compare_exchange_strong(current, deleted,
                                           defects_.Order())) {
        std::optional<Value> value = current->value.read();
        if (!mark && !Has(ReadDirtyDefect::kRetireBeforeUnlink)) {
          RetireBox(current);
        }
        if (Has(ReadDirtyDefect::kRetireTwice)) RetireBox(current);
        return value;
      }
      if (Has(ReadDirtyDefect::kDeleteSpins)) current = seen_first;
    }
    return std::nullopt;
  }

  // All that follow REQUIRE that the mutex is held.

  Found FindLocked(const Key& key) {
    const Fields read = LoadRead();
    if (Entry* const entry = Find(read.table, key)) return {entry, false};
    if (!read.amended) return {};
    return {Find(dirty_, key), true};
  }

  // Gives an entry of `read` back to `dirty`, if it was expunged.
  void Unexpunge(Entry* entry, const Key& key) {
    Box* expected = Expunged();
    if (entry->p.compare_exchange_strong(expected, nullptr, defects_.Order())) {
      if (Has(ReadDirtyDefect::kReviveSkipsDirty)) return;
      // It was expunged for a copy that is not `dirty` yet.
      if (Has(ReadDirtyDefect::kCopyWithoutLock) && dirty_ == nullptr) return;
      dirty_->entries.write().Insert(key, entry);
      --omitted_;
    }
  }

  // Adds a key that is in neither table.
  void AddEntry(const Key& key, Box* box) {
    const Fields read = LoadRead();
    if (!read.amended) {
      MakeDirty(read.table);
      PublishRead(read.table, true);
    }
    dirty_->entries.write().Insert(key, NewEntry(key, box));
  }

  void MakeDirty(const Table* read) {
    if (dirty_ != nullptr) return;
    counters_.Count(ReadDirtyEvent::kCopy);
    dirty_ = New<Table>();
    omitted_ += CopyEntries(read, dirty_);
  }

  // Returns how many it expunged, or found expunged, and left out.
  size_t CopyEntries(const Table* read, Table* dirty) {
    size_t omitted = 0;
    EntryOfKey& copy = dirty->entries.write();
    copy.Reserve(read->entries.read().size());
    for (const auto [key, entry] : read->entries.read()) {
      if (TryExpunge(entry)) {
        ++omitted;
      } else {
        copy.Insert(key, entry);
      }
    }
    return omitted;
  }

  // Whether the entry has no value, and so stays out of `dirty`.
  bool TryExpunge(Entry* entry) {
    Box* current = entry->p.load(defects_.Order());
    if (Has(ReadDirtyDefect::kCopySkipsExpunging)) return !IsLive(current);
    if (!IsLive(current) && Has(ReadDirtyDefect::kExpungeUnconditionally)) {
      RetireBox(entry->p.exchange(Expunged()));
      return true;
    }
    while (!IsLive(current) && current != Expunged()) {
      if (entry->p.compare_exchange_strong(current, Expunged(),
                                           defects_.Order())) {
        counters_.Count(ReadDirtyEvent::kExpunge);
        RetireBox(current);
        return true;
      }
    }
    return current == Expunged();
  }

  void CountMiss() {
    ++misses_;
    counters_.Count(ReadDirtyEvent::kMiss);
    if (Has(ReadDirtyDefect::kNeverPromotes)) return;
    size_t enough = dirty_->entries.read().size();
    if (Has(ReadDirtyDefect::kPromotesAtEighth)) enough /= 8;
    if (misses_ >= enough) Promote();
  }

  void Promote() {
    counters_.Count(ReadDirtyEvent::kPromotion);
    Table* const old_table = LoadRead().table;
    Table* const new_table =
        Has(ReadDirtyDefect::kPromotionCopiesEntries) ? CopyDirty() : dirty_;
    PublishRead(new_table, false);
    if (new_table != dirty_) {
      RetireEntries(dirty_);
      reclaimer_.Retire(dirty_);
    }
    if (omitted_ > 0) RetireOmittedEntries(old_table);
    reclaimer_.Retire(old_table);
    dirty_ = nullptr;
    misses_ = 0;
    omitted_ = 0;
  }

  void PublishRead(Table* table, bool amended) {
    Snapshot* const old =
        read_.exchange(New<Snapshot>(Fields{table, amended}), defects_.Order());
    reclaimer_.Retire(old);
  }

  // Retires the entries of `old_read` that the promoted `dirty` does not have.
  void RetireOmittedEntries(const Table* old_read) {
    for (const auto [key, entry] : old_read->entries.read()) {
      if (Find(dirty_, key) != entry) reclaimer_.Retire(entry);
    }
  }

  // What only defects do.

  // Stores into an entry of a `read`, if it is expunged, and only then sees to
  // it that the key will be found. Says whether it stored. REQUIRES: the mutex
  // is not held.
  bool PublishAndRevive(const Key& key, Entry* entry, Box* box) {
    Box* expected = Expunged();
    if (!entry->p.compare_exchange_strong(expected, box)) return false;
    counters_.Count(ReadDirtyEvent::kStaleReused);
    const std::lock_guard<mutex> lock(mutex_);
    const Found found = FindLocked(key);
    if (found.entry == nullptr) {
      AddEntry(key, NewBox(box->value.read()));
    } else if (dirty_ != nullptr && Find(dirty_, key) == nullptr) {
      dirty_->entries.write().Insert(key, found.entry);
      --omitted_;
    }
    return true;
  }

  // Adds a key to a new `dirty`, which is copied from a `read` that was not
  // amended, and put in its place under the lock: unless there is a `dirty` by
  // then, or another `read`. Says whether it added. REQUIRES: the mutex is not
  // held.
  bool CopyAndAdd(const Table* read, const Key& key, Box* box) {
    counters_.Count(ReadDirtyEvent::kCopy);
    Table* const copy = New<Table>();
    const size_t omitted = CopyEntries(read, copy);
    const std::lock_guard<mutex> lock(mutex_);
    if (dirty_ != nullptr || LoadRead().table != read) {
      delete copy;
      return false;
    }
    dirty_ = copy;
    omitted_ = omitted;
    AddEntry(key, box);
    return true;
  }

  Found FindInDirty(const Key& key) const {
    if (dirty_ == nullptr) return {};
    return {Find(dirty_, key), true};
  }

  Table* CopyDirty() {
    Table* const copy = New<Table>();
    for (const auto [key, entry] : dirty_->entries.read()) {
      Box* const box = entry->p.load();
      Box* const copied = IsLive(box) ? NewBox(box->value.read()) : nullptr;
      copy->entries.unshared().Insert(key, NewEntry(key, copied));
    }
    return copy;
  }

  void RetireEntries(const Table* table) {
    for (const auto [key, entry] : table->entries.read()) {
      reclaimer_.Retire(entry);
    }
  }

  // Whether `dirty` had the key.
  bool RemoveFromDirty(const Key& key) {
    if (dirty_ == nullptr) return false;
    return dirty_->entries.write().Erase(key);
  }

  // Deletes the key where `dirty` has it, whatever `read` has.
  template <class Guard>
  bool DeleteInDirty(Guard& guard, const Key& key,
                     std::optional<Value>& value) {
    const std::lock_guard<mutex> lock(mutex_);
    if (dirty_ == nullptr) return false;
    Entry* const entry = Find(dirty_, key);
    if (entry == nullptr) return false;
    RemoveFromDirty(key);
    if (Find(LoadRead().table, key) == entry) {
      value = LoadEntry(guard, entry);
      ++omitted_;
    } else {
      value = DeleteEntry(entry);
      reclaimer_.Retire(entry);
    }
    return true;
  }

  Reclaimer<Defects> reclaimer_;
  // After the reclaimer, which has one of its own, so that neither needs room.
  [[no_unique_address]] const Defects defects_;
  [[no_unique_address]] Counters counters_;
  atomic<Snapshot*> read_{nullptr};
  mutex mutex_;
  // Guarded by mutex_.
  Table* dirty_ = nullptr;
  size_t misses_ = 0;
  // How many entries of `read` are not in `dirty`, while there is one.
  size_t omitted_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_READ_DIRTY_MAP_H_

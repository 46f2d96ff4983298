// A concurrent hash map for keys that come and go under many threads: the
// concurrent hash trie, which is the design of Go's sync.Map since Go 1.24,
// with its complete interface.
//
// A branch has sixteen slots, for the values of four bits of the hash: the
// root for the lowest four, its children for the next ones, and so on. A slot
// is empty, or has a branch, or a chain of entries whose keys have the same
// hash. Where a key comes to a chain of another hash, branches are put in
// between until the hashes part (expansion); when a deletion leaves a branch
// other than the root empty, its slot is emptied too (collapse).
//
// Readers take no lock: they walk down once and believe what they see. Writers
// that change a slot or a chain hold the lock of the branch that has the slot.
// They walked there without it, so with the lock they look again: the slot may
// have got a branch meanwhile, or the branch may be `dead`, which is to say
// removed from the tree. Then they start anew at the root. Who collapses a
// branch locks its parent while still holding its own lock; as all locking is
// from below upwards, there is no deadlock.
//
// The value of an entry that is there changes by compare-exchange, without the
// lock. Hence a deletion, under the lock, first claims the entry: it makes the
// value null, for ever. Who finds null knows that the key is absent, or
// that the entry to write to is another one, for which it needs the lock.
//
// Clear puts an empty root in the old one's place. Operations that are still in
// the old tree then began before that and end later, so they can all have taken
// effect immediately before the Clear, in the order that the old tree gives
// them; nobody who comes later sees that tree. For that, an operation takes its
// answer from one tree: where it starts anew, it forgets what it saw.
//
// A reclaimer (maps/reclaimable.h) decides when memory is freed. All orders are
// sequentially consistent, as Go's atomics are.

#ifndef MORTSAFE_MAPS_HASH_TRIE_MAP_H_
#define MORTSAFE_MAPS_HASH_TRIE_MAP_H_

#include <mortsafe/sync.h>

#include <array>
#include <cstddef>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "maps/defects.h"
#include "maps/epoch_reclaimer.h"
#include "maps/hash_trie_inspection.h"
#include "maps/reclaimable.h"

namespace mortsafe {

// Thread-safe. Values are copied out; compare operations need operator==. Load,
// Range, CompareAndSwap and what finds its key there to overwrite it take no
// lock.
template <class Key, class Value, class Hash = std::hash<Key>,
          class Equal = std::equal_to<Key>,
          template <class> class Reclaimer = EpochReclaimer,
          class Defects = NoDefects>
class HashTrieMap {
 public:
  explicit HashTrieMap(Defects defects = Defects())
      : defects_(defects), reclaimer_(defects) {
    root_.store(NewBranch(nullptr, 0));
    SetName(&root_, "root");
  }
  HashTrieMap(const HashTrieMap&) = delete;
  HashTrieMap& operator=(const HashTrieMap&) = delete;
  // REQUIRES: no operation is in progress.
  ~HashTrieMap() { delete root_.load(); }

  // The value of `key`, or nothing if it is absent.
  std::optional<Value> Load(const Key& key) {
    const auto guard = reclaimer_.Pin();
    const Entry* const entry = Find(key, hash_(key));
    return entry != nullptr ? LoadEntry(entry) : std::nullopt;
  }

  void Store(const Key& key, Value value) { Swap(key, std::move(value)); }

  // The value of `key` and true, or `value`, now stored, and false.
  std::pair<Value, bool> LoadOrStore(const Key& key, Value value) {
    const auto guard = reclaimer_.Pin();
    const size_t hash = hash_(key);
    if (const Entry* const entry = Find(key, hash)) {
      if (auto actual = LoadEntry(entry)) return {*std::move(actual), true};
    }
    const LockedPlace place = LockPlace(hash);
    if (const Entry* const entry = FindInChain(place.child, key)) {
      return {*LoadEntry(entry), true};
    }
    Insert(place, NewEntry(key, NewBox(value)), hash);
    return {std::move(value), false};
  }

  // Removes `key`; returns the value it had, if any.
  std::optional<Value> LoadAndDelete(const Key& key) {
    const auto guard = reclaimer_.Pin();
    const size_t hash = hash_(key);
    if (Find(key, hash) == nullptr) return std::nullopt;
    LockedPlace place = LockPlace(hash);
    Entry* const entry = FindInChain(place.child, key);
    if (entry == nullptr) return std::nullopt;
    Box* const claimed = entry->box.exchange(nullptr);
    Remove(place, entry, hash);
    return Take(claimed);
  }

  void Delete(const Key& key) { LoadAndDelete(key); }

  // Stores `value`; returns the value it replaced, if any.
  std::optional<Value> Swap(const Key& key, Value value) {
    const auto guard = reclaimer_.Pin();
    const size_t hash = hash_(key);
    Box* const box = NewBox(std::move(value));
    if (Entry* const entry = Find(key, hash)) {
      if (Box* const replaced = TrySwap(entry, box)) return Take(replaced);
    }
    const LockedPlace place = LockPlace(hash);
    if (Entry* const entry = FindInChain(place.child, key)) {
      return Take(entry->box.exchange(box));
    }
    Insert(place, NewEntry(key, box), hash);
    return std::nullopt;
  }

  // Stores `new_value` if the key has `old_value`; says whether it did.
  bool CompareAndSwap(const Key& key, const Value& old_value, Value new_value) {
    const auto guard = reclaimer_.Pin();
    Entry* const entry = Find(key, hash_(key));
    return entry != nullptr && TryReplace(entry, old_value, &new_value);
  }

  // Removes the key if it has `old_value`; says whether it did.
  bool CompareAndDelete(const Key& key, const Value& old_value) {
    const auto guard = reclaimer_.Pin();
    const size_t hash = hash_(key);
    const Entry* const seen = Find(key, hash);
    if (seen == nullptr || LoadEntry(seen) != old_value) return false;
    LockedPlace place = LockPlace(hash);
    Entry* const entry = FindInChain(place.child, key);
    if (entry == nullptr) return false;
    const bool claimed = Has(HashTrieDefect::kCompareAndDeleteClaimsNothing)
                             ? LoadEntry(entry) == old_value
                             : TryReplace(entry, old_value, nullptr);
    if (claimed) Remove(place, entry, hash);
    return claimed;
  }

  // Calls visit(key, value) for the keys in the map, each at most once, until
  // it returns false. No snapshot: a key that changes meanwhile may be seen
  // with any value that it has during the call. `visit` may call any operation.
  template <class Visit>
  void Range(Visit visit) {
    const auto guard = reclaimer_.Pin();
    VisitBelow(*root_.load(), visit);
  }

  // Removes every key, in one step.
  void Clear() {
    const auto guard = reclaimer_.Pin();
    reclaimer_.Retire(root_.exchange(NewBranch(nullptr, 0)));
  }

  // What is wrong with the map's structure, or nothing. REQUIRES: no operation
  // is in progress.
  std::optional<std::string> CheckInvariants() {
    return Inspect().BrokenInvariant();
  }

  // The state of the tree, as HashTrieInspection tells it. REQUIRES: no
  // operation is in progress.
  std::string StateText()
    requires std::is_integral_v<Key>
  {
    return Inspect().StateText();
  }

 private:
  static constexpr unsigned kBitsPerBranch = 4;
  static constexpr size_t kSlots = size_t{1} << kBitsPerBranch;

  // An immutable value; its address is its identity in compare-exchanges.
  struct Box final : Reclaimable {
    static constexpr bool kOwnsNothing = true;
    explicit Box(Value v) : value(std::in_place, std::move(v)) {}
    plain<Value> value;
  };

  struct Node : Reclaimable {
    explicit Node(bool entry) : is_entry(entry) {}
    const bool is_entry;
  };

  // Owns its value, but not the rest of its chain: it may be removed alone.
  struct Entry final : Node {
    Entry(const Key& k, Box* b) : Node(true), key(std::in_place, k), box(b) {}
    ~Entry() override { delete box.load(); }
    plain<Key> key;
    atomic<Box*> box;  // Null once the entry is deleted.
    // The next entry of the chain. New ones come first, so who walks along a
    // chain never meets a key again that was stored anew meanwhile.
    atomic<Entry*> overflow{nullptr};
  };

  using Slot = atomic<Node*>;

  // Owns all that is below.
  struct Branch final : Node {
    Branch(Branch* p, unsigned s) : Node(false), parent(p), shift(s) {}
    ~Branch() override {
      for (Slot& slot : slots) DeleteTree(slot.load());
    }
    // The bits of a hash that lead to a slot of a branch with this `shift`.
    static size_t PrefixMask(unsigned shift) {
      return std::numeric_limits<size_t>::max() >>
             (std::numeric_limits<size_t>::digits - kBitsPerBranch - shift);
    }
    Slot& SlotOf(size_t hash) { return slots[hash >> shift & (kSlots - 1)]; }

    Branch* const parent;  // Null for a root.
    const unsigned shift;  // The lowest of the four bits that it looks at.
    std::array<Slot, kSlots> slots;
    mutex lock;
    // Guarded by `lock`.
    size_t used = 0;    // How many slots are not empty.
    bool dead = false;  // It was removed from the tree, empty.
  };

  // Where a key's entry is or would be.
  struct Place {
    Branch* branch;
    Slot* slot;
    Node* child;  // What the slot has: nothing, or the first of a chain.
  };
  // The branch is locked.
  struct LockedPlace : Place {
    std::unique_lock<mutex> lock;
  };

  bool Has(HashTrieDefect defect) const { return defects_.Has(defect); }

  HashTrieInspection<Branch, Entry, Hash, Equal> Inspect() {
    return {root_.load(), hash_, equal_};
  }

  static void DeleteTree(Node* node) {
    while (node != nullptr) {
      Node* const next =
          node->is_entry ? static_cast<Entry*>(node)->overflow.load() : nullptr;
      delete node;
      node = next;
    }
  }

  Box* NewBox(Value value) {
    Box* const box = reclaimer_.template New<Box>(std::move(value));
    if constexpr (std::is_integral_v<Value>) {
      SetName(box, "value", box->value.unshared());
    }
    return box;
  }

  Entry* NewEntry(const Key& key, Box* box) {
    Entry* const entry = reclaimer_.template New<Entry>(key, box);
    if constexpr (std::is_integral_v<Key>) {
      SetName(&entry->box, "entry", key);
      SetName(&entry->overflow, "overflow", key);
    }
    return entry;
  }

  Branch* NewBranch(Branch* parent, unsigned shift) {
    Branch* const branch = reclaimer_.template New<Branch>(parent, shift);
    SetName(&branch->lock, "lock of branch at bit", shift);
    for (size_t i = 0; i < kSlots; ++i) {
      SetName(&branch->slots[i], parent == nullptr ? "root slot" : "slot", i);
    }
    return branch;
  }

  static bool IsBranch(const Node* node) {
    return node != nullptr && !node->is_entry;
  }

  Place FindPlace(size_t hash) {
    Branch* branch = root_.load();
    while (true) {
      Slot* const slot = &branch->SlotOf(hash);
      Node* const child = slot->load();
      if (!IsBranch(child)) return {branch, slot, child};
      branch = static_cast<Branch*>(child);
    }
  }

  LockedPlace LockPlace(size_t hash) {
    while (true) {
      LockedPlace place = {FindPlace(hash), {}};
      place.lock = std::unique_lock<mutex>(place.branch->lock);
      if (Has(HashTrieDefect::kMissingRecheck) && place.child == nullptr) {
        return place;
      }
      place.child = place.slot->load();
      if (!place.branch->dead && !IsBranch(place.child)) return place;
    }
  }

  // The entry of `key` in the chain that `head` begins, if any.
  Entry* FindInChain(Node* head, const Key& key) const {
    Entry* entry = static_cast<Entry*>(head);
    while (entry != nullptr && !equal_(entry->key.read(), key)) {
      entry = entry->overflow.load();
    }
    return entry;
  }

  Entry* Find(const Key& key, size_t hash) {
    return FindInChain(FindPlace(hash).child, key);
  }

  static std::optional<Value> LoadEntry(const Entry* entry) {
    const Box* const box = entry->box.load();
    if (box == nullptr) return std::nullopt;
    return box->value.read();
  }

  // The value of a box that the caller took out of its entry.
  Value Take(Box* box) {
    Value value = box->value.read();
    reclaimer_.Retire(box);
    return value;
  }

  // What `box` replaces, or null if the entry is deleted.
  static Box* TrySwap(Entry* entry, Box* box) {
    Box* current = entry->box.load();
    while (current != nullptr &&
           !entry->box.compare_exchange_strong(current, box)) {
    }
    return current;
  }

  // Replaces `old_value` by `*new_value`, or by null where that is null: the
  // entry is claimed then.
  bool TryReplace(Entry* entry, const Value& old_value,
                  const Value* new_value) {
    Box* current = entry->box.load();
    Box* box = nullptr;
    while (current != nullptr && current->value.read() == old_value) {
      if (new_value != nullptr && box == nullptr) box = NewBox(*new_value);
      if (entry->box.compare_exchange_strong(current, box)) {
        reclaimer_.Retire(current);
        return true;
      }
    }
    delete box;
    return false;
  }

  template <class Visit>
  static bool VisitBelow(const Branch& branch, Visit& visit) {
    for (const Slot& slot : branch.slots) {
      const Node* const child = slot.load();
      if (child == nullptr) continue;
      const bool goes_on =
          child->is_entry
              ? VisitChain(static_cast<const Entry*>(child), visit)
              : VisitBelow(static_cast<const Branch&>(*child), visit);
      if (!goes_on) return false;
    }
    return true;
  }

  template <class Visit>
  static bool VisitChain(const Entry* entry, Visit& visit) {
    for (; entry != nullptr; entry = entry->overflow.load()) {
      const std::optional<Value> value = LoadEntry(entry);
      if (value.has_value() && !visit(entry->key.read(), *value)) return false;
    }
    return true;
  }

  // Adds an entry whose key is not there.
  void Insert(const LockedPlace& place, Entry* entry, size_t hash) {
    if (place.child == nullptr) {
      FillEmpty(place, entry);
      return;
    }
    Entry* const head = static_cast<Entry*>(place.child);
    const size_t other_hash = hash_(head->key.read());
    if (other_hash != hash) {
      place.slot->store(Expand(*place.branch, entry, hash, head, other_hash));
    } else if (Has(HashTrieDefect::kChainGrowsAtItsEnd)) {
      LastOf(head)->overflow.store(entry);
    } else {
      entry->overflow.store(head);
      place.slot->store(entry);
    }
  }

  void FillEmpty(const LockedPlace& place, Entry* entry) {
    if (Has(HashTrieDefect::kMissingRecheck)) {
      Node* const lost = place.slot->exchange(entry);
      if (lost != nullptr) {
        RetireTree(lost);
        return;
      }
    } else {
      place.slot->store(entry);
    }
    ++place.branch->used;
  }

  // The top of new branches, to stand below `parent`, where two chains of
  // different hashes part.
  Branch* Expand(Branch& parent, Entry* one, size_t one_hash, Entry* other,
                 size_t other_hash) {
    Branch* const top = NewBranch(&parent, parent.shift + kBitsPerBranch);
    Branch* branch = top;
    while (&branch->SlotOf(one_hash) == &branch->SlotOf(other_hash)) {
      Branch* const next = NewBranch(branch, branch->shift + kBitsPerBranch);
      branch->SlotOf(one_hash).store(next);
      branch->used = 1;
      branch = next;
    }
    branch->SlotOf(one_hash).store(one);
    branch->SlotOf(other_hash).store(other);
    branch->used = 2;
    return top;
  }

  // Removes a claimed entry of the place's chain.
  void Remove(LockedPlace& place, Entry* entry, size_t hash) {
    Entry* const next = entry->overflow.load();
    if (place.child != entry) {
      Entry* before = static_cast<Entry*>(place.child);
      while (before->overflow.load() != entry) {
        before = before->overflow.load();
      }
      before->overflow.store(next);
    } else {
      place.slot->store(next);
      if (next == nullptr) {
        --place.branch->used;
        Collapse(*place.branch, std::move(place.lock), hash);
      }
    }
    reclaimer_.Retire(entry);
  }

  // Removes `branch`, of which `lock` is the lock, if it is empty, and then its
  // parent if that is, and so on. The root stays.
  void Collapse(Branch& lowest, std::unique_lock<mutex> lock, size_t hash) {
    Branch* branch = &lowest;
    while (branch->used == 0 && branch->parent != nullptr) {
      Branch* const parent = branch->parent;
      Slot& slot = parent->SlotOf(hash);
      std::unique_lock<mutex> parent_lock(parent->lock);
      if (Has(HashTrieDefect::kCollapseWithoutMark)) {
        if (slot.load() != branch) return;  // It was removed before.
      } else {
        branch->dead = true;
      }
      slot.store(nullptr);
      --parent->used;
      lock = std::move(parent_lock);
      reclaimer_.Retire(branch);
      branch = parent;
    }
  }

  // What only defects do.

  // REQUIRES: the branch of the chain is locked.
  static Entry* LastOf(Entry* entry) {
    while (Entry* const next = entry->overflow.load()) entry = next;
    return entry;
  }

  // Forgets what kMissingRecheck overwrote without having seen it.
  void RetireTree(Node* node) {
    while (node != nullptr) {
      Node* const next =
          node->is_entry ? static_cast<Entry*>(node)->overflow.load() : nullptr;
      reclaimer_.Retire(node);
      node = next;
    }
  }

  [[no_unique_address]] const Defects defects_;
  [[no_unique_address]] const Hash hash_{};
  [[no_unique_address]] const Equal equal_{};
  Reclaimer<Defects> reclaimer_;
  atomic<Branch*> root_{nullptr};
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_HASH_TRIE_MAP_H_

#include "maps/feldman_map.h"

#include <cds/container/feldman_hashset_hp.h>
#include <cds/gc/hp.h>
#include <cds/init.h>

#include <new>

namespace mortsafe {
namespace {

struct Item {
  FeldmanMap::Key key;
  FeldmanMap::Value value;
};

// libcds gives its arrays back with another size than it asked for (2.3.3):
// std's allocator passes that on, and AddressSanitizer reports it.
template <class T>
struct UnsizedAllocator {
  using value_type = T;

  UnsizedAllocator() = default;
  template <class Other>
  // Allocators of different types are the same one.
  // NOLINTNEXTLINE(google-explicit-constructor)
  UnsizedAllocator(const UnsizedAllocator<Other>&) {}

  T* allocate(size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T)));
  }
  void deallocate(T* memory, size_t) { ::operator delete(memory); }

  friend bool operator==(UnsizedAllocator, UnsizedAllocator) { return true; }
};

struct Traits : cds::container::feldman_hashset::traits {
  using node_allocator = UnsizedAllocator<int>;
  // Keys are their own hashes, as different ones must have different hashes.
  struct hash_accessor {
    const FeldmanMap::Key& operator()(const Item& item) const {
      return item.key;
    }
  };
};

// The library itself, for as long as the process lives: threads may end late.
void InitializeOnce() {
  static const auto* const collector = [] {
    cds::Initialize();
    constexpr size_t kDefault = 0;
    return new cds::gc::HP(kDefault, FeldmanMap::kMostThreads);
  }();
  (void)collector;
}

// libcds knows a thread as long as this object lives.
class Attachment {
 public:
  Attachment() {
    InitializeOnce();
    cds::threading::Manager::attachThread();
  }
  // It throws where the system has no thread-local storage left.
  // NOLINTNEXTLINE(bugprone-exception-escape)
  ~Attachment() { cds::threading::Manager::detachThread(); }
  Attachment(const Attachment&) = delete;
  Attachment& operator=(const Attachment&) = delete;
};

void AttachThread() { thread_local const Attachment attachment; }

}  // namespace

struct FeldmanMap::Set {
  cds::container::FeldmanHashSet<cds::gc::HP, Item, Traits> items;
};

FeldmanMap::FeldmanMap() : set_((AttachThread(), std::make_unique<Set>())) {}

// NOLINTNEXTLINE(bugprone-exception-escape): as above.
FeldmanMap::~FeldmanMap() { AttachThread(); }

// What the pointer stands for is changed.
// NOLINTBEGIN(readability-make-member-function-const)

std::optional<uint64_t> FeldmanMap::Load(Key key) {
  AttachThread();
  const auto found = set_->items.get(key);
  if (!found) return std::nullopt;
  return found->value;
}

void FeldmanMap::Store(Key key, Value value) { Swap(key, value); }

std::pair<uint64_t, bool> FeldmanMap::LoadOrStore(Key key, Value value) {
  AttachThread();
  // What either finds is there at that moment, or what it inserts was not.
  while (true) {
    if (const auto found = set_->items.get(key)) return {found->value, true};
    if (set_->items.insert(Item{key, value})) return {value, false};
  }
}

std::optional<uint64_t> FeldmanMap::LoadAndDelete(Key key) {
  AttachThread();
  const auto taken = set_->items.extract(key);
  if (!taken) return std::nullopt;
  return taken->value;
}

void FeldmanMap::Delete(Key key) {
  AttachThread();
  set_->items.erase(key);
}

std::optional<uint64_t> FeldmanMap::Swap(Key key, Value value) {
  AttachThread();
  std::optional<Value> previous;
  set_->items.update(Item{key, value}, [&](const Item&, const Item* replaced) {
    if (replaced != nullptr) previous = replaced->value;
  });
  return previous;
}

// NOLINTEND(readability-make-member-function-const)

}  // namespace mortsafe

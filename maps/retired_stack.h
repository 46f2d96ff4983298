// Retired objects that many threads put down and one takes away.

#ifndef MORTSAFE_MAPS_RETIRED_STACK_H_
#define MORTSAFE_MAPS_RETIRED_STACK_H_

#include <mortsafe/sync.h>

#include <array>
#include <cstddef>

#include "maps/defects.h"
#include "maps/reclaimable.h"

namespace mortsafe {

// A Treiber stack without pop, so there is no ABA to fear. Lock-free. `Defects`
// are those of the reclaimer it belongs to (maps/defects.h).
class RetiredStack {
 public:
  RetiredStack() { SetName(&head_, "retired"); }
  RetiredStack(const RetiredStack&) = delete;
  RetiredStack& operator=(const RetiredStack&) = delete;
  ~RetiredStack() {
    if (!IsEmpty()) FreeAll(NoDefects());
  }

  template <class Defects>
  void Push(Reclaimable* object, const Defects& defects) {
    Reclaimable* head = head_.load(defects.Order());
    do {
      object->next_.write() = head;
    } while (!head_.compare_exchange_weak(head, object, defects.Order()));
  }

  // Takes away what was pushed before: a list for FreeUnless().
  template <class Defects>
  Reclaimable* Take(const Defects& defects) {
    return head_.exchange(nullptr, defects.Order());
  }

  // Pushes those objects of `list` again of which `is_used(object)` says that
  // somebody may use them, and frees the others. Returns how many it pushed.
  template <class Defects, class IsUsed>
  size_t FreeUnless(Reclaimable* list, const Defects& defects, IsUsed is_used) {
    size_t used = 0;
    while (list != nullptr) {
      Reclaimable* const object = list;
      list = object->next_.read();
      if (is_used(object)) {
        Push(object, defects);
        ++used;
      } else {
        delete object;
      }
    }
    return used;
  }

  // Frees what was pushed before. REQUIRES: nobody can reach those objects.
  template <class Defects>
  void FreeAll(const Defects& defects) {
    FreeUnless(Take(defects), defects,
               [](const Reclaimable*) { return false; });
  }

  bool IsEmpty() const { return head_.load() == nullptr; }

 private:
  atomic<Reclaimable*> head_{nullptr};
};

// One stack per thread, as long as threads are few: they do not meet where they
// retire, which would cost time and order what nothing else orders.
class RetiredStacks {
 public:
  static constexpr size_t kStacks = 8;

  template <class Defects>
  void Push(Reclaimable* object, const Defects& defects) {
    stacks_[this_thread::slot() % kStacks].Push(object, defects);
  }

  // Frees what was pushed before by threads with slots below `slots`. REQUIRES:
  // as RetiredStack::FreeAll().
  template <class Defects>
  void FreeAll(size_t slots, const Defects& defects) {
    for (size_t i = 0; i < kStacks && i < slots; ++i) {
      stacks_[i].FreeAll(defects);
    }
  }

 private:
  std::array<RetiredStack, kStacks> stacks_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_RETIRED_STACK_H_

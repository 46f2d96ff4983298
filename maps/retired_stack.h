// Retired objects that many threads put down and one takes away.

#ifndef MORTSAFE_MAPS_RETIRED_STACK_H_
#define MORTSAFE_MAPS_RETIRED_STACK_H_

#include <mortsafe/sync.h>

#include <array>
#include <cstddef>

#include "maps/reclaimable.h"

namespace mortsafe {

// A Treiber stack without pop, so there is no ABA to fear. Lock-free.
class RetiredStack {
 public:
  RetiredStack() { SetName(&head_, "retired"); }
  RetiredStack(const RetiredStack&) = delete;
  RetiredStack& operator=(const RetiredStack&) = delete;
  ~RetiredStack() {
    if (!IsEmpty()) FreeAll();
  }

  void Push(Reclaimable* object) {
    Reclaimable* head = head_.load();
    do {
      object->next_ = head;
    } while (!head_.compare_exchange_weak(head, object));
  }

  // Frees what was pushed before. REQUIRES: nobody can reach those objects.
  void FreeAll() {
    Reclaimable* object = head_.exchange(nullptr);
    while (object != nullptr) {
      Reclaimable* const next = object->next_;
      delete object;
      object = next;
    }
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

  void Push(Reclaimable* object) {
    stacks_[this_thread::slot() % kStacks].Push(object);
  }

  // Frees what was pushed before by threads with slots below `slots`. REQUIRES:
  // as RetiredStack::FreeAll().
  void FreeAll(size_t slots) {
    for (size_t i = 0; i < kStacks && i < slots; ++i) stacks_[i].FreeAll();
  }

 private:
  std::array<RetiredStack, kStacks> stacks_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_RETIRED_STACK_H_

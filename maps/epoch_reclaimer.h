// Epoch-based reclamation (Fraser, "Practical lock-freedom", 2004): memory is
// freed while the map runs, two epochs after it was retired.
//
// Each operation pins the reclaimer: it announces, in a slot, the epoch in
// which it began. The epoch advances from e to e + 1 only while every announced
// epoch is e, so while one operation stays pinned the epoch advances at most
// once. What is retired in epoch e could be held only by operations pinned in e
// or before, and all of them are over once the epoch is e + 2.

#ifndef MORTSAFE_MAPS_EPOCH_RECLAIMER_H_
#define MORTSAFE_MAPS_EPOCH_RECLAIMER_H_

#include <mortsafe/sync.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "maps/claimed_slots.h"
#include "maps/defects.h"
#include "maps/reclaimable.h"
#include "maps/retired_stack.h"

namespace mortsafe {

template <class Defects>
class EpochReclaimer {
 private:
  static constexpr uint64_t kIdle = 0;  // What a slot has at first.

  struct Slot {
    Slot() { SetName(&announced, "epoch slot"); }
    atomic<uint64_t> announced{kIdle};
  };

 public:
  class Guard : public KeepsEverything {
   public:
    Guard(Slot* slot, Defects defects) : slot_(slot), defects_(defects) {}
    ~Guard() { slot_->announced.store(kIdle, defects_.Order()); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    Slot* const slot_;
    [[no_unique_address]] const Defects defects_;
  };

  explicit EpochReclaimer(Defects defects)
      : defects_(defects), slots_(defects) {
    SetName(&epoch_, "epoch");
    SetName(&free_list_mutex_, "free list's mutex");
  }
  EpochReclaimer(const EpochReclaimer&) = delete;
  EpochReclaimer& operator=(const EpochReclaimer&) = delete;
  ~EpochReclaimer() {
    for (FreeBlock& block : free_list_) ::operator delete(block.memory);
  }

  Guard Pin() {
    Slot& slot = slots_.Claim([this](Slot& each) {
      uint64_t idle = kIdle;
      const uint64_t epoch = epoch_.load(defects_.Order());
      return each.announced.compare_exchange_strong(idle, epoch,
                                                    defects_.Order());
    });
    return Guard(&slot, defects_);
  }
  Guard PinAll() { return Pin(); }

  template <class T, class... Arguments>
  T* New(Arguments&&... arguments) {
    if constexpr (kMayBeReused<T>) {
      if (void* const memory = TakeFreeBlock(sizeof(T))) {
        return new (memory) T(std::forward<Arguments>(arguments)...);
      }
    }
    return new T(std::forward<Arguments>(arguments)...);
  }

  template <class T>
  void Retire(T* object) {
    if (defects_.Has(ReadDirtyDefect::kFreeWithoutGracePeriod)) {
      delete object;
      return;
    }
    if constexpr (kMayBeReused<T>) {
      if (PutFreeBlock(object)) return;
    }
    const uint64_t epoch = epoch_.load(defects_.Order());
    retired_[epoch % kGenerations].Push(object, defects_);
    if (defects_.Has(ReadDirtyDefect::kWaitsWhilePinned)) WaitForOthers();
    TryAdvance(epoch);
  }

 private:
  static constexpr size_t kGenerations = 3;

  struct FreeBlock {
    void* memory;
    size_t size;
  };

  // Only objects that own nothing else: what an entry owns would really be
  // freed, and a sanitizer would see it.
  template <class T>
  static constexpr bool kMayBeReused = requires { T::kOwnsNothing; };

  // REQUIRES: the caller is pinned, in `epoch` or the one before: then, if the
  // epoch advances, it cannot advance again before the caller is done here, and
  // nobody retires into the generation that is freed.
  void TryAdvance(uint64_t epoch) {
    const size_t covered = slots_.Covered(defects_.Order());
    for (size_t i = 0; i < covered; ++i) {
      const uint64_t announced = slots_[i].announced.load(defects_.Order());
      if (announced != kIdle && announced != epoch) return;
    }
    if (!epoch_.compare_exchange_strong(epoch, epoch + 1, defects_.Order())) {
      return;
    }
    const uint64_t over =
        defects_.Has(ReadDirtyDefect::kGracePeriodTooShort) ? epoch : epoch - 1;
    // Who covers a slot from now on is pinned in no earlier epoch than this.
    const size_t slots = slots_.Covered(defects_.Order());
    retired_[over % kGenerations].FreeAll(slots, defects_);
  }

  // What only kWaitsWhilePinned does. The caller is pinned itself: two who wait
  // here wait for each other.
  void WaitForOthers() {
    while (CountPinned() > 1) this_thread::yield();
  }

  size_t CountPinned() {
    const size_t covered = slots_.Covered();
    size_t pinned = 0;
    for (size_t i = 0; i < covered; ++i) {
      if (slots_[i].announced.load() != kIdle) ++pinned;
    }
    return pinned;
  }

  // What only kReuseWithoutGracePeriod does: whether the block is put aside.
  template <class T>
  bool PutFreeBlock(T* object) {
    if (!defects_.Has(ReadDirtyDefect::kReuseWithoutGracePeriod)) return false;
    object->~T();
    const std::lock_guard<mutex> lock(free_list_mutex_);
    free_list_.push_back({object, sizeof(T)});
    return true;
  }

  void* TakeFreeBlock(size_t size) {
    if (!defects_.Has(ReadDirtyDefect::kReuseWithoutGracePeriod)) {
      return nullptr;
    }
    const std::lock_guard<mutex> lock(free_list_mutex_);
    for (size_t i = free_list_.size(); i-- > 0;) {
      if (free_list_[i].size != size) continue;
      void* const memory = free_list_[i].memory;
      free_list_.erase(free_list_.begin() + static_cast<ptrdiff_t>(i));
      return memory;
    }
    return nullptr;
  }

  [[no_unique_address]] const Defects defects_;
  atomic<uint64_t> epoch_{1};
  ClaimedSlots<Slot, Defects> slots_;
  std::array<RetiredStacks, kGenerations> retired_;
  // Used by kReuseWithoutGracePeriod only.
  mutex free_list_mutex_;
  std::vector<FreeBlock> free_list_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_EPOCH_RECLAIMER_H_

// Slots in which threads say, for as long as an operation lasts, what must not
// be freed meanwhile: the part that reclaimers have in common.
//
// A thread claims a slot, starting from its own, so that threads rarely meet.
// Who looks through the slots needs to look at those only that were ever
// claimed: at the covered ones.

#ifndef MORTSAFE_MAPS_CLAIMED_SLOTS_H_
#define MORTSAFE_MAPS_CLAIMED_SLOTS_H_

#include <mortsafe/sync.h>

#include <array>
#include <atomic>
#include <cstddef>

namespace mortsafe {

// `Defects` are those of the reclaimer that it belongs to (maps/defects.h).
template <class Slot, class Defects>
class ClaimedSlots {
 public:
  static constexpr size_t kSlots = 64;

  explicit ClaimedSlots(Defects defects) : defects_(defects) {
    SetName(&covered_, "covered slots");
  }
  ClaimedSlots(const ClaimedSlots&) = delete;
  ClaimedSlots& operator=(const ClaimedSlots&) = delete;

  // The first slot of which `try_claim(slot)` says that it is the caller's now.
  // More than kSlots claims at a time wait for each other here.
  template <class TryClaim>
  Slot& Claim(TryClaim try_claim) {
    for (size_t i = this_thread::slot() % kSlots;; i = (i + 1) % kSlots) {
      CoverSlot(i);
      if (try_claim(slots_[i].slot)) return slots_[i].slot;
      if (i == kSlots - 1) this_thread::yield();
    }
  }

  // How many slots, from the first on, may have been claimed.
  size_t Covered(std::memory_order order = std::memory_order_seq_cst) const {
    return covered_.load(order);
  }

  Slot& operator[](size_t i) { return slots_[i].slot; }

 private:
  static constexpr size_t kCacheLine = 64;
  struct alignas(kCacheLine) AlignedSlot {
    Slot slot{};
  };

  // Makes sure that others look at slot `i`. Before it is claimed, so that who
  // reads the bound after the claim finds it covered.
  void CoverSlot(size_t i) {
    size_t covered = covered_.load(defects_.Order());
    while (covered <= i &&
           !covered_.compare_exchange_weak(covered, i + 1, defects_.Order())) {
    }
  }

  [[no_unique_address]] const Defects defects_;
  atomic<size_t> covered_{0};
  std::array<AlignedSlot, kSlots> slots_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_CLAIMED_SLOTS_H_

// Slots in which threads say, for as long as an operation lasts, what must not
// be freed meanwhile: the part that reclaimers have in common.
//
// A thread claims a slot, starting from its own, so that threads rarely meet.
// Who looks through the slots needs to look at those only that were ever
// claimed: at the covered ones. There are as many as claims at a time need: the
// callbacks of operations may begin others, so that a thread may hold several.

#ifndef MORTSAFE_MAPS_CLAIMED_SLOTS_H_
#define MORTSAFE_MAPS_CLAIMED_SLOTS_H_

#include <mortsafe/sync.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

namespace mortsafe {

// `Defects` are those of the reclaimer that it belongs to (maps/defects.h).
template <class Slot, class Defects>
class ClaimedSlots {
 public:
  explicit ClaimedSlots(Defects defects) : defects_(defects) {
    SetName(&covered_, "covered slots");
  }
  ClaimedSlots(const ClaimedSlots&) = delete;
  ClaimedSlots& operator=(const ClaimedSlots&) = delete;
  ~ClaimedSlots() {
    for (Block* block = first_.next.load(); block != nullptr;) {
      const std::unique_ptr<Block> owned(block);
      block = owned->next.load();
    }
  }

  // The first slot of which `try_claim(slot)` says that it is the caller's now.
  // Lock-free; one attempt where nobody else holds the thread's own slot.
  template <class TryClaim>
  Slot& Claim(TryClaim try_claim) {
    const size_t own = this_thread::slot() % kSlotsPerBlock;
    size_t before = 0;
    for (Block* block = &first_;; block = NextOf(*block)) {
      for (size_t tried = 0; tried < kSlotsPerBlock; ++tried) {
        const size_t i = (own + tried) % kSlotsPerBlock;
        CoverSlot(before + i);
        if (try_claim(block->slots[i].slot)) return block->slots[i].slot;
      }
      before += kSlotsPerBlock;
    }
  }

  // How many slots, from the first on, may have been claimed.
  size_t Covered(std::memory_order order = std::memory_order_seq_cst) const {
    return covered_.load(order);
  }

  // Slot `i`; takes the longer, the more blocks are before it. REQUIRES: `i` is
  // below what Covered() was.
  Slot& operator[](size_t i) {
    Block* block = &first_;
    for (; i >= kSlotsPerBlock; i -= kSlotsPerBlock) block = NextOf(*block);
    return block->slots[i].slot;
  }

 private:
  static constexpr size_t kCacheLine = 64;
  static constexpr size_t kSlotsPerBlock = 64;
  struct alignas(kCacheLine) AlignedSlot {
    Slot slot{};
  };
  struct Block {
    std::array<AlignedSlot, kSlotsPerBlock> slots;
    atomic<Block*> next{nullptr};
  };

  // The block after `block`, made if there is none yet. Always sequentially
  // consistent: blocks are so rarely made that no client of a model gets here.
  static Block* NextOf(Block& block) {
    Block* next = block.next.load();
    if (next != nullptr) return next;
    auto made = std::make_unique<Block>();
    return block.next.compare_exchange_strong(next, made.get()) ? made.release()
                                                                : next;
  }

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
  Block first_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_CLAIMED_SLOTS_H_

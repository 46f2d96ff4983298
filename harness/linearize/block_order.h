// The last step of the fast decision for unambiguous histories (unambiguous.h):
// whether the blocks of one key, each of which leaves the key absent or with a
// value, can be put in order.
//
// A block happens at one moment of an interval, or fills a fixed interval (a
// zone). What it needs and what it leaves make it one of four:
//
//             leaves a value      leaves the key absent
//   blind     a store             a removal
//   absent    an insertion        a miss
//
// One sweep over time decides, and changes the state as late as it can. Absent
// is the better state, as everything can follow it; so only a present key must
// be changed for the sake of others, and what is scarce are removals.
//  - A miss happens as soon as it finds the key absent. Where one is due in a
//    present key, the open removal with the earliest deadline is spent.
//  - The same goes for a due insertion and for a zone that needs absence.
//  - A removal is not spent otherwise until it is due: then it costs nothing.
//  - A blind block may be preceded, at the same moment, by any open stores,
//    which nobody sees, and in an absent key by one insertion before these. The
//    insertion with the earliest deadline uses the opportunity. A store does
//    too, in hindsight: if there was a blind moment while it was open it
//    needs no other; if there was none it happens when it is due.
// Choosing the earliest deadline is justified by exchange: of two open blocks
// of a kind, the one with the later deadline can take the place of the other.
//
// A failed compare with a value wants a moment at which the key holds something
// else. Where the key has held the value since before the compare was called
// and the compare is due, an open store replaces the value, or else a removal
// is spent. A chain of values may also last longer than it must, if nothing
// else happens meanwhile: its last value may come later, or its first earlier.
// These are heuristics: where they fail, the order is not known.

#ifndef MORTSAFE_HARNESS_LINEARIZE_BLOCK_ORDER_H_
#define MORTSAFE_HARNESS_LINEARIZE_BLOCK_ORDER_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "harness/linearize/deadline_heap.h"
#include "harness/linearize/failed_compares.h"

namespace mortsafe {

inline constexpr uint32_t kNoSlack = std::numeric_limits<uint32_t>::max();

struct Block {
  // The interval in which it happens at one moment, or which it fills.
  uint64_t begin = 0;
  uint64_t end = 0;
  // What it leaves: a value, or kNoValue.
  uint32_t leaves = kNoValue;
  // Index of its Slack, or kNoSlack.
  uint32_t slack = kNoSlack;
  bool needs_absent = false;
};

// How a chain of values may last longer than it must, for the sake of failed
// compares. Needed only where there are some.
struct Slack {
  // Its first value can come at `first_call` and not earlier, and is replaced
  // within the chain, if ever, by `first_until`.
  uint32_t first = kNoValue;
  uint64_t first_call = 0;
  uint64_t first_until = 0;
  // Its last value, if there is one `before_last`, can come at `last_latest`
  // and not later.
  uint32_t before_last = kNoValue;
  uint64_t last_latest = 0;
  // When a zone's last value must have been replaced.
  uint64_t replaced_by = kNeverDue;
};

// Keeps its memory between histories.
class BlockOrder {
 public:
  // Narrows the intervals of `points` to what the zones leave of them, and
  // sorts both. Whether something is left of each interval, and no two zones
  // overlap. Intervals that share one moment do not overlap.
  bool Fit(std::vector<Block>& points, std::vector<Block>& zones);

  // Whether the sweep finds an order of all blocks, which also satisfies
  // `compares` unless that is null. `removal_calls` says, by value, from when
  // on an operation is open that may remove this value and no other (kNeverDue:
  // none; no entries at all: none for any value). If there are neither compares
  // nor such removals, failure means that there is no order.
  // REQUIRES: Fit() returned true.
  bool Succeeds(absl::Span<const Block> points, absl::Span<const Block> zones,
                absl::Span<const Slack> slacks, const FailedCompares* compares,
                absl::Span<const uint64_t> removal_calls);

 private:
  void Reset();
  // A point that may happen from now on.
  void Open(const Block& point);
  // Whether a zone can follow what happened so far.
  bool Enter(const Block& zone);

  // Whether everything that is due before `moment` can happen in time.
  bool MeetDeadlinesBefore(uint64_t moment);
  // Whether the block with the earliest deadline can happen at it.
  bool MeetBlock();
  void MeetStore(DeadlineHeap& stores);
  bool MeetInsertion();
  void MeetRemoval();
  // Whether a compare that is due can be satisfied.
  bool MeetCompare();
  // Whether it can be by having the current value come later, as the last one
  // of its chain; nothing happened since.
  bool DeferCurrent();
  // Whether it can be by having the next zone, or a chain that is to come soon,
  // begin now.
  bool BeginNextZone();
  bool BeginChain();
  // Whether `block`, a zone or a chain, can last from `moment` to `end`.
  bool CanLast(const Block& block, uint64_t moment, uint64_t end) const;
  void BeginEarly(const Block& block, uint64_t moment, uint64_t replaced_by);

  // The key holds what `block`, which began at `begin`, leaves.
  void Leave(const Block& block, uint64_t begin, uint64_t replaced_by);
  bool IsAbsent() const { return current_ == kNoValue; }
  uint64_t BlockDue() const;
  void BecomeAbsent();
  void Become(const DeadlineHeap::Entry& store, uint64_t moment);
  // A blind block is about to happen: what can precede it does so.
  void PrecedeBlind(uint64_t moment);
  // Whether there was a removal to make the key absent.
  bool SpendRemoval(uint64_t moment);

  const FailedCompares* compares_ = nullptr;  // None: no heed to them.
  absl::Span<const uint64_t> removal_calls_;
  absl::Span<const Slack> slacks_;
  absl::Span<const Block> points_;  // Those that are still to come.
  absl::Span<const Block> zones_;
  const Block* begun_ = nullptr;  // Of points_, but happened already.
  uint32_t current_ = kNoValue;
  uint32_t current_slack_ = kNoSlack;  // Of the block that left it,
  uint64_t current_begin_ = 0;         // which began then.
  uint64_t compare_due_ = kNeverDue;   // Wants something else than current_.
  // One more than the last moment at which a blind block happened.
  uint64_t blind_end_ = 0;
  // Stores whose value no compare is called for while they are open or later,
  // and the others.
  DeadlineHeap calm_stores_;
  DeadlineHeap compared_stores_;
  DeadlineHeap insertions_;
  DeadlineHeap removals_;
  uint64_t miss_due_ = kNeverDue;  // The earliest deadline of an open miss.
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_BLOCK_ORDER_H_

// Decides in O(n log n), for any number of open operations, whether the steps
// of one key are linearizable if every stored value is stored once only. Where
// a value is stored twice, and in rare other cases, it leaves the question to
// the search.
//
// For registers the idea is from Gibbons and Korach ("Testing shared memories",
// SIAM Journal on Computing, 1997); here it covers a whole map's operations.
//
// 1. As a value is stored once, it is known which operations saw it and which
//    one took it: a successful Swap, CompareAndSwap or LoadAndDelete. Values
//    that were taken one from the other form a chain. The key holds the values
//    of a chain without a break from its first operation to its last, in a
//    known order. An operation that returned before one was called that comes
//    earlier in this order is a violation; so are a value that was seen but
//    never stored, one that was taken twice, and a cycle.
// 2. Let F be the earliest return in a chain, and S the latest call. If F < S
//    the chain fills at least [F, S], and there is room for all of it in [F,
//    S]: it is a zone. If S <= F, every one of its operations is open in [S,
//    F], and whatever an order does, all of it can be moved to one moment in
//    there. Either way nothing else is hindered by the chain becoming shorter.
// 3. What is left are blocks whose inner order is settled: zones, chains that
//    happen at one moment, Deletes, and reads that found nothing. BlockOrder
//    puts these in order; see there.
// 4. A failed compare with a value is satisfied unless the key holds the value
//    from before its call until after its return. In a zone the moments at
//    which each value can replace the one before are propagated along the
//    chain, as sets of intervals: exact. Only what follows the last value of a
//    chain depends on other blocks, and there BlockOrder can fail to find an
//    order that exists.
// 5. A pending step whose value was seen took effect, and its return is at the
//    end of time. A pending Delete may take effect, and is never due. A pending
//    store whose value nobody saw may only help failed compares. A pending
//    CompareAndDelete may remove its value, if nobody else took it.

#ifndef MORTSAFE_HARNESS_LINEARIZE_UNAMBIGUOUS_H_
#define MORTSAFE_HARNESS_LINEARIZE_UNAMBIGUOUS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "harness/linearize/block_order.h"
#include "harness/linearize/failed_compares.h"
#include "harness/linearize/step.h"

namespace mortsafe {

enum class UnambiguousVerdict : uint8_t {
  kLinearizable,
  kViolation,
  kUndecided,  // The search must decide.
};

// Keeps its memory between histories, a small multiple of the steps'.
class UnambiguousChecker {
 public:
  // REQUIRES: the steps are of one key, by call time, as StepList::steps_of()
  // has them; their states are below `state_count`.
  UnambiguousVerdict Judge(absl::Span<const Step> steps, CellState state_count);

 private:
  // What is known of a value.
  struct Content {
    const Step* writer = nullptr;
    const Step* taker = nullptr;  // Needs the value, and replaces it.
    // Of those that read it.
    uint64_t first_read_return = kPending;
    uint64_t last_read_call = 0;
    bool seen = false;      // A completed step needs it.
    bool happened = false;  // Its writer took effect.
  };
  // A value in a chain, while this is looked at.
  struct Link {
    uint32_t value = 0;  // kNoValue at the end, if the key becomes absent.
    // The interval in which it can replace the value before.
    uint64_t earliest = 0;
    uint64_t latest = kPending;
  };
  // Moments from the first to the last.
  struct Moments {
    uint64_t first = 0;
    uint64_t last = 0;
  };

  void Reset(CellState state_count);
  uint32_t NameOf(CellState state);

  void Add(const Step& step);
  void AddExact(const Step& step);
  void AddPossible(const Step& step);
  void AddWriter(const Step& step);
  void AddPoint(const Step& step, bool needs_absent);

  // Finds the pending steps whose values were seen; whether every value that
  // was seen was written, and none was taken twice.
  bool FollowSeenValues();
  bool FollowSeenValue(uint32_t value);
  // The value that the writer of `value` takes, or kNoValue.
  uint32_t TakenFor(const Content& content);

  // Whether every value is in a chain, and the chain in order.
  bool BuildChains();
  bool BuildChain(uint32_t first);
  // The next operation of a chain, or all reads of one value. Whether it had
  // not returned before an earlier one was called.
  bool Append(uint64_t call_time, uint64_t return_time);
  // Whether the failed compares with a zone's values can be satisfied within
  // it; if so, its `slack` is completed.
  bool SatisfyCompares(const Block& zone, Slack& slack);
  Slack SlackOf(const Block& chain) const;
  // From moments_, at which the link can come, to those of the last link;
  // whether there are any.
  bool AdvanceToEnd(size_t link);
  uint64_t LastReplacedBy(const Block& zone) const;
  void Advance(const Link& from, const Link& to);
  void AdvanceFrom(uint64_t moment, const Link& from, const Link& to);
  void AddUnseenStores();

  bool ambiguous_ = false;
  bool contradiction_ = false;
  // Names of states, valid if of this generation.
  struct Name {
    uint32_t generation = 0;
    uint32_t name = 0;
  };
  std::vector<Name> names_;
  uint32_t generation_ = 0;
  std::vector<Content> contents_;
  FailedCompares compares_;
  std::vector<uint64_t> removal_calls_;  // As BlockOrder wants them.
  std::vector<Block> points_;
  std::vector<Block> zones_;
  std::vector<Slack> slacks_;
  BlockOrder order_;

  // Of the chain that is looked at.
  std::vector<Link> links_;
  uint64_t first_return_ = kPending;
  uint64_t latest_call_ = 0;
  std::vector<Moments> moments_;
  std::vector<Moments> next_moments_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_UNAMBIGUOUS_H_

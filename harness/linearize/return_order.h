// A quick proof for most linearizable histories: every write takes effect when
// it returns, or when the first operation returns that needs it, and every read
// at some moment between its call and its return.
//
// Where that explains all answers the history is linearizable; where it does
// not, nothing is known and the search must decide.

#ifndef MORTSAFE_HARNESS_LINEARIZE_RETURN_ORDER_H_
#define MORTSAFE_HARNESS_LINEARIZE_RETURN_ORDER_H_

#include <cstdint>
#include <vector>

#include "harness/history/history.h"
#include "harness/linearize/interner.h"

namespace mortsafe {

// Keeps its memory between histories.
class ReturnOrder {
 public:
  // Whether writes in that order explain the history. O(n log n), times the
  // overlap of operations, and times the keys for each Range and Clear.
  bool Explains(const History& history);

 private:
  // What a key holds: a value, if it is present.
  struct Content {
    bool present = false;
    Value value = 0;
    bool Is(Value other) const { return present && value == other; }
  };
  struct Cell {
    Content now;
    uint32_t latest_past = 0;  // 1 + index into pasts_; 0: there is none.
  };
  // What a key held, until when, and what came before that.
  struct Past {
    Content content;
    uint64_t until = 0;
    uint32_t earlier = 0;  // As Cell::latest_past.
  };
  struct Returned {
    uint64_t time = 0;
    const HistoryOperation* operation = nullptr;
    bool done = false;  // It took effect before it returned.
  };

  void SortByReturn(const History& history);
  // Its part for few operations.
  void RankByReturn(const History& history);
  // Whether operation number `i` by return can take effect at that time as it
  // answered, perhaps after another one that is open then.
  bool Return(size_t i);
  // Whether a write can take effect at `time`, and so lets `operation`.
  bool HelpsAt(uint64_t time, const HistoryOperation& write,
               const HistoryOperation& operation);
  // Whether it can take effect at `time` as it answered; if not, nothing has
  // changed.
  bool TakeEffect(uint64_t time, const HistoryOperation& operation);
  bool TakeEffectOnAll(uint64_t time, const HistoryOperation& operation);
  bool ShowsWhatWasThere(const HistoryOperation& range);
  void Clear(uint64_t time);

  uint32_t Name(Key key);
  Cell& CellOf(Key key);
  [[gnu::noinline]] void AddCell();
  void Put(Content content, uint64_t time, Cell& cell);
  // Takes the latest Put() back, which was for `cell`.
  void TakeBack(Cell& cell);
  // Whether at some moment since `time` the key held what `is_it` says.
  template <class Predicate>
  bool Held(const Cell& cell, uint64_t time, Predicate is_it) const;

  std::vector<Returned> by_return_;
  Interner keys_;
  std::vector<Cell> cells_;  // By name of the key.
  std::vector<Past> pasts_;
  std::vector<bool> shown_;  // By name of the key, while a Range is looked at.
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_RETURN_ORDER_H_

// A quick proof for most linearizable histories: every write takes effect when
// it returns, every read at some moment between its call and its return.
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
  // Whether writes in the order of their returns explain the history. Linear
  // for operations that are sorted by their returns, up to their overlap, and
  // in the keys for each Range and Clear.
  bool Explains(const History& history);

 private:
  // What a key holds: a value, if it is present.
  struct Content {
    bool present = false;
    Value value = 0;
    bool Is(Value other) const { return present && value == other; }
    friend bool operator==(const Content&, const Content&) = default;
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
  };

  void SortByReturn(const History& history);
  // Whether the next operation by return can take effect as it answered.
  bool TakeEffect(const HistoryOperation& operation);
  bool Write(const HistoryOperation& operation, Cell& cell);
  bool ShowsWhatWasThere(const HistoryOperation& range);
  bool Clear(const HistoryOperation& clear);

  uint32_t Name(Key key);
  void Put(Content content, uint64_t time, Cell& cell);
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

// Every order in real time of the calls and returns of several threads'
// operations, as far as anybody can tell orders apart: which operations had
// returned when another was called. The order of two calls, or of two returns,
// between which nothing else happens is nothing that anybody can tell.
//
//   // Thread 1 has two operations, thread 2 has one.
//   RealTimeOrders orders({0, 2, 1});
//   do {
//     … orders.blocks() …
//   } while (orders.Next());
//
// An order is a sequence of blocks, calls and returns in turn: each thread of a
// block does what the block says, in whatever order, after all blocks before
// it. The operations that had returned before a call are those of the blocks of
// returns before it. No block is empty, so what two blocks of calls know
// differs, and each order is one sequence of blocks and no other. Conversely,
// any order of calls and returns on one clock is such a sequence: put together
// the calls between which nobody returned, and the returns between which nobody
// called. All operations return in the end.

#ifndef MORTSAFE_HARNESS_EXPLORE_REAL_TIME_ORDERS_H_
#define MORTSAFE_HARNESS_EXPLORE_REAL_TIME_ORDERS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/model/strategy.h"

namespace mortsafe {

class RealTimeOrders {
 public:
  struct Block {
    bool calls = false;
    ThreadSet threads = 0;

    friend bool operator==(const Block&, const Block&) = default;
  };

  // `operations[i]` is how many thread i performs, one after the other. Begins
  // with the order in which as much overlaps as can.
  explicit RealTimeOrders(std::vector<uint32_t> operations);

  // Without operations there is one order, and it has no blocks.
  const std::vector<Block>& blocks() const { return blocks_; }
  // Turns to the next order. False if there is none: this one stays.
  bool Next();
  // Turns to the first order.
  void Restart();
  // Turns to the order of these blocks. REQUIRES: it is one.
  void TurnTo(const std::vector<Block>& blocks);

 private:
  // The threads that could be in the block after the last one.
  ThreadSet Candidates() const;
  bool MayFollow(const Block& block) const;
  void Append(const Block& block);
  void RemoveLast();
  // Appends blocks until everything has returned.
  void Complete();
  // Puts the next smaller block that may stand there in place of the last one,
  // and removes that if there is none.
  bool ReplaceLast();

  const std::vector<uint32_t> operations_;
  std::vector<uint32_t> left_;  // By thread: operations still to be called.
  ThreadSet waiting_ = 0;       // Threads outside an operation, with some left,
  ThreadSet called_ = 0;        // and threads in one.
  std::vector<Block> blocks_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_REAL_TIME_ORDERS_H_

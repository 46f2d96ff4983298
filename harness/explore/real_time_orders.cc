#include "harness/explore/real_time_orders.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "harness/base/check.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"

namespace mortsafe {

RealTimeOrders::RealTimeOrders(std::vector<uint32_t> operations)
    : operations_(std::move(operations)) {
  Check(operations_.size() <= kMaxModelThreads,
        "an order in real time has at most 64 threads");
  Restart();
}

void RealTimeOrders::Restart() {
  left_ = operations_;
  waiting_ = called_ = 0;
  blocks_.clear();
  for (uint32_t thread = 0; thread < left_.size(); ++thread) {
    if (left_[thread] > 0) waiting_ |= OnlyThread(thread);
  }
  Complete();
}

void RealTimeOrders::TurnTo(const std::vector<Block>& blocks) {
  while (!blocks_.empty()) RemoveLast();
  for (const Block& block : blocks) Append(block);
}

ThreadSet RealTimeOrders::Candidates() const {
  const bool calls = blocks_.empty() || !blocks_.back().calls;
  return calls ? waiting_ : called_;
}

bool RealTimeOrders::MayFollow(const Block& block) const {
  if (block.calls) return true;
  // Whoever returns does so before somebody's call, or with all others at the
  // end.
  ThreadSet call_later = waiting_;
  bool any_left = waiting_ != 0;
  for (ThreadSet rest = called_; rest != 0; rest &= rest - 1) {
    const uint32_t thread = LowestThread(rest);
    if (left_[thread] == 0) continue;
    any_left = true;
    if (Contains(block.threads, thread)) call_later |= OnlyThread(thread);
  }
  return any_left ? call_later != 0 : block.threads == called_;
}

void RealTimeOrders::Append(const Block& block) {
  for (ThreadSet rest = block.threads; rest != 0; rest &= rest - 1) {
    const uint32_t thread = LowestThread(rest);
    if (block.calls) {
      --left_[thread];
    } else if (left_[thread] > 0) {
      waiting_ |= OnlyThread(thread);
    }
  }
  if (block.calls) {
    waiting_ &= ~block.threads;
    called_ |= block.threads;
  } else {
    called_ &= ~block.threads;
  }
  blocks_.push_back(block);
}

void RealTimeOrders::RemoveLast() {
  const Block block = blocks_.back();
  blocks_.pop_back();
  if (!block.calls) {
    called_ |= block.threads;
    waiting_ &= ~block.threads;
    return;
  }
  called_ &= ~block.threads;
  waiting_ |= block.threads;
  for (ThreadSet rest = block.threads; rest != 0; rest &= rest - 1) {
    ++left_[LowestThread(rest)];
  }
}

void RealTimeOrders::Complete() {
  while (waiting_ != 0 || called_ != 0) {
    // All that can: that may always stand there.
    Append({.calls = blocks_.empty() || !blocks_.back().calls,
            .threads = Candidates()});
  }
}

bool RealTimeOrders::ReplaceLast() {
  Block block = blocks_.back();
  RemoveLast();
  const ThreadSet candidates = Candidates();
  while ((block.threads = (block.threads - 1) & candidates) != 0) {
    if (!MayFollow(block)) continue;
    Append(block);
    return true;
  }
  return false;
}

bool RealTimeOrders::Next() {
  const std::vector<Block> present = blocks_;
  while (!blocks_.empty()) {
    if (!ReplaceLast()) continue;
    Complete();
    return true;
  }
  for (const Block& block : present) Append(block);
  return false;
}

}  // namespace mortsafe

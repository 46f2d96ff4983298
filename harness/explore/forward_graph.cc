#include "harness/explore/forward_graph.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "harness/base/check.h"
#include "harness/explore/memory_order.h"

namespace mortsafe {

void ForwardGraph::Clear() {
  chunk_count_ = 0;
  next_ = chunk_end_ = nullptr;
  width_ = VectorClock::kPiece;
  if (listed_ > 0) {
    for (Thread& thread : threads_) thread.events.clear();
    listed_ = 0;
  }
  thread_count_ = 0;
  location_count_ = 0;
  seq_cst_count_ = seq_cst_fence_count_ = 0;
  BeginThread(0);
}

void ForwardGraph::BeginThread(uint32_t thread) {
  while (thread >= width_) Widen();
  thread_count_ = std::max(thread_count_, thread + 1);
  Thread& begun = threads_[thread];
  begun.acquirable.Clear(width_);
  begun.released.Clear(width_);
  if (next_ == chunk_end_) BeginChunk();
  begun.latest = next_++;
  ForwardEvent& first = *begun.latest;
  first.kind = ForwardEvent::Kind::kOther;
  first.thread = static_cast<uint8_t>(thread);
  first.index = 1;
  first.before = nullptr;
  first.happens_before.AssignOnly(thread, 1, width_);
}

void ForwardGraph::BeginChunk() {
  if (chunk_count_ == chunks_.size()) {
    chunks_.push_back(std::make_unique<ForwardEvent[]>(kChunkEvents));
  }
  next_ = chunks_[chunk_count_++].get();
  chunk_end_ = next_ + kChunkEvents;
}

void ForwardGraph::Widen() {
  const auto widen = [&](VectorClock& clock) {
    for (uint32_t i = 0; i < VectorClock::kPiece; ++i) clock[width_ + i] = 0;
  };
  const auto widen_all = [&](ForwardEvent& event) {
    widen(event.happens_before);
    widen(event.released);
    widen(event.seen);
  };
  for (EventId id = 0; id < size(); ++id) {
    widen_all(chunks_[id / kChunkEvents][id % kChunkEvents]);
  }
  for (size_t i = 0; i < location_count_; ++i) {
    widen_all(locations_[i].initial);
  }
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    widen(threads_[thread].acquirable);
    widen(threads_[thread].released);
  }
  width_ += VectorClock::kPiece;
}

void ForwardGraph::FailWithTooMany() {
  Check(false, "a thread has too many events to explore");
}

ForwardLocation* ForwardGraph::AddLocation(uint64_t initial) {
  if (location_count_ == locations_.size()) {
    Location& fresh = locations_.emplace_back();
    fresh.writes.push_back(&fresh.initial);
  }
  Location& added = locations_[location_count_++];
  added.initial.value = initial;
  added.initial.released.Clear(width_);
  added.initial.seen.AssignOnly(0, 1, width_);
  added.last_place = 0;
  added.seq_cst_reads.clear();
  return &added;
}

void ForwardGraph::ListThreads() {
  for (const EventId end = size(); listed_ < end; ++listed_) {
    threads_[(*this)[listed_].thread].events.push_back(listed_);
  }
}

ForwardEvent& ForwardGraph::AddFence(uint32_t thread, std::memory_order order) {
  ForwardEvent& fence = AddOther(thread);
  fence.kind = ForwardEvent::Kind::kFence;
  fence.order = order;
  Thread& self = threads_[thread];
  if (IsAcquire(order)) fence.happens_before.Join(self.acquirable, width_);
  if (IsRelease(order)) self.released.Assign(fence.happens_before, width_);
  if (fence.IsSeqCst()) {
    ++seq_cst_count_;
    ++seq_cst_fence_count_;
  }
  return fence;
}

void ForwardGraph::CountSeqCstRead(const ForwardEvent& read) {
  ++seq_cst_count_;
  std::vector<const ForwardEvent*>& reads = read.location->seq_cst_reads;
  if (reads.empty() || reads.back() != &read) reads.push_back(&read);
}

void ForwardGraph::MakeRoom(Location& location, uint32_t place) {
  std::vector<ForwardEvent*>& writes = location.writes;
  if (location.last_place >= writes.size()) {
    writes.resize(std::max<size_t>(16, 2 * writes.size()));
  }
  for (uint32_t i = location.last_place; i > place; --i) {
    writes[i] = writes[i - 1];
    writes[i]->place = i;
  }
}

void ForwardGraph::RemoveLatestWrite() {
  const ForwardEvent& write = *--next_;
  Location& location = *write.location;
  for (uint32_t i = write.place; i < location.last_place; ++i) {
    location.writes[i] = location.writes[i + 1];
    location.writes[i]->place = i;
  }
  --location.last_place;
  if (write.IsSeqCst()) --seq_cst_count_;
  if (write.exclusive) write.before->exclusive = false;
  Thread& self = threads_[write.thread];
  if (listed_ > size()) {
    self.events.pop_back();
    --listed_;
  }
  self.latest = write.before;
}

void ForwardGraph::Spawn(uint32_t thread, uint32_t other) {
  const ForwardEvent& start = AddOther(thread);
  BeginThread(other);
  Synchronize(*threads_[other].latest, start);
}

void ForwardGraph::Join(uint32_t thread, uint32_t other) {
  Synchronize(AddOther(thread), *threads_[other].latest);
}

}  // namespace mortsafe

#include "harness/explore/forward_graph.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/base/check.h"
#include "harness/explore/memory_order.h"

namespace mortsafe {

void ForwardGraph::Clear() {
  size_ = listed_ = 0;
  width_ = VectorClock::kPiece;
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    threads_[thread].events.clear();
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
  if (size_ == capacity_) GrowEvents();
  begun.latest = size_++;
  ForwardEvent& first = events_[begun.latest];
  first.kind = ForwardEvent::Kind::kOther;
  first.thread = static_cast<uint8_t>(thread);
  first.index = 1;
  first.before = kNoEvent;
  first.happens_before.Clear(width_);
  first.happens_before[thread] = 1;
}

void ForwardGraph::Widen() {
  const auto widen = [&](VectorClock& clock) {
    for (uint32_t i = 0; i < VectorClock::kPiece; ++i) clock[width_ + i] = 0;
  };
  for (EventId id = 0; id < size_; ++id) {
    widen(events_[id].happens_before);
    widen(events_[id].released);
    widen(events_[id].seen);
  }
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    widen(threads_[thread].acquirable);
    widen(threads_[thread].released);
  }
  width_ += VectorClock::kPiece;
}

void ForwardGraph::GrowEvents() {
  capacity_ = std::max(EventId{64}, 2 * capacity_);
  events_.resize(capacity_);
}

void ForwardGraph::FailWithTooMany() {
  Check(false, "a thread has too many events to explore");
}

ForwardLocation* ForwardGraph::AddLocation(uint64_t initial) {
  if (location_count_ == locations_.size()) locations_.emplace_back();
  Location& added = locations_[location_count_++];
  added.initial = initial;
  added.write_count = 0;
  added.seq_cst_reads.clear();
  return &added;
}

void ForwardGraph::ListThreads() {
  for (; listed_ < size_; ++listed_) {
    threads_[events_[listed_].thread].events.push_back(listed_);
  }
}

EventId ForwardGraph::AddFence(uint32_t thread, std::memory_order order) {
  ForwardEvent& fence = Append(thread);
  fence.kind = ForwardEvent::Kind::kFence;
  fence.order = order;
  Advance(fence);
  Thread& self = threads_[thread];
  if (IsAcquire(order)) fence.happens_before.Join(self.acquirable, width_);
  if (IsRelease(order)) self.released.Assign(fence.happens_before, width_);
  if (fence.IsSeqCst()) {
    ++seq_cst_count_;
    ++seq_cst_fence_count_;
  }
  return size_ - 1;
}

void ForwardGraph::CountSeqCstRead(EventId read) {
  ++seq_cst_count_;
  std::vector<EventId>& reads = events_[read].location->seq_cst_reads;
  if (reads.empty() || reads.back() != read) reads.push_back(read);
}

EventId ForwardGraph::BeforeSharers(EventId source) const {
  while (source != kNoEvent && events_[source].exclusive) {
    source = events_[source].source;
  }
  return source;
}

void ForwardGraph::GrowWrites(Location& location) {
  location.writes.resize(std::max<size_t>(16, 2 * location.writes.size()));
}

void ForwardGraph::MakeRoom(Location& location, uint32_t place) {
  for (uint32_t i = location.write_count; i >= place; --i) {
    location.writes[i] = location.writes[i - 1];
    ++events_[location.writes[i]].place;
  }
}

void ForwardGraph::RemoveLatestWrite() {
  const ForwardEvent& write = events_[size_ - 1];
  Location& location = *write.location;
  for (uint32_t i = write.place; i < location.write_count; ++i) {
    location.writes[i - 1] = location.writes[i];
    --events_[location.writes[i]].place;
  }
  --location.write_count;
  if (write.IsSeqCst()) --seq_cst_count_;
  if (write.exclusive) events_[write.before].exclusive = false;
  Thread& self = threads_[write.thread];
  if (listed_ == size_) {
    self.events.pop_back();
    --listed_;
  }
  self.latest = write.before;
  --size_;
}

void ForwardGraph::Spawn(uint32_t thread, uint32_t other) {
  const EventId start = AddOther(thread);
  BeginThread(other);
  Synchronize(threads_[other].latest, start);
}

void ForwardGraph::Join(uint32_t thread, uint32_t other) {
  Synchronize(AddOther(thread), threads_[other].latest);
}

}  // namespace mortsafe

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
  size_ = 0;
  width_ = VectorClock::kPiece;
  thread_count_ = 0;
  for (uint32_t i = 0; i < location_count_; ++i) {
    locations_[i].writes.clear();
    locations_[i].seq_cst_reads.clear();
  }
  location_count_ = 0;
  seq_cst_count_ = seq_cst_fence_count_ = 0;
  BeginThread(0);
}

void ForwardGraph::BeginThread(uint32_t thread) {
  thread_count_ = std::max(thread_count_, thread + 1);
  while (thread >= width_) Widen();
  Thread& begun = threads_[thread];
  begun.events.clear();
  begun.acquirable.Clear(width_);
  begun.released.Clear(width_);
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
  events_.resize(std::max<size_t>(64, 2 * events_.size()));
}

uint32_t ForwardGraph::AddLocation(uint64_t initial) {
  if (location_count_ == locations_.size()) locations_.emplace_back();
  locations_[location_count_].initial = initial;
  return location_count_++;
}

bool ForwardGraph::IsTaken(uint32_t location, uint32_t place) const {
  const std::vector<EventId>& writes = locations_[location].writes;
  if (place >= writes.size()) return false;
  const ForwardEvent& next = events_[writes[place]];
  return next.exclusive && next.source == WriteAt(location, place);
}

[[gnu::always_inline]] inline EventId ForwardGraph::Add(uint32_t thread) {
  if (size_ == events_.size()) GrowEvents();
  Thread& self = threads_[thread];
  const EventId id = size_++;
  ForwardEvent& event = events_[id];
  event.kind = ForwardEvent::Kind::kOther;
  event.order = std::memory_order_relaxed;
  event.thread = static_cast<uint8_t>(thread);
  event.exclusive = false;
  const size_t index = self.events.size() + 1;
  Check(index < UINT16_MAX, "a thread has too many events to explore");
  event.index = static_cast<uint16_t>(index);
  if (index == 1) {
    event.happens_before.Clear(width_);
    event.happens_before[thread] = 1;
  } else {
    event.happens_before.AssignNext(events_[self.latest].happens_before, thread,
                                    width_);
  }
  self.events.push_back(id);
  self.latest = id;
  return id;
}

EventId ForwardGraph::AddOther(uint32_t thread) { return Add(thread); }

EventId ForwardGraph::AddFence(uint32_t thread, std::memory_order order) {
  const EventId id = Add(thread);
  ForwardEvent& fence = events_[id];
  fence.kind = ForwardEvent::Kind::kFence;
  fence.order = order;
  Thread& self = threads_[thread];
  if (IsAcquire(order)) fence.happens_before.Join(self.acquirable, width_);
  if (IsRelease(order)) self.released.Assign(fence.happens_before, width_);
  if (!fence.IsSeqCst()) return id;
  ++seq_cst_count_;
  ++seq_cst_fence_count_;
  return id;
}

EventId ForwardGraph::AddRead(uint32_t thread, uint32_t location) {
  const EventId id = Add(thread);
  events_[id].kind = ForwardEvent::Kind::kRead;
  events_[id].location = location;
  return id;
}

void ForwardGraph::ReadFrom(EventId read, uint32_t place,
                            std::memory_order order, bool shares) {
  ForwardEvent& event = events_[read];
  const uint32_t location = event.location;
  seq_cst_count_ -= event.IsSeqCst() ? 1 : 0;
  event.order = order;
  event.source = WriteAt(location, place);
  if (event.IsSeqCst()) {
    ++seq_cst_count_;
    std::vector<EventId>& reads = locations_[location].seq_cst_reads;
    if (reads.empty() || reads.back() != read) reads.push_back(read);
  }
  const EventId before = At(event.thread, event.index - 1);
  event.happens_before.AssignNext(events_[before].happens_before, event.thread,
                                  width_);
  if (event.source != kNoEvent && IsAcquire(order)) AcquireFrom(event, shares);
}

void ForwardGraph::AcquireFrom(ForwardEvent& read, bool shares) {
  EventId source = read.source;
  // Those who share a lock acquire from the last who did not.
  while (shares && source != kNoEvent && events_[source].exclusive) {
    source = events_[source].source;
  }
  if (source == kNoEvent) return;
  read.happens_before.Join(events_[source].released, width_);
}

void ForwardGraph::Settle(EventId read) {
  const ForwardEvent& event = events_[read];
  if (event.source == kNoEvent) return;
  ForwardEvent& source = events_[event.source];
  uint16_t& first = source.seen[event.thread];
  if (first == 0) first = event.index;
  threads_[event.thread].acquirable.Join(source.released, width_);
}

EventId ForwardGraph::AddWrite(uint32_t thread, uint32_t location,
                               uint32_t place, uint64_t value,
                               std::memory_order order) {
  const EventId id = Add(thread);
  ForwardEvent& write = events_[id];
  write.kind = ForwardEvent::Kind::kWrite;
  write.order = order;
  write.location = location;
  write.place = place;
  write.value = value;
  Publish(write);
  Place(id);
  return id;
}

EventId ForwardGraph::AddExclusiveWrite(EventId read, uint64_t value) {
  const uint32_t thread = events_[read].thread;
  const EventId id = Add(thread);
  const ForwardEvent& from = events_[read];
  ForwardEvent& write = events_[id];
  write.kind = ForwardEvent::Kind::kWrite;
  write.order = from.order;
  write.exclusive = true;
  write.location = from.location;
  write.source = from.source;
  write.place = PlaceOf(read) + 1;
  write.value = value;
  events_[read].exclusive = true;
  Publish(write);
  if (from.source != kNoEvent) {
    write.released.Join(events_[from.source].released, width_);
  }
  Place(id);
  return id;
}

void ForwardGraph::Publish(ForwardEvent& write) {
  const Thread& self = threads_[write.thread];
  write.released.Assign(
      IsRelease(write.order) ? write.happens_before : self.released, width_);
  write.seen.Clear(width_);
  write.seen[write.thread] = write.index;
  seq_cst_count_ += write.IsSeqCst() ? 1 : 0;
}

void ForwardGraph::Place(EventId write) {
  const ForwardEvent& event = events_[write];
  std::vector<EventId>& writes = locations_[event.location].writes;
  if (event.place != writes.size() + 1) return PlaceBetween(write);
  writes.push_back(write);
}

void ForwardGraph::PlaceBetween(EventId write) {
  const ForwardEvent& event = events_[write];
  std::vector<EventId>& writes = locations_[event.location].writes;
  writes.insert(writes.begin() + (event.place - 1), write);
  for (size_t i = event.place; i < writes.size(); ++i) {
    ++events_[writes[i]].place;
  }
}

void ForwardGraph::RemoveLatestWrite() {
  const ForwardEvent& write = events_[size_ - 1];
  std::vector<EventId>& writes = locations_[write.location].writes;
  writes.erase(writes.begin() + (write.place - 1));
  for (size_t i = write.place - 1; i < writes.size(); ++i) {
    --events_[writes[i]].place;
  }
  seq_cst_count_ -= write.IsSeqCst() ? 1 : 0;
  Thread& self = threads_[write.thread];
  self.events.pop_back();
  self.latest = self.events.back();
  --size_;
}

void ForwardGraph::Spawn(uint32_t thread, uint32_t other) {
  const EventId start = Add(thread);
  BeginThread(other);
  Synchronize(Add(other), start);
}

void ForwardGraph::Join(uint32_t thread, uint32_t other) {
  const EventId end = threads_[other].latest;
  Synchronize(Add(thread), end);
}

}  // namespace mortsafe

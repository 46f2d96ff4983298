#include "harness/explore/execution_graph.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <utility>
#include <vector>

#include "harness/base/check.h"
#include "harness/explore/memory_order.h"

namespace mortsafe {
namespace {

// A part of a clock, which one instruction handles.
constexpr uint32_t kLanes = 8;
using Lanes [[gnu::vector_size(kLanes * sizeof(uint16_t))]] = uint16_t;

Lanes LoadLanes(const uint16_t* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof(lanes));
  return lanes;
}
void StoreLanes(uint16_t* to, Lanes lanes) {
  std::memcpy(to, &lanes, sizeof(lanes));
}

}  // namespace

void ExecutionGraph::Clear() {
  events_.clear();
  updates_.clear();
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    threads_[thread].clear();
  }
  thread_count_ = 0;
  for (const uint32_t location : used_locations_) {
    Location& used = locations_[location];
    used.used = false;
    used.writes.clear();
    used.reads.clear();
    used.latest.clear();
  }
  used_locations_.clear();
  steps_.clear();
  seq_cst_count_ = seq_cst_fence_count_ = 0;
}

void ExecutionGraph::Join(uint16_t* clock, Clock other) const {
  for (uint32_t i = 0; i < width_; i += kLanes) {
    const Lanes mine = LoadLanes(clock + i);
    const Lanes others = LoadLanes(other + i);
    StoreLanes(clock + i, mine > others ? mine : others);
  }
}

void ExecutionGraph::CopyClock(uint16_t* clock, Clock other) const {
  for (uint32_t i = 0; i < width_; i += kLanes) {
    StoreLanes(clock + i, LoadLanes(other + i));
  }
}

void ExecutionGraph::ClearClock(uint16_t* clock) const {
  for (uint32_t i = 0; i < width_; i += kLanes) StoreLanes(clock + i, Lanes{});
}

void ExecutionGraph::KnowNewThread(uint32_t thread) {
  if (thread >= width_) Widen(thread);
  thread_count_ = thread + 1;
  if (threads_.size() < thread_count_) threads_.resize(thread_count_);
}

void ExecutionGraph::MakeRoomForClocks(size_t events) {
  const size_t needed = events * kClocks * width_;
  if (clocks_.size() < needed) clocks_.resize(2 * needed);
}

void ExecutionGraph::Widen(uint32_t thread) {
  const uint32_t width = (thread / kLanes + 1) * kLanes;
  std::vector<uint16_t> wider((events_.size() + 1) * kClocks * width);
  for (size_t clock = 0; clock < events_.size() * kClocks; ++clock) {
    std::copy_n(clocks_.data() + clock * width_, width_,
                wider.data() + clock * width);
  }
  clocks_ = std::move(wider);
  width_ = width;
}

ExecutionGraph::Location& ExecutionGraph::LocationAt(uint32_t location) {
  if (location >= locations_.size()) locations_.resize(location + 1);
  Location& found = locations_[location];
  if (!found.used) {
    found.used = true;
    used_locations_.push_back(location);
  }
  return found;
}

void ExecutionGraph::BeginLocation(uint32_t location, uint64_t initial) {
  Location& begun = LocationAt(location);
  if (begun.writes.empty() && begun.reads.empty()) begun.initial = initial;
}

EventId ExecutionGraph::TakerOf(uint32_t location, uint32_t place) const {
  const std::vector<EventId>& writes = locations_[location].writes;
  if (place >= writes.size()) return kNoEvent;
  const GraphEvent& next = events_[writes[place]];
  if (!next.exclusive) return kNoEvent;
  return PlaceOf(next.partner) == place ? next.partner : kNoEvent;
}

void ExecutionGraph::CountSeqCst(const GraphEvent& event, int by) {
  if (!event.IsSeqCst()) return;
  seq_cst_count_ += static_cast<uint32_t>(by);
  if (event.kind == GraphEvent::Kind::kFence) {
    seq_cst_fence_count_ += static_cast<uint32_t>(by);
  }
}

EventId ExecutionGraph::Connect(uint32_t thread) {
  const EventId id = size() - 1;
  MakeRoomForClocks(events_.size());
  std::vector<EventId>& events = threads_[thread];
  GraphEvent& added = events_.back();
  added.thread = static_cast<uint8_t>(thread);
  if (!events.empty()) added.before = events.back();
  events.push_back(id);
  Check(events.size() < UINT16_MAX, "a thread has too many events to explore");
  added.index = static_cast<uint16_t>(events.size());
  // A read's begin when it is known what it reads from.
  if (!added.IsRead()) BeginClocks(id);
  if (added.begins_step) steps_.push_back(id);
  if (added.IsRead() || added.IsWrite()) AddToLocation(id);
  if (added.kind == GraphEvent::Kind::kFence) {
    if (IsAcquire(added.order)) AcquireEarlierReads(id);
    if (IsRelease(added.order)) added.fence = id;
  }
  CountSeqCst(added, 1);
  return id;
}

void ExecutionGraph::AddToLocation(EventId id) {
  GraphEvent& event = events_[id];
  Location& location = LocationAt(event.location);
  if (location.latest.size() <= event.thread) {
    location.latest.resize(event.thread + 1, kNoEvent);
  }
  event.previous = location.latest[event.thread];
  location.latest[event.thread] = id;
  if (event.IsRead()) location.reads.push_back(id);
}

void ExecutionGraph::BeginClocks(EventId id) {
  GraphEvent& event = events_[id];
  const EventId before = event.before;
  uint16_t* const begun = ClockOf(id, kHappensBefore);
  const uint32_t end = keeps_prefixes_ ? 2 * width_ : width_;
  if (before != kNoEvent) event.fence = events_[before].fence;
  const Lanes own = Lanes{} + static_cast<uint16_t>(event.thread);
  Lanes thread = {0, 1, 2, 3, 4, 5, 6, 7};
  for (uint32_t i = 0; i < end; i += kLanes) {
    const Lanes known =
        before == kNoEvent ? Lanes{} : LoadLanes(HappensBefore(before) + i);
    StoreLanes(begun + i, thread == own ? Lanes{} + event.index : known);
    thread += static_cast<uint16_t>(kLanes);
    if (i + kLanes == width_) thread -= static_cast<uint16_t>(width_);
  }
  if (event.cause != kNoEvent) Depend(id, event.cause);
}

void ExecutionGraph::Synchronize(EventId id, EventId other) {
  Join(ClockOf(id, kHappensBefore), HappensBefore(other));
  Depend(id, other);
}

void ExecutionGraph::Depend(EventId id, EventId other) {
  if (!keeps_prefixes_) return;
  Join(ClockOf(id, kPrefix), Prefix(other));
}

void ExecutionGraph::AcquireEarlierReads(EventId fence) {
  for (EventId id = events_[fence].before; id != kNoEvent;
       id = events_[id].before) {
    const GraphEvent& event = events_[id];
    if (event.kind == GraphEvent::Kind::kFence && IsAcquire(event.order)) {
      return;
    }
    if (event.IsRead() && event.rf != kNoEvent) {
      Join(ClockOf(fence, kHappensBefore), ClockOf(event.rf, kReleased));
    }
  }
}

void ExecutionGraph::AcquireFrom(EventId read) {
  const GraphEvent& event = events_[read];
  EventId source = event.rf;
  if (event.shared) {
    // Those who share a lock acquire from the last who did not.
    while (source != kNoEvent && events_[source].exclusive) {
      source = events_[events_[source].partner].rf;
    }
  }
  if (source == kNoEvent) return;
  Join(ClockOf(read, kHappensBefore), ClockOf(source, kReleased));
}

void ExecutionGraph::ReadFrom(EventId read, uint32_t place) {
  GraphEvent& event = events_[read];
  event.rf = WriteAt(event.location, place);
  event.value = ValueAt(event.location, place);
  if (event.update != kNoEvent) {
    CountSeqCst(event, -1);
    const std::memory_order order = event.order;
    const bool writes = updates_[event.update].Writes(event.value);
    if (writes != event.exclusive) {
      event.order = event.failure_order;
      event.failure_order = order;
    }
    event.exclusive = writes;
    CountSeqCst(event, 1);
  }
  BeginClocks(read);
  if (event.rf == kNoEvent) return;
  Depend(read, event.rf);
  if (IsAcquire(event.order)) AcquireFrom(read);
}

void ExecutionGraph::Publish(EventId write) {
  const GraphEvent& event = events_[write];
  uint16_t* const released = ClockOf(write, kReleased);
  if (IsRelease(event.order)) {
    CopyClock(released, HappensBefore(write));
  } else if (event.fence != kNoEvent) {
    CopyClock(released, HappensBefore(event.fence));
  } else {
    ClearClock(released);
  }
  if (!event.exclusive) return;
  const EventId source = events_[event.partner].rf;
  if (source != kNoEvent) Join(released, ClockOf(source, kReleased));
}

EventId ExecutionGraph::AddExclusiveWrite(EventId read) {
  const EventId id = Add(events_[read].thread, [&](GraphEvent& write) {
    const GraphEvent& event = events_[read];
    write.kind = GraphEvent::Kind::kWrite;
    write.role = event.role;
    write.exclusive = true;
    write.order = event.order;
    write.location = event.location;
    write.partner = read;
    const AtomicUpdate& update = updates_[event.update];
    write.value = update.apply(event.value, update.operand);
  });
  events_[read].partner = id;
  return id;
}

void ExecutionGraph::Place(EventId write, uint32_t place) {
  std::vector<EventId>& writes = LocationAt(events_[write].location).writes;
  writes.insert(writes.begin() + (place - 1), write);
  for (size_t i = place - 1; i < writes.size(); ++i) {
    events_[writes[i]].place = static_cast<uint32_t>(i + 1);
  }
  Publish(write);
}

void ExecutionGraph::Unplace(EventId write) {
  std::vector<EventId>& writes = locations_[events_[write].location].writes;
  const uint32_t place = events_[write].place;
  if (place == 0) return;
  writes.erase(writes.begin() + (place - 1));
  for (size_t i = place - 1; i < writes.size(); ++i) {
    events_[writes[i]].place = static_cast<uint32_t>(i + 1);
  }
  events_[write].place = 0;
}

void ExecutionGraph::RemoveLast() {
  const EventId id = size() - 1;
  GraphEvent& event = events_[id];
  if (event.IsWrite()) Unplace(id);
  if (event.IsRead() || event.IsWrite()) {
    Location& location = locations_[event.location];
    location.latest[event.thread] = event.previous;
    if (event.IsRead()) location.reads.pop_back();
  }
  if (event.IsWrite() && event.exclusive) {
    events_[event.partner].partner = kNoEvent;
  }
  if (event.update != kNoEvent) updates_.pop_back();
  CountSeqCst(event, -1);
  if (!steps_.empty() && steps_.back() == id) steps_.pop_back();
  threads_[event.thread].pop_back();
  events_.pop_back();
}

uint32_t ExecutionGraph::LowestPlace(uint32_t location, EventId id) const {
  if (id == kNoEvent || locations_[location].writes.empty()) return 0;
  const Clock known = HappensBefore(id);
  const std::vector<EventId>& latest = locations_[location].latest;
  uint32_t lowest = 0;
  for (size_t thread = 0; thread < latest.size(); ++thread) {
    EventId access = latest[thread];
    while (access != kNoEvent && events_[access].index > known[thread]) {
      access = events_[access].previous;
    }
    if (access != kNoEvent) lowest = std::max(lowest, PlaceOf(access));
  }
  return lowest;
}

void ExecutionGraph::AssignFirst(const ExecutionGraph& from, EventId first,
                                 const std::vector<EventId>& renamed) {
  events_.assign(from.events_.begin(), from.events_.begin() + first);
  std::copy_n(from.clocks_.begin(), size_t{first} * kClocks * width_,
              clocks_.begin());
  size_t updates = 0;
  for (GraphEvent& event : events_) {
    // Nothing else leads to later events.
    for (EventId* const other : {&event.partner, &event.rf, &event.victim}) {
      if (*other != kNoEvent && *other >= first) *other = renamed[*other];
    }
    if (event.update != kNoEvent) ++updates;
    CountSeqCst(event, 1);
  }
  updates_.assign(from.updates_.begin(),
                  from.updates_.begin() + static_cast<ptrdiff_t>(updates));
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    const std::vector<EventId>& events = from.threads_[thread];
    threads_[thread].assign(
        events.begin(), std::lower_bound(events.begin(), events.end(), first));
  }
}

void ExecutionGraph::AddRenamed(const ExecutionGraph& from, EventId id,
                                const std::vector<EventId>& renamed) {
  const EventId now = size();
  events_.push_back(from.events_[id]);
  std::copy_n(from.ClockOf(id, 0), size_t{kClocks} * width_, ClockOf(now, 0));
  GraphEvent& event = events_.back();
  if (event.update != kNoEvent) {
    updates_.push_back(from.updates_[event.update]);
    event.update = static_cast<uint32_t>(updates_.size() - 1);
  }
  const auto rename = [&](EventId& other) {
    if (other != kNoEvent) other = renamed[other];
  };
  rename(event.before);
  rename(event.partner);
  rename(event.rf);
  rename(event.previous);
  rename(event.cause);
  rename(event.fence);
  rename(event.victim);
  threads_[event.thread].push_back(now);
  CountSeqCst(event, 1);
}

void ExecutionGraph::AssignLocation(const ExecutionGraph& from,
                                    uint32_t location,
                                    const std::vector<EventId>& renamed) {
  const Location& source = from.locations_[location];
  Location& target = LocationAt(location);
  target.initial = source.initial;
  for (const EventId id : source.writes) {
    if (renamed[id] == kNoEvent) continue;
    target.writes.push_back(renamed[id]);
    events_[renamed[id]].place = static_cast<uint32_t>(target.writes.size());
  }
  for (const EventId id : source.reads) {
    if (renamed[id] != kNoEvent) target.reads.push_back(renamed[id]);
  }
  for (EventId id : source.latest) {
    while (id != kNoEvent && renamed[id] == kNoEvent) {
      id = from.events_[id].previous;
    }
    target.latest.push_back(id == kNoEvent ? kNoEvent : renamed[id]);
  }
}

void ExecutionGraph::AssignKept(const ExecutionGraph& from, EventId first,
                                const std::vector<bool>& keep, EventId last,
                                std::vector<EventId>& renamed) {
  Clear();
  width_ = from.width_;
  if (from.thread_count_ > 0) KnowThread(from.thread_count_ - 1);
  renamed.resize(from.size());
  std::iota(renamed.begin(), renamed.begin() + first, EventId{0});
  EventId count = first;
  for (EventId id = first; id < from.size(); ++id) {
    renamed[id] = keep[id] ? count++ : kNoEvent;
  }
  MakeRoomForClocks(count);
  AssignFirst(from, first, renamed);
  for (EventId id = first; id < from.size(); ++id) {
    if (renamed[id] != kNoEvent) AddRenamed(from, id, renamed);
  }
  for (const uint32_t location : from.used_locations_) {
    AssignLocation(from, location, renamed);
  }
  for (const EventId id : from.steps_) {
    if (renamed[id] != kNoEvent && id != last) steps_.push_back(renamed[id]);
  }
  if (last != kNoEvent) steps_.push_back(renamed[last]);
}

}  // namespace mortsafe

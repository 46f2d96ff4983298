// The graph (execution_graph.h) of an execution that is run once, from its
// beginning to its end. Events are only added, in an order that program order
// and rf agree with, and what an event reads from, or where it stands, is
// settled as it is added. That takes much less work than a search needs, which
// goes back and follows other choices.
//
//   EventId read = graph.AddRead(thread, location);
//   graph.ReadFrom(read, place, order);     // Until it is settled, anew.
//   graph.Settle(read);
//   EventId write = graph.AddWrite(thread, location, place, value, order);

#ifndef MORTSAFE_HARNESS_EXPLORE_FORWARD_GRAPH_H_
#define MORTSAFE_HARNESS_EXPLORE_FORWARD_GRAPH_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/types/span.h"
#include "harness/explore/execution_graph.h"
#include "harness/explore/memory_order.h"
#include "harness/explore/vector_clock.h"
#include "harness/model/memory.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

// What is written to and read from.
struct ForwardLocation {
  uint64_t initial = 0;  // Its value before the first write.
  // In modification order, and some more members, to be re-used.
  std::vector<EventId> writes;
  uint32_t write_count = 0;
  std::vector<EventId> seq_cst_reads;
};

struct alignas(64) ForwardEvent {
  using Kind = GraphEvent::Kind;

  Kind kind = Kind::kOther;
  SmallOrder order = std::memory_order_relaxed;
  uint8_t thread = 0;
  // It is half of a read-modify-write, as in GraphEvent.
  bool exclusive = false;
  uint16_t index = 0;         // Within its thread, from 1.
  EventId before = kNoEvent;  // The event before it in its thread.
  ForwardLocation* location = nullptr;
  // Of a read: the write that it reads from, or kNoEvent; of an exclusive
  // write: the one that its read reads from.
  EventId source = kNoEvent;
  uint32_t place = 0;  // Of a write: in modification order, from 1.
  uint64_t value = 0;  // Of a write.
  // For each thread, how many of its events happen before it, or are it.
  VectorClock happens_before;
  // Of a write: what those learn who acquire from it.
  VectorClock released;
  // Of a write: by thread, its first event that read or wrote that, or 0.
  VectorClock seen;

  bool IsRead() const { return kind == Kind::kRead; }
  bool IsWrite() const { return kind == Kind::kWrite; }
  bool IsSeqCst() const {
    return kind != Kind::kOther && order == std::memory_order_seq_cst;
  }
};

class ForwardGraph {
 public:
  using Location = ForwardLocation;

  // Becomes that of an execution in which thread 0 begins.
  void Clear();

  EventId size() const { return size_; }
  const ForwardEvent& operator[](EventId id) const { return events_[id]; }

  // A new location, with that value before the first write to it.
  Location* AddLocation(uint64_t initial);
  // As in an ExecutionGraph.
  absl::Span<const EventId> Writes(const Location* location) const {
    return {location->writes.data(), location->write_count};
  }
  uint32_t LastPlace(const Location* location) const {
    return location->write_count;
  }
  EventId WriteAt(const Location* location, uint32_t place) const {
    return place == 0 ? kNoEvent : location->writes[place - 1];
  }
  uint64_t ValueAt(const Location* location, uint32_t place) const {
    return place == 0 ? location->initial
                      : events_[location->writes[place - 1]].value;
  }
  uint32_t PlaceOf(EventId id) const {
    const ForwardEvent& event = events_[id];
    if (event.IsWrite()) return event.place;
    return event.source == kNoEvent ? 0 : events_[event.source].place;
  }
  // Whether a read-modify-write has taken that place: its own write is next.
  bool IsTaken(const Location* location, uint32_t place) const {
    if (place == location->write_count) return false;
    const ForwardEvent& next = events_[location->writes[place]];
    return next.exclusive && next.source == WriteAt(location, place);
  }
  // Reads in the order of addition: those of seq_cst order.
  absl::Span<const EventId> Reads(const Location* location) const {
    return location->seq_cst_reads;
  }

  const VectorClock& HappensBefore(EventId id) const {
    return events_[id].happens_before;
  }
  bool HappensBefore(EventId a, EventId b) const {
    return a != b && HappensBefore(b)[events_[a].thread] >= events_[a].index;
  }
  // What `thread` knows to have happened.
  const VectorClock& KnownTo(uint32_t thread) const {
    return events_[threads_[thread].latest].happens_before;
  }
  // Clocks have room for so many threads, and no moments of others.
  uint32_t width() const { return width_; }

  uint32_t seq_cst_count() const { return seq_cst_count_; }
  uint32_t seq_cst_fence_count() const { return seq_cst_fence_count_; }

  // The events of each thread. REQUIRES: ListThreads() since the latest change.
  void ListThreads();
  uint32_t thread_count() const { return thread_count_; }
  uint32_t ThreadSize(uint32_t thread) const {
    return static_cast<uint32_t>(threads_[thread].events.size());
  }
  // REQUIRES: 1 <= index <= ThreadSize(thread).
  EventId At(uint32_t thread, uint32_t index) const {
    return threads_[thread].events[index - 1];
  }

  // Add the next event of a thread.
  EventId AddOther(uint32_t thread) { return Advance(Append(thread)); }
  EventId AddFence(uint32_t thread, std::memory_order order);
  EventId AddRead(uint32_t thread, Location* location) {
    ForwardEvent& read = Append(thread);
    read.kind = ForwardEvent::Kind::kRead;
    read.location = location;
    return size_ - 1;
  }
  // The write stands at `place`. REQUIRES: that is above LowestPlace().
  EventId AddWrite(uint32_t thread, Location* location, uint32_t place,
                   uint64_t value, std::memory_order order);
  // The same for the write of the read-modify-write whose read is the latest
  // event, right after what that reads from.
  EventId AddExclusiveWrite(EventId read, uint64_t value);
  // Forgets the latest event, a write, for it to stand elsewhere.
  void RemoveLatestWrite();

  // `thread` starts `other`, which is new; it joins it.
  void Spawn(uint32_t thread, uint32_t other);
  void Join(uint32_t thread, uint32_t other);
  // Makes `other` happen before `id`, the latest event of its thread.
  void Synchronize(EventId id, EventId other) {
    events_[id].happens_before.Join(HappensBefore(other), width_);
  }

  // The lowest place that an access of `thread` may read from, or follow:
  // coherence asks for no more.
  uint32_t LowestPlace(const Location* location, uint32_t thread) const {
    const VectorClock& known = KnownTo(thread);
    uint32_t place = location->write_count;
    while (place > 0 &&
           !events_[location->writes[place - 1]].seen.IsMet(known, width_)) {
      --place;
    }
    return place;
  }

  // Makes the latest event, a read, read what was written at a place. One that
  // shares a lock takes no account of those who shared it.
  void ReadFrom(EventId read, uint32_t place, std::memory_order order,
                bool shares = false);
  // What it reads stays so.
  void Settle(EventId read);

 private:
  struct Thread {
    EventId latest = kNoEvent;
    std::vector<EventId> events;  // As far as they are listed.
    // What its next acquire fence learns, and what its latest release fence
    // knew.
    VectorClock acquirable;
    VectorClock released;
  };

  // A new event, which is yet to know what happened before it.
  ForwardEvent& Append(uint32_t thread) {
    if (size_ == capacity_) [[unlikely]]
      GrowEvents();
    Thread& self = threads_[thread];
    ForwardEvent& event = events_[size_];
    event.kind = ForwardEvent::Kind::kOther;
    event.order = std::memory_order_relaxed;
    event.thread = static_cast<uint8_t>(thread);
    event.exclusive = false;
    event.before = self.latest;
    event.index = events_[self.latest].index + 1;
    if (event.index == UINT16_MAX) [[unlikely]]
      FailWithTooMany();
    self.latest = size_++;
    return event;
  }
  // Makes the latest event know what the one before it in its thread does.
  EventId Advance(ForwardEvent& event) {
    event.happens_before.AssignNext(events_[event.before].happens_before,
                                    event.thread, width_);
    return size_ - 1;
  }
  void BeginThread(uint32_t thread);
  [[gnu::cold, gnu::noinline]] void GrowEvents();
  [[gnu::cold, gnu::noinline]] static void FailWithTooMany();
  [[gnu::cold, gnu::noinline]] void Widen();
  void FinishWrite(ForwardEvent& write, Location& location);
  [[gnu::cold, gnu::noinline]] static void GrowWrites(Location& location);
  [[gnu::cold, gnu::noinline]] void MakeRoom(Location& location,
                                             uint32_t place);
  [[gnu::noinline]] void CountSeqCstRead(EventId read);
  // The write whose knowledge those learn who acquire a shared lock.
  EventId BeforeSharers(EventId source) const;

  EventId size_ = 0;
  EventId capacity_ = 0;
  std::vector<ForwardEvent> events_;  // And some more, to be re-used.
  uint32_t width_ = VectorClock::kPiece;
  uint32_t thread_count_ = 0;
  std::array<Thread, kMaxModelThreads> threads_;
  EventId listed_ = 0;  // So many events are listed by thread.
  size_t location_count_ = 0;
  std::deque<Location> locations_;  // And some more. They do not move.
  uint32_t seq_cst_count_ = 0;
  uint32_t seq_cst_fence_count_ = 0;
};

inline void ForwardGraph::ReadFrom(EventId read, uint32_t place,
                                   std::memory_order order, bool shares) {
  ForwardEvent& event = events_[read];
  if (event.IsSeqCst()) [[unlikely]]
    --seq_cst_count_;
  event.order = order;
  event.source = WriteAt(event.location, place);
  if (event.IsSeqCst()) [[unlikely]]
    CountSeqCstRead(read);
  Advance(event);
  if (!IsAcquire(order)) return;
  const EventId source = shares ? BeforeSharers(event.source) : event.source;
  if (source == kNoEvent) return;
  event.happens_before.Join(events_[source].released, width_);
}

inline void ForwardGraph::Settle(EventId read) {
  const ForwardEvent& event = events_[read];
  if (event.source == kNoEvent) return;
  ForwardEvent& source = events_[event.source];
  uint16_t& first = source.seen[event.thread];
  first = first == 0 ? event.index : first;
  threads_[event.thread].acquirable.Join(source.released, width_);
}

inline void ForwardGraph::FinishWrite(ForwardEvent& write, Location& location) {
  Advance(write);
  const Thread& self = threads_[write.thread];
  write.released.Assign(
      IsRelease(write.order) ? write.happens_before : self.released, width_);
  write.seen.Clear(width_);
  write.seen[write.thread] = write.index;
  if (write.IsSeqCst()) ++seq_cst_count_;
  if (location.write_count == location.writes.size()) [[unlikely]]
    GrowWrites(location);
  if (write.place <= location.write_count) [[unlikely]]
    MakeRoom(location, write.place);
  location.writes[write.place - 1] = size_ - 1;
  ++location.write_count;
}

inline EventId ForwardGraph::AddWrite(uint32_t thread, Location* location,
                                      uint32_t place, uint64_t value,
                                      std::memory_order order) {
  ForwardEvent& write = Append(thread);
  write.kind = ForwardEvent::Kind::kWrite;
  write.order = order;
  write.location = location;
  write.place = place;
  write.value = value;
  FinishWrite(write, *location);
  return size_ - 1;
}

inline EventId ForwardGraph::AddExclusiveWrite(EventId read, uint64_t value) {
  ForwardEvent& write = Append(events_[read].thread);
  ForwardEvent& from = events_[read];
  from.exclusive = true;
  write.kind = ForwardEvent::Kind::kWrite;
  write.order = from.order;
  write.exclusive = true;
  write.location = from.location;
  write.source = from.source;
  write.place = PlaceOf(read) + 1;
  write.value = value;
  FinishWrite(write, *write.location);
  if (from.source != kNoEvent) {
    write.released.Join(events_[from.source].released, width_);
  }
  return size_ - 1;
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_FORWARD_GRAPH_H_

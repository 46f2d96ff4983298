// An execution as a graph, in the way of the repaired C11 memory model, RC11
// (Lahav, Vafeiadis, Kang, Hur, Dreyer, PLDI 2017): its events are what threads
// did, in program order; each read reads from a write (`rf`), and the writes to
// each location have a modification order. A read-modify-write is two events.
//
// Release sequences are those of C++20: a write and the read-modify-writes that
// follow it in a chain.
//
// Events are numbered in the order in which they were added. All edges of
// program order and rf lead to later events, but for reads that a search made
// read from a write that came after them: these have no successors then.
//
//   EventId e = graph.Add(thread, [](GraphEvent& event) { … });
//   graph.ReadFrom(e, w);                   // A read reads from w,
//   graph.Place(e, place);                  // a write has its place.

#ifndef MORTSAFE_HARNESS_EXPLORE_EXECUTION_GRAPH_H_
#define MORTSAFE_HARNESS_EXPLORE_EXECUTION_GRAPH_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

class Translation;  // address_book.h

using EventId = uint32_t;
// None; as what a read reads from: the location's initial value.
inline constexpr EventId kNoEvent = UINT32_MAX;

// Fills one cache line.
struct alignas(64) GraphEvent {
  enum class Kind : uint8_t {
    kOther,  // The start or the end of a thread, the start or the join of one.
    kFence,
    kRead,
    kWrite,
  };
  // How a read may be made to read something else later.
  enum class Role : uint8_t {
    kAccess,   // It reads from the new write.
    kLocking,  // It waits until the lock is free again: it is forgotten.
  };

  Kind kind = Kind::kOther;
  Role role = Role::kAccess;
  uint8_t thread = 0;
  SmallOrder order = std::memory_order_relaxed;
  // The order of a read that does not go on to write.
  SmallOrder failure_order = std::memory_order_relaxed;
  // It is half of a read-modify-write, and the other half is `partner`. A
  // compare-exchange that fails is not.
  bool exclusive : 1 = false;
  // Its thread had to be chosen to perform it: it begins a step.
  bool begins_step : 1 = false;
  // It takes no account of those who held a shared lock together.
  bool shared : 1 = false;
  // For a search: a write whose place is settled, and that is now offered to
  // earlier reads; and what is there because something else was forgotten.
  bool offers : 1 = false;
  bool pinned : 1 = false;
  uint16_t index = 0;  // Within its thread, from 1.
  uint32_t location = 0;
  EventId before = kNoEvent;  // The event before it in its thread.
  EventId partner = kNoEvent;
  EventId rf = kNoEvent;
  EventId previous = kNoEvent;  // Its thread's previous access to `location`.
  EventId cause = kNoEvent;     // It depends on this one, too.
  EventId fence = kNoEvent;     // Its thread's latest release fence.
  // A read that is part of an update: which one of the graph's.
  uint32_t update = kNoEvent;
  // Of a write: its place in modification order; that of the initial value is
  // 0. It has none until Place().
  uint32_t place = 0;
  uint64_t value = 0;  // Read or written.
  // For a search: the lowest place that it may read from or take; of a write
  // that is offered, the next read to offer it to.
  union {
    uint32_t lowest_place = 0;
    uint32_t next_offer;
  };
  // The read-modify-write whose source it reads from, too.
  EventId victim = kNoEvent;

  bool IsRead() const { return kind == Kind::kRead; }
  bool IsWrite() const { return kind == Kind::kWrite; }
  bool IsSeqCst() const {
    return kind != Kind::kOther && order == std::memory_order_seq_cst;
  }
};

class ExecutionGraph {
 public:
  // Saves the work to know prefixes, for whoever asks for none.
  void KeepNoPrefixes() { keeps_prefixes_ = false; }

  // Forgets all events.
  void Clear();

  EventId size() const { return static_cast<EventId>(events_.size()); }
  const GraphEvent& operator[](EventId id) const { return events_[id]; }
  GraphEvent& operator[](EventId id) { return events_[id]; }

  uint32_t thread_count() const { return thread_count_; }
  // The events of a thread; empty if it is not known.
  uint32_t ThreadSize(uint32_t thread) const {
    return thread < thread_count_
               ? static_cast<uint32_t>(threads_[thread].size())
               : 0;
  }
  // REQUIRES: 1 <= index <= ThreadSize(thread).
  EventId At(uint32_t thread, uint32_t index) const {
    return threads_[thread][index - 1];
  }
  // The writes to a location in modification order, without its initial value:
  // that at place p is member p - 1. And its reads in the order of addition.
  const std::vector<EventId>& Writes(uint32_t location) const {
    return locations_[location].writes;
  }
  const std::vector<EventId>& Reads(uint32_t location) const {
    return locations_[location].reads;
  }
  // Those that have been accessed, in the order in which they were first; and
  // perhaps some more, in a graph that events have been taken from.
  const std::vector<uint32_t>& used_locations() const {
    return used_locations_;
  }
  uint32_t LastPlace(uint32_t location) const {
    return static_cast<uint32_t>(locations_[location].writes.size());
  }
  // The write at a place, kNoEvent for the initial value, and what it wrote.
  EventId WriteAt(uint32_t location, uint32_t place) const {
    return place == 0 ? kNoEvent : locations_[location].writes[place - 1];
  }
  uint64_t ValueAt(uint32_t location, uint32_t place) const {
    return place == 0 ? locations_[location].initial
                      : events_[WriteAt(location, place)].value;
  }
  // Before the first event there, a location has this value. No effect later.
  void BeginLocation(uint32_t location, uint64_t initial);
  // The place of a write, or of what a read reads from.
  uint32_t PlaceOf(EventId id) const {
    const GraphEvent& event = events_[id];
    if (event.IsWrite()) return event.place;
    return event.rf == kNoEvent ? 0 : events_[event.rf].place;
  }
  // The exclusive read that reads from a location's write at that place and
  // whose own write follows it; or kNoEvent.
  EventId TakerOf(uint32_t location, uint32_t place) const;

  // Clocks: for each thread, how many of its events come before (or are) an
  // event, in happens-before, and in program order and rf together.
  using Clock = const uint16_t*;
  Clock HappensBefore(EventId id) const { return ClockOf(id, 0); }
  Clock Prefix(EventId id) const { return ClockOf(id, 1); }
  bool HappensBefore(EventId a, EventId b) const {
    return a != b && HappensBefore(b)[events_[a].thread] >= events_[a].index;
  }
  bool InPrefix(EventId a, EventId of) const {
    return a != of && Prefix(of)[events_[a].thread] >= events_[a].index;
  }
  // How many threads clocks have room for.
  uint32_t width() const { return width_; }

  // Adds the next event of a thread, once describe(event) has said what it is.
  // A read must then read from something, and a write have a place.
  template <class Describe>
  EventId Add(uint32_t thread, Describe describe) {
    KnowThread(thread);
    describe(events_.emplace_back());
    return Connect(thread);
  }
  // Makes the read that was added last part of an update.
  void SetUpdate(EventId read, const AtomicUpdate& update) {
    events_[read].update = static_cast<uint32_t>(updates_.size());
    updates_.push_back(update);
  }
  // Makes `other` happen before `id`, the latest event of its thread.
  void Synchronize(EventId id, EventId other);
  // Makes `other` part of the prefix of `id`, and no more.
  void Depend(EventId id, EventId other);
  // Makes a read that has no successors read what was written at a place, and
  // whether it is exclusive and what order it has follow from that.
  void ReadFrom(EventId read, uint32_t place);
  // Adds the write of the exclusive read `read`, without a place.
  EventId AddExclusiveWrite(EventId read);
  void Place(EventId write, uint32_t place);
  void Unplace(EventId write);
  // Removes the event that was added last.
  void RemoveLast();

  // The lowest place that an access to `location` may read from, or follow, if
  // all that `id` knows happens before it: coherence asks for no more.
  // kNoEvent knows nothing.
  uint32_t LowestPlace(uint32_t location, EventId id) const;

  // The events that begin a step, in an order that program order and rf agree
  // with.
  const std::vector<EventId>& steps() const { return steps_; }

  // Becomes what is left of `from`: the events before `first`, and those from
  // there on for which keep[id] holds, with `last` as the last of its steps
  // (kNoEvent for none). `from` must keep what its kept events follow and read
  // from, unless that is the read `last`. Writes renamed[id], the new number of
  // each event.
  void AssignKept(const ExecutionGraph& from, EventId first,
                  const std::vector<bool>& keep, EventId last,
                  std::vector<EventId>& renamed);

  // The graph as bytes, with its values translated; becomes the graph that was.
  std::string ToBytes(const Translation& translate) const;
  void Assign(absl::string_view bytes, const Translation& translate);

  // Events of seq_cst order.
  uint32_t seq_cst_count() const { return seq_cst_count_; }
  uint32_t seq_cst_fence_count() const { return seq_cst_fence_count_; }

 private:
  struct Location {
    uint64_t initial = 0;
    bool used = false;
    std::vector<EventId> writes;
    std::vector<EventId> reads;
    std::vector<EventId> latest;  // By thread: its latest access.
  };
  enum : uint32_t { kHappensBefore, kPrefix, kReleased, kClocks };

  uint16_t* ClockOf(EventId id, uint32_t which) {
    return clocks_.data() + (size_t{id} * kClocks + which) * width_;
  }
  Clock ClockOf(EventId id, uint32_t which) const {
    return clocks_.data() + (size_t{id} * kClocks + which) * width_;
  }
  void Join(uint16_t* clock, Clock other) const;
  void CopyClock(uint16_t* clock, Clock other) const;
  void ClearClock(uint16_t* clock) const;
  void KnowThread(uint32_t thread) {
    if (thread >= thread_count_) [[unlikely]]
      KnowNewThread(thread);
  }
  void KnowNewThread(uint32_t thread);
  EventId Connect(uint32_t thread);
  void Widen(uint32_t thread);
  void MakeRoomForClocks(size_t events);
  Location& LocationAt(uint32_t location);
  void AddToLocation(EventId id);
  void BeginClocks(EventId id);
  void AcquireFrom(EventId read);
  void AcquireEarlierReads(EventId fence);
  void Publish(EventId write);
  void CountSeqCst(const GraphEvent& event, int by);
  // AssignKept(): the events before `first`, which all are kept; another one
  // that is; and what is left of a location.
  void AssignFirst(const ExecutionGraph& from, EventId first,
                   const std::vector<EventId>& renamed);
  void AddRenamed(const ExecutionGraph& from, EventId id,
                  const std::vector<EventId>& renamed);
  void AssignLocation(const ExecutionGraph& from, uint32_t location,
                      const std::vector<EventId>& renamed);

  uint32_t width_ = 8;
  bool keeps_prefixes_ = true;
  std::vector<GraphEvent> events_;
  std::vector<AtomicUpdate> updates_;  // In the order of their reads.
  std::vector<uint16_t> clocks_;       // Of all events, and room for more.
  uint32_t thread_count_ = 0;
  std::vector<std::vector<EventId>> threads_;  // Some more, to be re-used.
  std::vector<Location> locations_;
  std::vector<uint32_t> used_locations_;
  std::vector<EventId> steps_;
  uint32_t seq_cst_count_ = 0;
  uint32_t seq_cst_fence_count_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_EXECUTION_GRAPH_H_

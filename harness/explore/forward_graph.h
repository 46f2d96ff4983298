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
#include <vector>

#include "harness/explore/execution_graph.h"
#include "harness/explore/vector_clock.h"
#include "harness/model/memory.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

struct alignas(64) ForwardEvent {
  using Kind = GraphEvent::Kind;

  Kind kind = Kind::kOther;
  SmallOrder order = std::memory_order_relaxed;
  uint8_t thread = 0;
  // It is half of a read-modify-write, as in GraphEvent.
  bool exclusive = false;
  uint16_t index = 0;  // Within its thread, from 1.
  uint32_t location = 0;
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
  // Forgets all events.
  void Clear();

  EventId size() const { return size_; }
  const ForwardEvent& operator[](EventId id) const { return events_[id]; }

  uint32_t thread_count() const { return thread_count_; }
  uint32_t ThreadSize(uint32_t thread) const {
    return static_cast<uint32_t>(threads_[thread].events.size());
  }
  // REQUIRES: 1 <= index <= ThreadSize(thread).
  EventId At(uint32_t thread, uint32_t index) const {
    return threads_[thread].events[index - 1];
  }

  // A new location, with that value before the first write to it.
  uint32_t AddLocation(uint64_t initial);
  // As in an ExecutionGraph.
  const std::vector<EventId>& Writes(uint32_t location) const {
    return locations_[location].writes;
  }
  uint32_t LastPlace(uint32_t location) const {
    return static_cast<uint32_t>(locations_[location].writes.size());
  }
  EventId WriteAt(uint32_t location, uint32_t place) const {
    return place == 0 ? kNoEvent : locations_[location].writes[place - 1];
  }
  uint64_t ValueAt(uint32_t location, uint32_t place) const {
    return place == 0 ? locations_[location].initial
                      : events_[WriteAt(location, place)].value;
  }
  uint32_t PlaceOf(EventId id) const {
    const ForwardEvent& event = events_[id];
    if (event.IsWrite()) return event.place;
    return event.source == kNoEvent ? 0 : events_[event.source].place;
  }
  // Whether a read-modify-write has taken that place: its own write is next.
  bool IsTaken(uint32_t location, uint32_t place) const;
  // Reads in the order of addition: those of seq_cst order.
  const std::vector<EventId>& Reads(uint32_t location) const {
    return locations_[location].seq_cst_reads;
  }

  const VectorClock& HappensBefore(EventId id) const {
    return events_[id].happens_before;
  }
  bool HappensBefore(EventId a, EventId b) const {
    return a != b && HappensBefore(b)[events_[a].thread] >= events_[a].index;
  }
  // What `thread` knows to have happened. REQUIRES: it has an event.
  const VectorClock& KnownTo(uint32_t thread) const {
    return events_[threads_[thread].latest].happens_before;
  }
  // Clocks have room for so many threads, and no moments of others.
  uint32_t width() const { return width_; }

  uint32_t seq_cst_count() const { return seq_cst_count_; }
  uint32_t seq_cst_fence_count() const { return seq_cst_fence_count_; }

  // Add the next event of a thread.
  EventId AddOther(uint32_t thread);
  EventId AddFence(uint32_t thread, std::memory_order order);
  EventId AddRead(uint32_t thread, uint32_t location);
  // The write stands at `place`. REQUIRES: that is above LowestPlace().
  EventId AddWrite(uint32_t thread, uint32_t location, uint32_t place,
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
  uint32_t LowestPlace(uint32_t location, uint32_t thread) const {
    const std::vector<EventId>& writes = locations_[location].writes;
    const VectorClock& known = KnownTo(thread);
    auto place = static_cast<uint32_t>(writes.size());
    while (place > 0 && !events_[writes[place - 1]].seen.IsMet(known, width_)) {
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
    std::vector<EventId> events;
    // What its next acquire fence learns, and what its latest release fence
    // knew.
    VectorClock acquirable;
    VectorClock released;
  };
  struct Location {
    uint64_t initial = 0;
    std::vector<EventId> writes;
    std::vector<EventId> seq_cst_reads;
  };

  EventId Add(uint32_t thread);
  void BeginThread(uint32_t thread);
  [[gnu::cold, gnu::noinline]] void GrowEvents();
  [[gnu::cold, gnu::noinline]] void Widen();
  void Place(EventId write);
  [[gnu::cold, gnu::noinline]] void PlaceBetween(EventId write);
  void Publish(ForwardEvent& write);
  void AcquireFrom(ForwardEvent& read, bool shares);

  EventId size_ = 0;
  std::vector<ForwardEvent> events_;  // And some more, to be re-used.
  uint32_t width_ = VectorClock::kPiece;
  uint32_t thread_count_ = 0;
  std::array<Thread, kMaxModelThreads> threads_;
  uint32_t location_count_ = 0;
  std::vector<Location> locations_;  // And some more.
  uint32_t seq_cst_count_ = 0;
  uint32_t seq_cst_fence_count_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_FORWARD_GRAPH_H_

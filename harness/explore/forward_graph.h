// The graph (execution_graph.h) of an execution that is run once, from its
// beginning to its end. Events are only added, in an order that program order
// and rf agree with, and what an event reads from, or where it stands, is
// settled as it is added. That takes much less work than a search needs, which
// goes back and follows other choices.
//
//   ForwardEvent& read = graph.AddRead(thread, location);
//   graph.ReadFrom(read, place, order);     // Until it is settled, anew.
//   graph.Settle(read);
//   graph.AddWrite(thread, location, place, value, order);

#ifndef MORTSAFE_HARNESS_EXPLORE_FORWARD_GRAPH_H_
#define MORTSAFE_HARNESS_EXPLORE_FORWARD_GRAPH_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "harness/explore/execution_graph.h"
#include "harness/explore/memory_order.h"
#include "harness/explore/vector_clock.h"
#include "harness/model/memory.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

struct ForwardLocation;

struct alignas(64) ForwardEvent {
  using Kind = GraphEvent::Kind;

  Kind kind = Kind::kOther;
  SmallOrder order = std::memory_order_relaxed;
  uint8_t thread = 0;
  // It is half of a read-modify-write, as in GraphEvent.
  bool exclusive = false;
  uint16_t index = 0;              // Within its thread, from 1.
  ForwardEvent* before = nullptr;  // The event before it in its thread.
  ForwardLocation* location = nullptr;
  // Of a read: what it reads from; of an exclusive write: what its read does.
  ForwardEvent* source = nullptr;
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
  // The place of a write, or of what a read reads from.
  uint32_t Place() const { return IsWrite() ? place : source->place; }
};

// What is written to and read from.
struct ForwardLocation {
  // Stands for its value before the first write, and for the first event of
  // thread 0, which happens before all others.
  ForwardEvent initial;
  uint32_t last_place = 0;
  // By place in modification order, and some more members, to be re-used.
  std::vector<ForwardEvent*> writes;
  std::vector<const ForwardEvent*> seq_cst_reads;

  // Whether a read-modify-write has taken that place: its own write is next.
  bool IsTaken(uint32_t place) const {
    return place < last_place && writes[place + 1]->exclusive &&
           writes[place + 1]->source == writes[place];
  }
};

class ForwardGraph {
 public:
  using Location = ForwardLocation;

  // Becomes that of an execution in which thread 0 begins.
  void Clear();

  // A new location, with that value before the first write to it.
  Location* AddLocation(uint64_t initial);

  // Add the next event of a thread.
  ForwardEvent& AddOther(uint32_t thread) { return Advance(Append(thread)); }
  ForwardEvent& AddFence(uint32_t thread, std::memory_order order);
  ForwardEvent& AddRead(uint32_t thread, Location* location) {
    ForwardEvent& read = Append(thread);
    read.kind = ForwardEvent::Kind::kRead;
    read.location = location;
    return read;
  }
  // The write stands at `place`. REQUIRES: that is above LowestPlace().
  ForwardEvent& AddWrite(uint32_t thread, Location* location, uint32_t place,
                         uint64_t value, std::memory_order order);
  // The same for the write of the read-modify-write whose read is the latest
  // event, right after what that reads from.
  ForwardEvent& AddExclusiveWrite(ForwardEvent& read, uint64_t value);
  // Forgets the latest event, a write, for it to stand elsewhere.
  void RemoveLatestWrite();

  // `thread` starts `other`, which is new; it joins it.
  void Spawn(uint32_t thread, uint32_t other);
  void Join(uint32_t thread, uint32_t other);
  // Makes `other` happen before `event`, the latest of its thread.
  void Synchronize(ForwardEvent& event, const ForwardEvent& other) const {
    event.happens_before.Join(other.happens_before, width_);
  }

  // The lowest place that an access of `thread` may read from, or follow:
  // coherence asks for no more.
  uint32_t LowestPlace(const Location& location, uint32_t thread) const {
    const VectorClock& known = KnownTo(thread);
    uint32_t place = location.last_place;
    while (!location.writes[place]->seen.IsMet(known, width_)) --place;
    return place;
  }

  // Makes the latest event, a read, read what was written at a place. One that
  // shares a lock takes no account of those who shared it.
  void ReadFrom(ForwardEvent& read, uint32_t place, std::memory_order order,
                bool shares = false);
  // What it reads stays so.
  void Settle(const ForwardEvent& read) {
    ForwardEvent& source = *read.source;
    uint16_t& first = source.seen[read.thread];
    first = first == 0 ? read.index : first;
    threads_[read.thread].acquirable.Join(source.released, width_);
  }

  // What `thread` knows to have happened.
  const VectorClock& KnownTo(uint32_t thread) const {
    return threads_[thread].latest->happens_before;
  }
  // Clocks have room for so many threads, and no moments of others.
  uint32_t width() const { return width_; }

  // What SeqCstOrderOf<> asks for. Events go by their numbers, or by address.
  uint32_t seq_cst_count() const { return seq_cst_count_; }
  uint32_t seq_cst_fence_count() const { return seq_cst_fence_count_; }
  EventId size() const {
    return static_cast<EventId>(chunk_count_ * kChunkEvents -
                                static_cast<size_t>(chunk_end_ - next_));
  }
  const ForwardEvent& operator[](EventId id) const {
    return chunks_[id / kChunkEvents][id % kChunkEvents];
  }
  const ForwardEvent& operator[](const ForwardEvent* event) const {
    return *event;
  }
  // REQUIRED for the events of each thread, since the latest change.
  void ListThreads();
  uint32_t thread_count() const { return thread_count_; }
  uint32_t ThreadSize(uint32_t thread) const {
    return static_cast<uint32_t>(threads_[thread].events.size());
  }
  // REQUIRES: 1 <= index <= ThreadSize(thread).
  EventId At(uint32_t thread, uint32_t index) const {
    return threads_[thread].events[index - 1];
  }
  uint32_t PlaceOf(EventId id) const { return (*this)[id].Place(); }
  absl::Span<ForwardEvent* const> Writes(const Location* location) const {
    return {location->writes.data() + 1, location->last_place};
  }
  // Those of seq_cst order.
  absl::Span<const ForwardEvent* const> Reads(const Location* location) const {
    return location->seq_cst_reads;
  }
  const VectorClock& HappensBefore(EventId id) const {
    return (*this)[id].happens_before;
  }
  bool HappensBefore(EventId a, auto b) const {
    const ForwardEvent& from = (*this)[a];
    const ForwardEvent& to = (*this)[b];
    return &from != &to && to.happens_before[from.thread] >= from.index;
  }

 private:
  struct Thread {
    ForwardEvent* latest = nullptr;
    std::vector<EventId> events;  // As far as they are listed.
    // What its next acquire fence learns, and what its latest release fence
    // knew.
    VectorClock acquirable;
    VectorClock released;
  };
  static constexpr size_t kChunkEvents = 64;

  // A new event, which is yet to know what happened before it.
  ForwardEvent& Append(uint32_t thread) {
    if (next_ == chunk_end_) [[unlikely]]
      BeginChunk();
    Thread& self = threads_[thread];
    ForwardEvent& event = *next_;
    event.kind = ForwardEvent::Kind::kOther;
    event.order = std::memory_order_relaxed;
    event.thread = static_cast<uint8_t>(thread);
    event.exclusive = false;
    event.before = self.latest;
    event.index = self.latest->index + 1;
    if (event.index == UINT16_MAX) [[unlikely]]
      FailWithTooMany();
    ++next_;
    self.latest = &event;
    return event;
  }
  // Makes it know what the event before it in its thread does.
  ForwardEvent& Advance(ForwardEvent& event) const {
    event.happens_before.AssignNext(event.before->happens_before, event.thread,
                                    width_);
    return event;
  }
  void BeginThread(uint32_t thread);
  [[gnu::cold, gnu::noinline]] void BeginChunk();
  [[gnu::cold, gnu::noinline]] static void FailWithTooMany();
  [[gnu::cold, gnu::noinline]] void Widen();
  void FinishWrite(ForwardEvent& write, Location& location);
  [[gnu::noinline]] static void MakeRoom(Location& location, uint32_t place);
  [[gnu::noinline]] void CountSeqCstRead(const ForwardEvent& read);

  // Events never move: they lie in chunks, of which there may be some more.
  std::vector<std::unique_ptr<ForwardEvent[]>> chunks_;
  size_t chunk_count_ = 0;
  ForwardEvent* next_ = nullptr;
  ForwardEvent* chunk_end_ = nullptr;
  uint32_t width_ = VectorClock::kPiece;
  uint32_t thread_count_ = 0;
  std::array<Thread, kMaxModelThreads> threads_;
  EventId listed_ = 0;  // So many events are listed by thread.
  size_t location_count_ = 0;
  std::deque<Location> locations_;  // And some more. They do not move.
  uint32_t seq_cst_count_ = 0;
  uint32_t seq_cst_fence_count_ = 0;
};

inline void ForwardGraph::ReadFrom(ForwardEvent& read, uint32_t place,
                                   std::memory_order order, bool shares) {
  if (read.IsSeqCst()) [[unlikely]]
    --seq_cst_count_;
  read.order = order;
  ForwardEvent* source = read.location->writes[place];
  read.source = source;
  if (order == std::memory_order_seq_cst) [[unlikely]]
    CountSeqCstRead(read);
  Advance(read);
  if (!IsAcquire(order)) return;
  if (shares) {
    // Those who share a lock acquire from the last who did not.
    while (source->exclusive) source = source->source;
  }
  read.happens_before.Join(source->released, width_);
}

[[gnu::always_inline]] inline void ForwardGraph::FinishWrite(
    ForwardEvent& write, Location& location) {
  const std::memory_order order = write.order;
  const uint32_t thread = write.thread;
  Advance(write);
  write.released.Assign(
      IsRelease(order) ? write.happens_before : threads_[thread].released,
      width_);
  write.seen.AssignOnly(thread, write.index, width_);
  seq_cst_count_ += order == std::memory_order_seq_cst ? 1 : 0;
  const uint32_t place = write.place;
  ++location.last_place;
  if (place != location.last_place ||
      location.last_place >= location.writes.size()) [[unlikely]] {
    MakeRoom(location, place);
  }
  location.writes[place] = &write;
}

[[gnu::always_inline]] inline ForwardEvent& ForwardGraph::AddWrite(
    uint32_t thread, Location* location, uint32_t place, uint64_t value,
    std::memory_order order) {
  ForwardEvent& write = Append(thread);
  write.kind = ForwardEvent::Kind::kWrite;
  write.order = order;
  write.location = location;
  write.place = place;
  write.value = value;
  FinishWrite(write, *location);
  return write;
}

inline ForwardEvent& ForwardGraph::AddExclusiveWrite(ForwardEvent& read,
                                                     uint64_t value) {
  ForwardEvent& write = Append(read.thread);
  read.exclusive = true;
  write.kind = ForwardEvent::Kind::kWrite;
  write.order = read.order;
  write.exclusive = true;
  write.location = read.location;
  write.source = read.source;
  write.place = read.source->place + 1;
  write.value = value;
  FinishWrite(write, *read.location);
  write.released.Join(read.source->released, width_);
  return write;
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_FORWARD_GRAPH_H_

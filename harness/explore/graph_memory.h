// The memory of an execution as a graph (execution_graph.h): answers what loads
// read from the graph, adding to it what it does not have yet, and finds data
// races and what is freed too early by its happens-before.
//
// What is seen among the choices that RC11 leaves is up to whoever derives from
// it: where a new read reads from, and where a new write stands.

#ifndef MORTSAFE_HARNESS_EXPLORE_GRAPH_MEMORY_H_
#define MORTSAFE_HARNESS_EXPLORE_GRAPH_MEMORY_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/explore/address_map.h"
#include "harness/explore/execution_graph.h"
#include "harness/explore/object_lines.h"
#include "harness/explore/undo_log.h"
#include "harness/explore/vector_clock.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"
#include "harness/model/weak_memory.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

class GraphMemory : public WeakMemory {
 public:
  // Locations have numbers, which graphs of all executions share. Each is an
  // object, constructed at its address after so many others there.
  struct LocationObject {
    const volatile void* address = nullptr;
    uint32_t generation = 0;
  };

  std::optional<ObjectRace> Touch(uint32_t thread, const Access& access) final;
  std::optional<ObjectRace> Create(uint32_t thread,
                                   const volatile void* object) final;
  std::optional<ObjectRace> Free(uint32_t thread, const void* block,
                                 size_t size) final;
  uint64_t Load(uint32_t thread, const Access& access, uint64_t initial) final;
  void Store(uint32_t thread, const Access& access, uint64_t value,
             uint64_t initial) final;
  uint64_t Update(uint32_t thread, const Access& access,
                  const AtomicUpdate& update, uint64_t initial) final;
  void Fence(uint32_t thread, std::memory_order order) final;
  ValueSource LatestSource() const final;
  uint32_t LatestOverlooked() const final;
  void Acquire(uint32_t thread, const Access& access,
               const LockState& lock) final;
  bool TryAcquire(uint32_t thread, const Access& access,
                  const LockState& lock) final;
  void Release(uint32_t thread, const Access& access,
               const LockState& lock) final;
  void Signal(uint32_t thread, const volatile void* condition) final;
  void Wake(uint32_t thread, uint32_t other) final;
  void Call(uint32_t thread) final;
  void Return(uint32_t thread) final;
  void Spawn(uint32_t thread, uint32_t other) final;
  void Finish(uint32_t thread) final;
  void Join(uint32_t thread, uint32_t other) final;
  void VisitLastValues(VisitValue visit) final;
  const char* refusal() const final { return refusal_; }

 protected:
  GraphMemory() {
    woken_by_.fill(kNoEvent);
    latest_call_.fill(kNoEvent);
    latest_return_.fill(kNoEvent);
  }

  // A read that has just been added reads from some write, not below its
  // `lowest_place`; if it is exclusive then, its write must be added, too. A
  // locking one reads from the latest write.
  virtual void ChooseSource(EventId read) = 0;
  // A write that is not exclusive gets a place that is not below
  // `lowest_place`.
  virtual void ChoosePlace(EventId write) = 0;
  // `thread` has performed a step that changed nothing, or did.
  virtual void PerformedRead(uint32_t, const volatile void*) {}
  virtual void PerformedWrite(uint32_t, const volatile void*) {}
  // `thread` has called an operation, or returned from one.
  virtual void CalledOrReturned(uint32_t) {}

  // What is known of an execution that has come so far. Marks are made and used
  // like a stack: what came after the one with which an execution began is of
  // no use any more.
  struct Mark {
    // By thread, as far as there are threads.
    std::array<uint32_t, kMaxModelThreads> performed;
    std::array<EventId, kMaxModelThreads> woken_by;
    std::array<EventId, kMaxModelThreads> latest_call;
    std::array<EventId, kMaxModelThreads> latest_return;
    uint32_t thread_count = 0;
    uint32_t spawner = kMaxModelThreads;
    size_t objects = 0;
    size_t changes = 0;
    size_t freed = 0;
  };
  // REQUIRES: AllowMarks().
  void Remember(Mark& mark) const;
  const std::vector<LocationObject>& locations() const {
    return location_objects_;
  }
  // REQUIRES: none has a number yet.
  void KnowLocations(const std::vector<LocationObject>& objects);

  // The graph goes on from where it is, in an execution from the start, or from
  // where another one, of a graph with the same events up to there, was marked.
  void Restart();
  void Restart(const Mark& mark);
  // From the next execution on there may be marks.
  void AllowMarks() { marks_ = true; }
  // How many events the execution has performed, if they are the first ones of
  // the graph.
  std::optional<EventId> PassedPrefix() const;
  // The next event added begins a step.
  void BeginStep() { step_begins_ = true; }
  // How many events of a thread the execution has performed.
  uint32_t PassedBy(uint32_t thread) const { return performed_[thread]; }

  ExecutionGraph& graph() { return *graph_; }
  const ExecutionGraph& graph() const { return *graph_; }
  void SetGraph(ExecutionGraph* graph) { graph_ = graph; }
  // Threads' numbers must not depend on who starts one first.
  void AllowOneSpawner() { one_spawner_ = true; }

 private:
  // What was done to an object of the seam in this execution. For an atomic or
  // a lock, its construction counts as a write and any step on it as a read.
  struct alignas(UndoLog::kPieceBytes) Past {
    uint32_t generation = 0;  // How often it was constructed.
    uint32_t location = 0;    // One more than its number; 0: not known yet.
    uint16_t write_moment = 0;
    uint8_t writer = kMaxModelThreads;    // None yet.
    uint8_t freed_by = kMaxModelThreads;  // Nobody yet.
    bool touched = false;
    uint8_t size = 0;  // Of an atomic, once it was accessed: in bytes.
  };
  static_assert(sizeof(Past) == UndoLog::kPieceBytes);
  struct Object {
    Past past;
    // By thread, one more than the moment of its latest read, or 0.
    VectorClock reads;
  };
  struct FreedBlock {
    const char* begin = nullptr;
    const char* end = nullptr;
    uint32_t thread = 0;
  };

  // A read to be added. With an update it may go on to write.
  struct ReadRequest {
    std::memory_order order = std::memory_order_relaxed;
    std::memory_order failure_order = std::memory_order_relaxed;
    const AtomicUpdate* update = nullptr;
    GraphEvent::Role role = GraphEvent::Role::kAccess;
    bool shared = false;
  };

  // Whether that races; race() then says with what.
  bool Races(uint32_t thread, const Access& access) {
    race_ = Touch(thread, access);
    return race_.has_value();
  }
  // Before the object's past changes.
  void Save(Object& object) {
    if (marks_) log_.Save(&object.past);
  }
  Object& ObjectAt(const volatile void* address);
  // That of the object of an access, which had the value `initial`.
  uint32_t LocationOf(const Access& access, uint64_t initial);
  // The thread's next event if the graph has it already.
  std::optional<EventId> PassKnown(uint32_t thread);
  template <class Describe>
  EventId AddNew(uint32_t thread, Describe describe);
  EventId AddOther(uint32_t thread);
  uint64_t Read(uint32_t thread, const Access& access, uint64_t initial,
                const ReadRequest& request);
  void Write(uint32_t thread, const Access& access, uint64_t initial,
             uint64_t value, std::memory_order order);
  // What `thread` knows to have happened, and of `other`.
  ExecutionGraph::Clock KnownTo(uint32_t thread) const;
  uint32_t Known(uint32_t thread, uint32_t other) const;
  // Who freed the block in which it lies, or kMaxModelThreads.
  uint32_t FreerOf(const volatile void* object) const;
  std::optional<ObjectRace> RacesWithWriter(uint32_t thread,
                                            const Object& object) const;
  std::optional<ObjectRace> RacesWithReaders(uint32_t thread,
                                             const Object& object) const;

  ExecutionGraph* graph_ = nullptr;
  bool step_begins_ = false;
  std::array<uint32_t, kMaxModelThreads> performed_ = {};
  std::array<EventId, kMaxModelThreads> woken_by_;
  std::array<EventId, kMaxModelThreads> latest_call_;
  std::array<EventId, kMaxModelThreads> latest_return_;
  uint32_t thread_count_ = 0;
  uint32_t spawner_ = kMaxModelThreads;
  EventId latest_access_ = kNoEvent;
  AddressMap<Object> objects_;
  // Also those from before an execution went back to a place.
  ObjectLines lines_;
  bool marks_ = false;
  UndoLog log_;  // Of changes to objects, if there may be marks.
  const volatile void* latest_address_ = nullptr;
  Object* latest_object_ = nullptr;
  std::vector<FreedBlock> freed_;
  // Numbers of locations: by address, and by how often an object was
  // constructed there; one more, or 0.
  AddressMap<std::vector<uint32_t>> locations_;
  std::vector<LocationObject> location_objects_;  // By number.
  bool one_spawner_ = false;
  const char* refusal_ = nullptr;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_GRAPH_MEMORY_H_

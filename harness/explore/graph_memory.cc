#include "harness/explore/graph_memory.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/base/check.h"
#include "harness/explore/execution_graph.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
namespace {

// Blocks are searched for objects at every address that may hold one.
constexpr size_t kObjectAlignment = 4;

// The value of a lock's location: how many share it, or this.
constexpr uint64_t kHeld = ~uint64_t{0};

uint64_t ValueOf(const LockState& lock) {
  return lock.holders == LockState::kExclusive
             ? kHeld
             : static_cast<uint64_t>(lock.holders);
}

uint64_t ApplyOperand(uint64_t, uint64_t operand) { return operand; }
uint64_t ApplyAdd(uint64_t before, uint64_t by) { return before + by; }

// How a lock is taken.
GraphEvent Taking(bool shared) {
  GraphEvent event;
  event.order = std::memory_order_acquire;
  event.shared = shared;
  if (shared) {
    event.update = {.apply = ApplyAdd,
                    .operand = 1,
                    .condition = AtomicUpdate::Condition::kUnlessEqual,
                    .compared = kHeld};
  } else {
    event.update = {.apply = ApplyOperand,
                    .operand = kHeld,
                    .condition = AtomicUpdate::Condition::kIfEqual,
                    .compared = 0};
  }
  event.updates = true;
  return event;
}

}  // namespace

void GraphMemory::Restart() {
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    performed_[thread] = 0;
    woken_by_[thread] = kNoEvent;
  }
  thread_count_ = 0;
  spawner_ = kMaxModelThreads;
  step_begins_ = false;
  latest_read_ = kNoEvent;
  objects_.Clear();
  latest_address_ = nullptr;
  freed_.clear();
}

GraphMemory::Object& GraphMemory::ObjectAt(const volatile void* address) {
  if (address != latest_address_) {
    latest_address_ = address;
    latest_object_ = &objects_[address];
  }
  return *latest_object_;
}

uint32_t GraphMemory::LocationOf(const volatile void* address,
                                 uint64_t initial) {
  Object& object = ObjectAt(address);
  if (object.location == 0) {
    std::vector<uint32_t>& numbers = locations_[address];
    if (numbers.size() <= object.generation) {
      numbers.resize(object.generation + 1);
    }
    uint32_t& number = numbers[object.generation];
    if (number == 0) number = ++location_count_;
    object.location = number;
    graph_->BeginLocation(object.location - 1, initial);
  }
  return object.location - 1;
}

std::optional<EventId> GraphMemory::PassKnown(uint32_t thread) {
  if (performed_[thread] >= graph_->ThreadSize(thread)) return std::nullopt;
  step_begins_ = false;
  return graph_->At(thread, ++performed_[thread]);
}

EventId GraphMemory::AddNew(uint32_t thread, GraphEvent& event) {
  event.begins_step = step_begins_;
  step_begins_ = false;
  event.cause = woken_by_[thread];
  woken_by_[thread] = kNoEvent;
  ++performed_[thread];
  return graph_->Add(thread, event);
}

uint64_t GraphMemory::Read(uint32_t thread, const volatile void* address,
                           uint64_t initial, GraphEvent& event) {
  std::optional<EventId> read = PassKnown(thread);
  if (!read.has_value()) {
    event.kind = GraphEvent::Kind::kRead;
    event.exclusive = event.updates;
    event.location = LocationOf(address, initial);
    read = AddNew(thread, event);
    GraphEvent& added = (*graph_)[*read];
    added.lowest_place =
        graph_->LowestPlace(event.location, graph_->Before(*read));
    graph_->ReadFrom(*read, graph_->LastPlace(event.location));
    ChooseSource(*read);
  }
  latest_read_ = *read;
  const GraphEvent& added = (*graph_)[*read];
  const uint64_t value = added.value;
  if (added.exclusive) ++performed_[thread];
  if (!added.exclusive || (*graph_)[added.partner].value == value) {
    PerformedRead(thread, address);
  } else {
    PerformedWrite(thread, address);
  }
  return value;
}

void GraphMemory::Write(uint32_t thread, const volatile void* address,
                        uint64_t initial, uint64_t value,
                        std::memory_order order) {
  if (!PassKnown(thread).has_value()) {
    GraphEvent event;
    event.kind = GraphEvent::Kind::kWrite;
    event.order = order;
    event.location = LocationOf(address, initial);
    event.value = value;
    const EventId write = AddNew(thread, event);
    (*graph_)[write].lowest_place =
        graph_->LowestPlace(event.location, graph_->Before(write)) + 1;
    ChoosePlace(write);
  }
  PerformedWrite(thread, address);
}

uint64_t GraphMemory::Load(uint32_t thread, const Access& access,
                           uint64_t initial) {
  GraphEvent event;
  event.order = access.order;
  return Read(thread, access.object, initial, event);
}

void GraphMemory::Store(uint32_t thread, const Access& access, uint64_t value,
                        uint64_t initial) {
  Write(thread, access.object, initial, value, access.order);
}

uint64_t GraphMemory::Update(uint32_t thread, const Access& access,
                             const AtomicUpdate& update, uint64_t initial) {
  GraphEvent event;
  event.order = access.order;
  event.failure_order = access.failure_order;
  event.update = update;
  event.updates = true;
  return Read(thread, access.object, initial, event);
}

void GraphMemory::Fence(uint32_t thread, std::memory_order order) {
  if (!PassKnown(thread).has_value()) {
    GraphEvent event;
    event.kind = GraphEvent::Kind::kFence;
    event.order = order;
    AddNew(thread, event);
  }
  PerformedRead(thread, nullptr);
}

ValueSource GraphMemory::LatestSource() const {
  const GraphEvent& read = (*graph_)[latest_read_];
  ValueSource source;
  // A later write counts if the execution has come to it.
  const auto& writes = graph_->Writes(read.location);
  const bool stale = std::any_of(
      writes.begin() + graph_->PlaceOf(latest_read_), writes.end(),
      [&](EventId write) {
        const GraphEvent& event = (*graph_)[write];
        return write != read.partner && event.index <= performed_[event.thread];
      });
  if (!stale) return source;
  source.kind = ValueSource::Kind::kInitial;
  if (read.rf == kNoEvent) return source;
  source = {ValueSource::Kind::kStale, (*graph_)[read.rf].thread, 0};
  for (EventId id = read.rf; id != kNoEvent; id = (*graph_)[id].previous) {
    if ((*graph_)[id].IsWrite()) ++source.ordinal;
  }
  return source;
}

void GraphMemory::Acquire(uint32_t thread, const Access& access,
                          const LockState& lock) {
  GraphEvent event = Taking(access.kind == AccessKind::kLockShared);
  event.role = GraphEvent::Role::kLocking;
  Read(thread, access.object, ValueOf(lock), event);
}

bool GraphMemory::TryAcquire(uint32_t thread, const Access& access,
                             const LockState& lock) {
  GraphEvent event = Taking(access.kind == AccessKind::kTryLockShared);
  return event.update.Writes(Read(thread, access.object, ValueOf(lock), event));
}

void GraphMemory::Release(uint32_t thread, const Access& access,
                          const LockState& lock) {
  if (access.kind != AccessKind::kUnlockShared) {
    Write(thread, access.object, ValueOf(lock), 0, std::memory_order_release);
    return;
  }
  GraphEvent event;
  event.order = std::memory_order_release;
  event.update = {.apply = ApplyAdd, .operand = ~uint64_t{0}};
  event.updates = true;
  Read(thread, access.object, ValueOf(lock), event);
}

void GraphMemory::Signal(uint32_t thread, const volatile void* condition) {
  GraphEvent event;
  event.update = {.apply = ApplyAdd, .operand = 1};
  event.updates = true;
  Read(thread, condition, 0, event);
}

void GraphMemory::Wake(uint32_t thread, uint32_t other) {
  if (performed_[other] < graph_->ThreadSize(other)) return;
  woken_by_[other] = graph_->At(thread, performed_[thread]);
}

void GraphMemory::Spawn(uint32_t thread, uint32_t other) {
  if (one_spawner_ && spawner_ != kMaxModelThreads && spawner_ != thread) {
    refusal_ = "more than one thread starts threads";
  }
  spawner_ = thread;
  thread_count_ = std::max({thread_count_, thread + 1, other + 1});
  AddOther(thread);
  if (PassKnown(other).has_value()) return;
  GraphEvent event;
  const EventId begin = AddNew(other, event);
  graph_->Synchronize(begin, graph_->At(thread, performed_[thread]));
}

void GraphMemory::AddOther(uint32_t thread) {
  if (PassKnown(thread).has_value()) return;
  GraphEvent event;
  AddNew(thread, event);
}

void GraphMemory::Finish(uint32_t thread) { AddOther(thread); }

void GraphMemory::Join(uint32_t thread, uint32_t other) {
  if (!PassKnown(thread).has_value()) {
    GraphEvent event;
    const EventId join = AddNew(thread, event);
    graph_->Synchronize(join, graph_->At(other, performed_[other]));
  }
  PerformedWrite(thread, nullptr);
}

uint32_t GraphMemory::Known(uint32_t thread, uint32_t other) const {
  if (other >= graph_->width()) return 0;
  const EventId latest = graph_->At(thread, performed_[thread]);
  return graph_->HappensBefore(latest)[other];
}

uint32_t GraphMemory::FreerOf(const volatile void* object) const {
  for (const FreedBlock& block : freed_) {
    if (object >= block.begin && object < block.end) return block.thread;
  }
  return kMaxModelThreads;
}

// What a thread does between two events is ordered before what another does
// only if the other knows of the second of the two.
std::optional<ObjectRace> GraphMemory::RacesWithWriter(
    uint32_t thread, const Object& object) const {
  if (object.writer == kMaxModelThreads || object.writer == thread ||
      Known(thread, object.writer) > object.write_moment) {
    return std::nullopt;
  }
  return ObjectRace{object.writer, ObjectRace::Deed::kWrote};
}

std::optional<ObjectRace> GraphMemory::RacesWithReaders(
    uint32_t thread, const Object& object) const {
  for (uint32_t other = 0; other < thread_count_; ++other) {
    if (other != thread && Known(thread, other) < object.reads[other]) {
      return ObjectRace{other, ObjectRace::Deed::kRead};
    }
  }
  return std::nullopt;
}

std::optional<ObjectRace> GraphMemory::Touch(uint32_t thread,
                                             const Access& access) {
  Object& object = ObjectAt(access.object);
  if (!object.touched) {
    object.touched = true;
    object.freed_by = FreerOf(access.object);
  }
  if (object.freed_by != kMaxModelThreads) {
    return ObjectRace{object.freed_by, ObjectRace::Deed::kFreed};
  }
  if (const auto race = RacesWithWriter(thread, object)) return race;
  if (access.kind == AccessKind::kPlainWrite) {
    if (const auto race = RacesWithReaders(thread, object)) return race;
    object.writer = thread;
    object.write_moment = performed_[thread];
  } else {
    object.reads[thread] = static_cast<uint16_t>(performed_[thread] + 1);
  }
  return std::nullopt;
}

std::optional<ObjectRace> GraphMemory::Create(uint32_t thread,
                                              const volatile void* object) {
  Object& created = ObjectAt(object);
  ++created.generation;
  created.location = 0;
  return Touch(thread, {.kind = AccessKind::kPlainWrite, .object = object});
}

std::optional<ObjectRace> GraphMemory::Free(uint32_t thread, const void* block,
                                            size_t size) {
  const auto* const bytes = static_cast<const char*>(block);
  freed_.push_back({bytes, bytes + size, thread});
  for (size_t i = 0; i < size; i += kObjectAlignment) {
    Object* const object = objects_.Find(bytes + i);
    if (object == nullptr) continue;
    object->freed_by = thread;
    if (const auto race = RacesWithWriter(thread, *object)) return race;
    if (const auto race = RacesWithReaders(thread, *object)) return race;
  }
  return std::nullopt;
}

}  // namespace mortsafe

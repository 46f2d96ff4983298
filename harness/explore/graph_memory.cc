#include "harness/explore/graph_memory.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/base/check.h"
#include "harness/explore/execution_graph.h"
#include "harness/explore/lock_updates.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
void GraphMemory::Restart() {
  race_.reset();
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    performed_[thread] = 0;
    woken_by_[thread] = kNoEvent;
    latest_call_[thread] = latest_return_[thread] = kNoEvent;
  }
  thread_count_ = 0;
  spawner_ = kMaxModelThreads;
  step_begins_ = false;
  latest_access_ = kNoEvent;
  objects_.Clear();
  lines_.Clear();
  log_.Clear();
  latest_address_ = nullptr;
  freed_.clear();
}

void GraphMemory::Remember(Mark& mark) const {
  std::copy_n(performed_.begin(), thread_count_, mark.performed.begin());
  std::copy_n(woken_by_.begin(), thread_count_, mark.woken_by.begin());
  std::copy_n(latest_call_.begin(), thread_count_, mark.latest_call.begin());
  std::copy_n(latest_return_.begin(), thread_count_,
              mark.latest_return.begin());
  mark.thread_count = thread_count_;
  mark.spawner = spawner_;
  mark.objects = objects_.size();
  mark.changes = log_.size();
  mark.freed = freed_.size();
}

void GraphMemory::Restart(const Mark& mark) {
  race_.reset();
  for (uint32_t thread = mark.thread_count; thread < thread_count_; ++thread) {
    performed_[thread] = 0;
    woken_by_[thread] = kNoEvent;
    latest_call_[thread] = latest_return_[thread] = kNoEvent;
  }
  thread_count_ = mark.thread_count;
  std::copy_n(mark.performed.begin(), thread_count_, performed_.begin());
  std::copy_n(mark.woken_by.begin(), thread_count_, woken_by_.begin());
  std::copy_n(mark.latest_call.begin(), thread_count_, latest_call_.begin());
  std::copy_n(mark.latest_return.begin(), thread_count_,
              latest_return_.begin());
  spawner_ = mark.spawner;
  step_begins_ = false;
  latest_access_ = kNoEvent;
  log_.GoBack(mark.changes);
  objects_.Truncate(mark.objects);
  latest_address_ = nullptr;
  freed_.resize(mark.freed);
}

std::optional<EventId> GraphMemory::PassedPrefix() const {
  EventId count = 0;
  EventId end = 0;
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    const uint32_t performed = performed_[thread];
    if (performed == 0) continue;
    count += performed;
    end = std::max(end, graph_->At(thread, performed) + 1);
  }
  if (count != end) return std::nullopt;
  return count;
}

GraphMemory::Object& GraphMemory::ObjectAt(const volatile void* address) {
  if (address != latest_address_) {
    latest_address_ = address;
    latest_object_ = &objects_[address];
  }
  return *latest_object_;
}

void GraphMemory::KnowLocations(const std::vector<LocationObject>& objects) {
  Check(location_objects_.empty(), "locations have their numbers already");
  location_objects_ = objects;
  uint32_t number = 0;
  for (const LocationObject& object : objects) {
    std::vector<uint32_t>& numbers = locations_[object.address];
    numbers.resize(std::max<size_t>(numbers.size(), object.generation + 1));
    numbers[object.generation] = ++number;
  }
}

uint32_t GraphMemory::LocationOf(const Access& access, uint64_t initial) {
  Object& object = ObjectAt(access.object);
  Past& past = object.past;
  if (past.location == 0) {
    Save(object);
    std::vector<uint32_t>& numbers = locations_[access.object];
    if (numbers.size() <= past.generation) numbers.resize(past.generation + 1);
    uint32_t& number = numbers[past.generation];
    if (number == 0) {
      location_objects_.push_back({access.object, past.generation});
      number = static_cast<uint32_t>(location_objects_.size());
    }
    past.location = number;
    graph_->BeginLocation(past.location - 1, initial);
  }
  return past.location - 1;
}

std::optional<EventId> GraphMemory::PassKnown(uint32_t thread) {
  if (performed_[thread] >= graph_->ThreadSize(thread)) return std::nullopt;
  step_begins_ = false;
  woken_by_[thread] = kNoEvent;
  return graph_->At(thread, ++performed_[thread]);
}

template <class Describe>
EventId GraphMemory::AddNew(uint32_t thread, Describe describe) {
  ++performed_[thread];
  return graph_->Add(thread, [&](GraphEvent& event) {
    event.begins_step = step_begins_;
    event.cause = woken_by_[thread];
    step_begins_ = false;
    woken_by_[thread] = kNoEvent;
    describe(event);
  });
}

uint64_t GraphMemory::Read(uint32_t thread, const Access& access,
                           uint64_t initial, const ReadRequest& request) {
  std::optional<EventId> read = PassKnown(thread);
  if (!read.has_value()) {
    const uint32_t location = LocationOf(access, initial);
    read = AddNew(thread, [&](GraphEvent& event) {
      event.kind = GraphEvent::Kind::kRead;
      event.role = request.role;
      event.order = request.order;
      event.shared = request.shared;
      event.location = location;
      if (request.update == nullptr) return;
      event.failure_order = request.failure_order;
      event.exclusive = true;
    });
    if (request.update != nullptr) graph_->SetUpdate(*read, *request.update);
    (*graph_)[*read].lowest_place =
        graph_->LowestPlace(location, (*graph_)[*read].before);
    ChooseSource(*read);
  }
  latest_access_ = *read;
  const GraphEvent& added = (*graph_)[*read];
  const uint64_t value = added.value;
  if (added.exclusive) ++performed_[thread];
  if (!added.exclusive || (*graph_)[added.partner].value == value) {
    PerformedRead(thread, access.object);
  } else {
    PerformedWrite(thread, access.object);
  }
  return value;
}

void GraphMemory::Write(uint32_t thread, const Access& access, uint64_t initial,
                        uint64_t value, std::memory_order order) {
  std::optional<EventId> write = PassKnown(thread);
  if (!write.has_value()) {
    const uint32_t location = LocationOf(access, initial);
    write = AddNew(thread, [&](GraphEvent& event) {
      event.kind = GraphEvent::Kind::kWrite;
      event.order = order;
      event.location = location;
      event.value = value;
    });
    (*graph_)[*write].lowest_place =
        graph_->LowestPlace(location, (*graph_)[*write].before) + 1;
    ChoosePlace(*write);
  }
  latest_access_ = *write;
  PerformedWrite(thread, access.object);
}

uint64_t GraphMemory::Load(uint32_t thread, const Access& access,
                           uint64_t initial) {
  if (Races(thread, access)) return 0;
  return Read(thread, access, initial, {.order = access.order});
}

void GraphMemory::Store(uint32_t thread, const Access& access, uint64_t value,
                        uint64_t initial) {
  if (Races(thread, access)) return;
  Write(thread, access, initial, value, access.order);
}

uint64_t GraphMemory::Update(uint32_t thread, const Access& access,
                             const AtomicUpdate& update, uint64_t initial) {
  if (Races(thread, access)) return 0;
  return Read(thread, access, initial,
              {.order = access.order,
               .failure_order = access.failure_order,
               .update = &update});
}

void GraphMemory::Fence(uint32_t thread, std::memory_order order) {
  if (!PassKnown(thread).has_value()) {
    AddNew(thread, [&](GraphEvent& event) {
      event.kind = GraphEvent::Kind::kFence;
      event.order = order;
    });
  }
  PerformedRead(thread, nullptr);
}

uint32_t GraphMemory::LatestOverlooked() const {
  if (race_.has_value()) return 0;
  const GraphEvent& access = (*graph_)[latest_access_];
  // A later write counts if the execution has come to it.
  const auto& writes = graph_->Writes(access.location);
  return static_cast<uint32_t>(
      std::count_if(writes.begin() + graph_->PlaceOf(latest_access_),
                    writes.end(), [&](EventId write) {
                      const GraphEvent& event = (*graph_)[write];
                      return write != access.partner &&
                             event.index <= performed_[event.thread];
                    }));
}

ValueSource GraphMemory::LatestSource() const {
  ValueSource source;
  if (LatestOverlooked() == 0) return source;
  const GraphEvent& read = (*graph_)[latest_access_];
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
  const bool shared = access.kind == AccessKind::kLockShared;
  Read(thread, access, ValueOf(lock),
       {.order = std::memory_order_acquire,
        .update = shared ? &kTakeShared : &kTake,
        .role = GraphEvent::Role::kLocking,
        .shared = shared});
}

bool GraphMemory::TryAcquire(uint32_t thread, const Access& access,
                             const LockState& lock) {
  const bool shared = access.kind == AccessKind::kTryLockShared;
  const AtomicUpdate& update = shared ? kTakeShared : kTake;
  const uint64_t found = Read(thread, access, ValueOf(lock),
                              {.order = std::memory_order_acquire,
                               .update = &update,
                               .shared = shared});
  return update.Writes(found);
}

void GraphMemory::Release(uint32_t thread, const Access& access,
                          const LockState& lock) {
  if (access.kind != AccessKind::kUnlockShared) {
    Write(thread, access, ValueOf(lock), 0, std::memory_order_release);
    return;
  }
  Read(thread, access, ValueOf(lock),
       {.order = std::memory_order_release, .update = &kGiveUpShared});
}

void GraphMemory::Signal(uint32_t thread, const volatile void* condition) {
  Read(thread, {.object = condition}, 0, {.update = &kCount});
}

void GraphMemory::Wake(uint32_t thread, uint32_t other) {
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
  const EventId begin = AddNew(other, [](GraphEvent&) {});
  graph_->Synchronize(begin, graph_->At(thread, performed_[thread]));
}

EventId GraphMemory::AddOther(uint32_t thread) {
  const std::optional<EventId> known = PassKnown(thread);
  return known.has_value() ? *known : AddNew(thread, [](GraphEvent&) {});
}

void GraphMemory::Call(uint32_t thread) {
  const bool known = performed_[thread] < graph_->ThreadSize(thread);
  const EventId call = AddOther(thread);
  for (uint32_t other = 0; !known && other < thread_count_; ++other) {
    const EventId earlier = latest_return_[other];
    if (earlier != kNoEvent) graph_->Synchronize(call, earlier);
  }
  latest_call_[thread] = call;
  PerformedWrite(thread, nullptr);
  CalledOrReturned(thread);
}

// What was called before is part of its past, so that no choice can undo that,
// and does not happen before it.
void GraphMemory::Return(uint32_t thread) {
  const bool known = performed_[thread] < graph_->ThreadSize(thread);
  const EventId ended = AddOther(thread);
  for (uint32_t other = 0; !known && other < thread_count_; ++other) {
    const EventId earlier = latest_call_[other];
    if (earlier != kNoEvent) graph_->Depend(ended, earlier);
  }
  latest_return_[thread] = ended;
  PerformedWrite(thread, nullptr);
  CalledOrReturned(thread);
}

void GraphMemory::Finish(uint32_t thread) { AddOther(thread); }

void GraphMemory::Join(uint32_t thread, uint32_t other) {
  if (!PassKnown(thread).has_value()) {
    const EventId join = AddNew(thread, [](GraphEvent&) {});
    graph_->Synchronize(join, graph_->At(other, performed_[other]));
  }
  PerformedWrite(thread, nullptr);
}

void GraphMemory::VisitLastValues(VisitValue visit) {
  for (const uint32_t location : graph_->used_locations()) {
    const LocationObject& of = location_objects_[location];
    const uint32_t last = graph_->LastPlace(location);
    if (last == 0) continue;
    const Object* const object = objects_.Find(of.address);
    if (object == nullptr) continue;
    const Past& past = object->past;
    // In this execution something else may lie there, or a lock.
    if (past.generation != of.generation || past.size == 0 ||
        past.freed_by != kMaxModelThreads) {
      continue;
    }
    visit(of.address, past.size, graph_->ValueAt(location, last));
  }
}

ExecutionGraph::Clock GraphMemory::KnownTo(uint32_t thread) const {
  return graph_->HappensBefore(graph_->At(thread, performed_[thread]));
}

uint32_t GraphMemory::Known(uint32_t thread, uint32_t other) const {
  return other < graph_->width() ? KnownTo(thread)[other] : 0;
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
  const Past& past = object.past;
  if (past.writer == kMaxModelThreads || past.writer == thread ||
      Known(thread, past.writer) > past.write_moment) {
    return std::nullopt;
  }
  return ObjectRace{past.writer, ObjectRace::Deed::kWrote};
}

std::optional<ObjectRace> GraphMemory::RacesWithReaders(
    uint32_t thread, const Object& object) const {
  if (!object.reads.IsLaterThan(KnownTo(thread), thread, graph_->width())) {
    return std::nullopt;
  }
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
  Past& past = object.past;
  if (!past.touched) {
    Save(object);
    past.touched = true;
    past.freed_by = static_cast<uint8_t>(FreerOf(access.object));
    lines_.Add(access.object);
  }
  if (past.freed_by != kMaxModelThreads) {
    return ObjectRace{past.freed_by, ObjectRace::Deed::kFreed};
  }
  if (past.size != access.size && access.size != 0) [[unlikely]] {
    Save(object);
    past.size = access.size;
  }
  const bool writes = access.kind == AccessKind::kPlainWrite;
  const auto moment = static_cast<uint16_t>(performed_[thread]);
  // Whoever had written since would have raced with that.
  if (!writes && object.reads[thread] == moment + 1) return std::nullopt;
  if (const auto race = RacesWithWriter(thread, object)) return race;
  if (writes) {
    if (const auto race = RacesWithReaders(thread, object)) return race;
    Save(object);
    past.writer = static_cast<uint8_t>(thread);
    past.write_moment = moment;
  } else {
    if (marks_) object.reads.SaveMoment(log_, thread);
    object.reads[thread] = static_cast<uint16_t>(moment + 1);
  }
  return std::nullopt;
}

std::optional<ObjectRace> GraphMemory::Create(uint32_t thread,
                                              const volatile void* object) {
  Object& created = ObjectAt(object);
  Save(created);
  ++created.past.generation;
  created.past.location = 0;
  created.past.size = 0;
  return Touch(thread, {.kind = AccessKind::kPlainWrite, .object = object});
}

std::optional<ObjectRace> GraphMemory::Free(uint32_t thread, const void* block,
                                            size_t size) {
  const auto* const bytes = static_cast<const char*>(block);
  freed_.push_back({bytes, bytes + size, thread});
  std::optional<ObjectRace> race;
  lines_.VisitThoseIn(bytes, size, [&](const char* address) {
    Object* const object = objects_.Find(address);
    if (object == nullptr) return true;
    Save(*object);
    object->past.freed_by = static_cast<uint8_t>(thread);
    if (!race.has_value()) race = RacesWithWriter(thread, *object);
    if (!race.has_value()) race = RacesWithReaders(thread, *object);
    return true;
  });
  return race;
}

}  // namespace mortsafe

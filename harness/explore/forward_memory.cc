#include "harness/explore/forward_memory.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/explore/forward_graph.h"
#include "harness/explore/lock_updates.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
void ForwardMemory::BeginExecution() {
  race_.reset();
  graph_.Clear();
  latest_return_[0] = nullptr;
  latest_access_ = nullptr;
  objects_.Clear();
  latest_address_ = nullptr;
  freed_.clear();
}

ForwardMemory::Object& ForwardMemory::ObjectAt(const volatile void* address) {
  if (address == latest_address_) return *latest_object_;
  const size_t known = objects_.size();
  Object& object = objects_[address];
  latest_address_ = address;
  latest_object_ = &object;
  if (objects_.size() != known) {
    for (const FreedBlock& block : freed_) {
      if (address < block.begin || address >= block.end) continue;
      object.uses.WasFreedBy(block.thread);
      break;
    }
  }
  return object;
}

ForwardLocation* ForwardMemory::LocationOf(Object& object, const Access& access,
                                           uint64_t initial) {
  if (object.location == nullptr) [[unlikely]] {
    object.location = graph_.AddLocation(initial);
    object.size = access.size;
  }
  return object.location;
}

std::optional<ObjectRace> ForwardMemory::Use(uint32_t thread, Object& object,
                                             bool writes) {
  return object.uses.Use(thread, writes, graph_.KnownTo(thread),
                         graph_.width());
}

bool ForwardMemory::Races(uint32_t thread, Object& object) {
  const auto race = Use(thread, object, false);
  if (race.has_value()) [[unlikely]]
    race_ = race;
  return race.has_value();
}

std::optional<ObjectRace> ForwardMemory::Touch(uint32_t thread,
                                               const Access& access) {
  return Use(thread, ObjectAt(access.object),
             access.kind == AccessKind::kPlainWrite);
}

std::optional<ObjectRace> ForwardMemory::Create(uint32_t thread,
                                                const volatile void* object) {
  Object& created = ObjectAt(object);
  created.location = nullptr;
  return Use(thread, created, true);
}

std::optional<ObjectRace> ForwardMemory::Free(uint32_t thread,
                                              const void* block, size_t size) {
  const auto* const bytes = static_cast<const char*>(block);
  freed_.push_back({bytes, bytes + size, thread});
  std::optional<ObjectRace> race;
  objects_.VisitRange(bytes, size, [&](Object& object) {
    const auto found =
        object.uses.Free(thread, graph_.KnownTo(thread), graph_.width());
    if (!race.has_value()) race = found;
  });
  return race;
}

inline bool ForwardMemory::HasSeqCstOrder() {
  return graph_.seq_cst_count() < 2 || HasSeqCstOrderWithLatest();
}

bool ForwardMemory::HasSeqCstOrderWithLatest() {
  if (graph_.seq_cst_count() > most_seq_cst_) return false;
  graph_.ListThreads();
  return seq_cst_.ExistsWith(graph_, graph_.size() - 1);
}

[[gnu::always_inline]] inline bool ForwardMemory::TrySource(
    ForwardEvent& read, uint32_t place, const ReadRequest& request) {
  const ForwardLocation& location = *read.location;
  const bool latest = place == location.last_place;
  const uint64_t found = location.writes[place]->value;
  const AtomicUpdate* const update = request.update;
  const bool writes = update != nullptr && update->Writes(found);
  if (writes && location.IsTaken(place)) return false;
  graph_.ReadFrom(
      read, place,
      update == nullptr || writes ? request.order : request.failure_order,
      request.shares);
  if (!latest && !HasSeqCstOrder()) return false;
  if (!writes) return true;
  graph_.AddExclusiveWrite(read, update->apply(found, update->operand));
  if (latest || HasSeqCstOrder()) return true;
  graph_.RemoveLatestWrite();
  return false;
}

void ForwardMemory::TryOtherSources(ForwardEvent& read, uint32_t lowest,
                                    uint32_t highest,
                                    const ReadRequest& request) {
  uint32_t attempt = 1;
  while (!TrySource(read, Choose(read.thread, lowest, highest, attempt),
                    request)) {
    ++attempt;
  }
}

[[gnu::always_inline]] inline uint64_t ForwardMemory::Read(
    uint32_t thread, ForwardLocation* location, const ReadRequest& request) {
  const uint32_t highest = location->last_place;
  const uint32_t lowest =
      request.reads_latest ? highest : graph_.LowestPlace(*location, thread);
  const uint32_t place =
      lowest == highest ? highest : Choose(thread, lowest, highest, 0);
  ForwardEvent& read = graph_.AddRead(thread, location);
  if (!TrySource(read, place, request)) [[unlikely]]
    TryOtherSources(read, lowest, highest, request);
  graph_.Settle(read);
  latest_access_ = &read;
  return read.source->value;
}

[[gnu::always_inline]] inline bool ForwardMemory::TryPlace(
    uint32_t thread, ForwardLocation* location, uint32_t place, uint64_t value,
    std::memory_order order) {
  const bool last = place > location->last_place;
  if (!last && location->IsTaken(place - 1)) return false;
  latest_access_ = &graph_.AddWrite(thread, location, place, value, order);
  if (last || HasSeqCstOrder()) return true;
  graph_.RemoveLatestWrite();
  return false;
}

void ForwardMemory::TryOtherPlaces(uint32_t thread, ForwardLocation* location,
                                   uint32_t lowest, uint64_t value,
                                   std::memory_order order) {
  const uint32_t highest = location->last_place + 1;
  uint32_t attempt = 1;
  while (!TryPlace(thread, location, Choose(thread, lowest, highest, attempt),
                   value, order)) {
    ++attempt;
  }
}

[[gnu::always_inline]] inline void ForwardMemory::Write(
    uint32_t thread, ForwardLocation* location, uint64_t value,
    std::memory_order order) {
  const uint32_t lowest = graph_.LowestPlace(*location, thread) + 1;
  const uint32_t highest = location->last_place + 1;
  const uint32_t place =
      lowest == highest ? highest : Choose(thread, lowest, highest, 0);
  if (!TryPlace(thread, location, place, value, order)) [[unlikely]]
    TryOtherPlaces(thread, location, lowest, value, order);
}

uint64_t ForwardMemory::Load(uint32_t thread, const Access& access,
                             uint64_t initial) {
  Object& object = ObjectAt(access.object);
  if (Races(thread, object)) return 0;
  return Read(thread, LocationOf(object, access, initial),
              {.order = access.order});
}

void ForwardMemory::Store(uint32_t thread, const Access& access, uint64_t value,
                          uint64_t initial) {
  Object& object = ObjectAt(access.object);
  if (Races(thread, object)) return;
  Write(thread, LocationOf(object, access, initial), value, access.order);
}

uint64_t ForwardMemory::Update(uint32_t thread, const Access& access,
                               const AtomicUpdate& update, uint64_t initial) {
  Object& object = ObjectAt(access.object);
  if (Races(thread, object)) return 0;
  return Read(thread, LocationOf(object, access, initial),
              {.order = access.order,
               .failure_order = access.failure_order,
               .update = &update});
}

void ForwardMemory::Fence(uint32_t thread, std::memory_order order) {
  graph_.AddFence(thread, order);
}

uint32_t ForwardMemory::LatestOverlooked() const {
  if (race_.has_value()) return 0;
  const ForwardEvent& access = *latest_access_;
  const uint32_t later = access.location->last_place - access.Place();
  // A read-modify-write does not overlook its own write.
  return access.exclusive ? later - 1 : later;
}

ValueSource ForwardMemory::LatestSource() const {
  ValueSource source;
  if (LatestOverlooked() == 0) return source;
  const ForwardEvent& from = *latest_access_->source;
  source.kind = ValueSource::Kind::kInitial;
  if (!from.IsWrite()) return source;
  source = {ValueSource::Kind::kStale, from.thread, 0};
  for (const ForwardEvent* write : graph_.Writes(from.location)) {
    if (write->thread == from.thread && write->index <= from.index) {
      ++source.ordinal;
    }
  }
  return source;
}

void ForwardMemory::Acquire(uint32_t thread, const Access& access,
                            const LockState& lock) {
  const bool shares = access.kind == AccessKind::kLockShared;
  Read(thread, LocationOf(ObjectAt(access.object), access, ValueOf(lock)),
       {.order = std::memory_order_acquire,
        .update = shares ? &kTakeShared : &kTake,
        .reads_latest = true,
        .shares = shares});
}

bool ForwardMemory::TryAcquire(uint32_t thread, const Access& access,
                               const LockState& lock) {
  const bool shares = access.kind == AccessKind::kTryLockShared;
  const AtomicUpdate& update = shares ? kTakeShared : kTake;
  return update.Writes(
      Read(thread, LocationOf(ObjectAt(access.object), access, ValueOf(lock)),
           {.order = std::memory_order_acquire,
            .update = &update,
            .shares = shares}));
}

void ForwardMemory::Release(uint32_t thread, const Access& access,
                            const LockState& lock) {
  ForwardLocation* const location =
      LocationOf(ObjectAt(access.object), access, ValueOf(lock));
  if (access.kind != AccessKind::kUnlockShared) {
    return Write(thread, location, 0, std::memory_order_release);
  }
  Read(thread, location,
       {.order = std::memory_order_release, .update = &kGiveUpShared});
}

void ForwardMemory::Signal(uint32_t thread, const volatile void* condition) {
  Read(thread, LocationOf(ObjectAt(condition), {}, 0), {.update = &kCount});
}

void ForwardMemory::VisitLastValues(VisitValue visit) {
  objects_.VisitAll([&](const volatile void* address, const Object& object) {
    const ForwardLocation* const location = object.location;
    if (location == nullptr || location->last_place == 0 || object.size == 0 ||
        object.uses.freed()) {
      return;
    }
    visit(address, object.size, location->writes[location->last_place]->value);
  });
}

void ForwardMemory::Call(uint32_t thread) {
  ForwardEvent& call = graph_.AddOther(thread);
  for (uint32_t other = 0; other < graph_.thread_count(); ++other) {
    const ForwardEvent* const earlier = latest_return_[other];
    if (earlier != nullptr) graph_.Synchronize(call, *earlier);
  }
}

void ForwardMemory::Return(uint32_t thread) {
  latest_return_[thread] = &graph_.AddOther(thread);
}

void ForwardMemory::Spawn(uint32_t thread, uint32_t other) {
  graph_.Spawn(thread, other);
  latest_return_[other] = nullptr;
}

void ForwardMemory::Finish(uint32_t thread) { graph_.AddOther(thread); }

void ForwardMemory::Join(uint32_t thread, uint32_t other) {
  graph_.Join(thread, other);
}

}  // namespace mortsafe

#include "harness/explore/synchronization.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/explore/memory_order.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
void Synchronization::Restart(const Mark& mark) {
  log_.GoBack(mark.changes);
  freed_.resize(mark.freed);
  BeginEpoch();
}

void Synchronization::List(Object& object, const volatile void* address) {
  object.listed = true;
  lines_.Add(address);
}

void Synchronization::WidenFor(uint32_t thread) {
  threads_ = thread + 1;
  if (width_ >= threads_) return;
  BeginEpoch();  // What was saved is narrower.
  while (width_ < threads_) width_ += VectorClock::kPiece;
}

inline void Synchronization::NoteRead(uint32_t thread, Object& object,
                                      uint32_t moment) {
  SaveReads(object);
  object.reads[thread] = static_cast<uint16_t>(moment);
}

inline std::optional<ObjectRace> Synchronization::RacesWithWriter(
    uint32_t thread, const Object& object) const {
  const Writing& write = object.write;
  if (write.thread == kMaxModelThreads || write.thread == thread ||
      known_[thread][write.thread] > write.moment) {
    return std::nullopt;
  }
  return ObjectRace{write.thread, ObjectRace::Deed::kWrote};
}

inline std::optional<ObjectRace> Synchronization::RacesWithReaders(
    uint32_t thread, const Object& object) const {
  for (uint32_t other = 0; other < threads_; ++other) {
    if (other != thread && known_[thread][other] < object.reads[other]) {
      return ObjectRace{other, ObjectRace::Deed::kRead};
    }
  }
  return std::nullopt;
}

inline std::optional<ObjectRace> Synchronization::FreedAt(
    const volatile void* object) const {
  for (const FreedBlock& block : freed_) {
    if (object >= block.begin && object < block.end) {
      return ObjectRace{block.thread, ObjectRace::Deed::kFreed};
    }
  }
  return std::nullopt;
}

inline std::optional<ObjectRace> Synchronization::Races(
    uint32_t thread, const volatile void* address, const Object& object) const {
  if (!freed_.empty()) {
    if (const auto freed = FreedAt(address)) return freed;
  }
  return RacesWithWriter(thread, object);
}

inline void Synchronization::Acquire(const Object& object,
                                     std::memory_order order) {
  if (IsAcquire(order)) {
    known_[latest_].Join(object.released, width_);
  } else {
    read_relaxed_[latest_].Save(log_, width_);
    read_relaxed_[latest_].Join(object.released, width_);
  }
}

inline void Synchronization::Publish(Object& object, std::memory_order order,
                                     bool keeps) {
  SaveReleased(object);
  const VectorClock& published =
      IsRelease(order) ? known_[latest_] : fenced_[latest_];
  if (keeps) {
    object.released.Join(published, width_);
  } else {
    object.released.Assign(published, width_);
  }
}

void Synchronization::Fence(std::memory_order order) {
  if (IsAcquire(order)) known_[latest_].Join(read_relaxed_[latest_], width_);
  if (IsRelease(order)) {
    fenced_[latest_].Save(log_, width_);
    fenced_[latest_].Assign(known_[latest_], width_);
  }
}

std::optional<ObjectRace> Synchronization::Perform(uint32_t thread,
                                                   const NextStep& next) {
  Widen(thread);
  SaveKnown(thread);
  VectorClock& known = known_[thread];
  const uint16_t now = known.Advance(thread, width_);
  if (next.calls) known.Join(returned_, width_);
  latest_ = thread;
  latest_kind_ = next.access.kind;
  latest_order_ = next.access.order;
  latest_failure_order_ = next.access.failure_order;
  if (next.access.object == nullptr) {
    if (next.access.kind == AccessKind::kFence) Fence(next.access.order);
    return std::nullopt;
  }
  Object& object = ObjectAt(next.access.object);
  latest_object_ = &object;
  Synchronize(next);
  if (const auto race = Races(thread, next.access.object, object)) return race;
  NoteRead(thread, object, now);
  return std::nullopt;
}

[[gnu::always_inline]] inline void Synchronization::Synchronize(
    const NextStep& next) {
  switch (next.access.kind) {
    case AccessKind::kLoad:
      return Acquire(*latest_object_, next.access.order);
    case AccessKind::kStore:
      return Publish(*latest_object_, next.access.order, false);
    case AccessKind::kLock:
    case AccessKind::kLockShared:
      return Acquire(*latest_object_, std::memory_order_acquire);
    case AccessKind::kUnlock:
    case AccessKind::kUnlockShared:
      return Publish(*latest_object_, std::memory_order_release, true);
    case AccessKind::kWait:
      return Publish(ObjectAt(next.lock), std::memory_order_release, true);
    default:
      return;  // Nothing, or not until Observe().
  }
}

void Synchronization::Observe(const AccessResult& result) {
  const AccessKind kind = latest_kind_;
  if (kind == AccessKind::kReadModifyWrite ||
      kind == AccessKind::kCompareExchange) {
    return ReadModifyWrite(result.failed);
  }
  if ((kind == AccessKind::kTryLock || kind == AccessKind::kTryLockShared) &&
      !result.failed) {
    Acquire(*latest_object_, std::memory_order_acquire);
  }
}

void Synchronization::ReadModifyWrite(bool failed) {
  Acquire(*latest_object_, failed ? latest_failure_order_ : latest_order_);
  // Whatever its order, it goes on with the release sequence that it found.
  if (!failed) Publish(*latest_object_, latest_order_, true);
}

void Synchronization::Return(uint32_t thread) {
  returned_.Save(log_, width_);
  returned_.Join(known_[thread], width_);
}

void Synchronization::Release(uint32_t thread, uint32_t other) {
  Widen(std::max(thread, other));
  SaveKnown(thread);
  known_[thread].Advance(thread, width_);
  SaveKnown(other);
  known_[other].Join(known_[thread], width_);
}

void Synchronization::Finish(uint32_t thread) {
  SaveKnown(thread);
  known_[thread].Advance(thread, width_);
}

void Synchronization::Join(uint32_t thread, uint32_t other) {
  SaveKnown(thread);
  known_[thread].Join(known_[other], width_);
}

std::optional<ObjectRace> Synchronization::Touch(uint32_t thread,
                                                 const Access& access) {
  Object& object = ObjectAt(access.object);
  if (const auto race = Races(thread, access.object, object)) return race;
  const uint16_t now = known_[thread][thread];
  if (access.kind == AccessKind::kPlainWrite) {
    if (const auto race = RacesWithReaders(thread, object)) return race;
    log_.Save(&object.write);
    object.write.thread = thread;
    object.write.moment = now;
  } else {
    // What is plain belongs to no step: only the next moment covers it.
    NoteRead(thread, object, now + 1u);
  }
  return std::nullopt;
}

std::optional<ObjectRace> Synchronization::Free(uint32_t thread,
                                                const void* block,
                                                size_t size) {
  const auto* const begin = static_cast<const char*>(block);
  freed_.push_back({begin, begin + size, thread});
  std::optional<ObjectRace> race;
  lines_.VisitThoseIn(begin, size, [&](const char* address) {
    const Object& object = *objects_.Find(address);
    race = RacesWithWriter(thread, object);
    if (!race.has_value()) race = RacesWithReaders(thread, object);
    return !race.has_value();
  });
  return race;
}

}  // namespace mortsafe

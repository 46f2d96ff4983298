#include "harness/explore/synchronization.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
namespace {

// Blocks are searched for objects at every address that may hold one.
constexpr size_t kObjectAlignment = 4;

bool IsAcquire(std::memory_order order) {
  return order == std::memory_order_acquire ||
         order == std::memory_order_consume ||
         order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

bool IsRelease(std::memory_order order) {
  return order == std::memory_order_release ||
         order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

}  // namespace

void Synchronization::Restart() {
  for (uint32_t thread = 0; thread < width_; ++thread) {
    known_[thread] = read_relaxed_[thread] = fenced_[thread] = VectorClock();
  }
  returned_ = VectorClock();
  objects_.Clear();
  latest_object_ = nullptr;
  freed_.clear();
}

void Synchronization::Acquire(uint32_t thread, const Object& object,
                              std::memory_order order) {
  VectorClock& gains =
      IsAcquire(order) ? known_[thread] : read_relaxed_[thread];
  gains.Join(object.released, width_);
}

void Synchronization::Publish(uint32_t thread, Object& object,
                              std::memory_order order, bool keeps) {
  const VectorClock& published =
      IsRelease(order) ? known_[thread] : fenced_[thread];
  if (keeps) {
    object.released.Join(published, width_);
  } else {
    object.released = published;
  }
}

void Synchronization::Fence(uint32_t thread, std::memory_order order) {
  if (IsAcquire(order)) known_[thread].Join(read_relaxed_[thread], width_);
  if (IsRelease(order)) fenced_[thread] = known_[thread];
}

void Synchronization::Perform(uint32_t thread, const NextStep& next) {
  width_ = std::max(width_, thread + 1);
  ++known_[thread][thread];
  latest_ = thread;
  latest_step_ = next;
  if (next.calls) known_[thread].Join(returned_, width_);
  const Access& access = next.access;
  if (access.object == nullptr) {
    if (access.kind == AccessKind::kFence) Fence(thread, access.order);
    return;
  }
  latest_object_ = &objects_[access.object];
  switch (access.kind) {
    case AccessKind::kLoad:
      return Acquire(thread, *latest_object_, access.order);
    case AccessKind::kStore:
      return Publish(thread, *latest_object_, access.order, false);
    case AccessKind::kLock:
    case AccessKind::kLockShared:
      return Acquire(thread, *latest_object_, std::memory_order_acquire);
    case AccessKind::kUnlock:
    case AccessKind::kUnlockShared:
      return Publish(thread, *latest_object_, std::memory_order_release, true);
    case AccessKind::kWait:
      return Publish(thread, objects_[next.lock], std::memory_order_release,
                     true);
    default:
      return;  // Nothing, or not until Observe().
  }
}

void Synchronization::Observe(const AccessResult& result) {
  const AccessKind kind = latest_step_.access.kind;
  if (kind == AccessKind::kReadModifyWrite ||
      kind == AccessKind::kCompareExchange) {
    return ReadModifyWrite(result.failed);
  }
  if ((kind == AccessKind::kTryLock || kind == AccessKind::kTryLockShared) &&
      !result.failed) {
    Acquire(latest_, *latest_object_, std::memory_order_acquire);
  }
}

void Synchronization::ReadModifyWrite(bool failed) {
  const Access& access = latest_step_.access;
  Acquire(latest_, *latest_object_,
          failed ? std::memory_order{access.failure_order} : access.order);
  // Whatever its order, it goes on with the release sequence that it found.
  if (!failed) Publish(latest_, *latest_object_, access.order, true);
}

void Synchronization::Return(uint32_t thread) {
  returned_.Join(known_[thread], width_);
}

void Synchronization::Release(uint32_t thread, uint32_t other) {
  width_ = std::max({width_, thread + 1, other + 1});
  ++known_[thread][thread];
  known_[other].Join(known_[thread], width_);
}

void Synchronization::Finish(uint32_t thread) { ++known_[thread][thread]; }

void Synchronization::Join(uint32_t thread, uint32_t other) {
  known_[thread].Join(known_[other], width_);
}

std::optional<ObjectRace> Synchronization::RacesWithWriter(
    uint32_t thread, const Object& object) const {
  if (object.writer == kMaxModelThreads || object.writer == thread ||
      known_[thread][object.writer] > object.write_moment) {
    return std::nullopt;
  }
  return ObjectRace{object.writer, ObjectRace::Deed::kWrote};
}

std::optional<ObjectRace> Synchronization::RacesWithReaders(
    uint32_t thread, const Object& object) const {
  for (uint32_t other = 0; other < width_; ++other) {
    if (other != thread && known_[thread][other] < object.reads[other]) {
      return ObjectRace{other, ObjectRace::Deed::kRead};
    }
  }
  return std::nullopt;
}

std::optional<ObjectRace> Synchronization::FreedAt(
    const volatile void* object) const {
  for (const FreedBlock& block : freed_) {
    if (object >= block.begin && object < block.end) {
      return ObjectRace{block.thread, ObjectRace::Deed::kFreed};
    }
  }
  return std::nullopt;
}

std::optional<ObjectRace> Synchronization::Touch(uint32_t thread,
                                                 const Access& access) {
  if (const auto freed = FreedAt(access.object)) return freed;
  const bool plain = access.kind == AccessKind::kPlainRead ||
                     access.kind == AccessKind::kPlainWrite;
  Object& object = plain ? objects_[access.object] : *latest_object_;
  if (const auto race = RacesWithWriter(thread, object)) return race;
  const uint16_t now = known_[thread][thread];
  if (access.kind == AccessKind::kPlainWrite) {
    if (const auto race = RacesWithReaders(thread, object)) return race;
    object.writer = thread;
    object.write_moment = now;
  } else {
    // What is plain belongs to no step: only the next moment covers it.
    object.reads[thread] = static_cast<uint16_t>(now + (plain ? 1 : 0));
  }
  return std::nullopt;
}

std::optional<ObjectRace> Synchronization::Free(uint32_t thread,
                                                const void* block,
                                                size_t size) {
  const auto* const bytes = static_cast<const char*>(block);
  freed_.push_back({bytes, bytes + size, thread});
  for (size_t i = 0; i < size; i += kObjectAlignment) {
    const Object* const object = objects_.Find(bytes + i);
    if (object == nullptr) continue;
    if (const auto race = RacesWithWriter(thread, *object)) return race;
    if (const auto race = RacesWithReaders(thread, *object)) return race;
  }
  return std::nullopt;
}

}  // namespace mortsafe

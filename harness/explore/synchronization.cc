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
  for (uint32_t thread = 0; thread < threads_; ++thread) ClearClocks(thread);
  returned_.Clear(width_);
  objects_.Clear();
  latest_object_ = nullptr;
  freed_.clear();
  era_ = 0;
  change_count_ = 0;
}

void Synchronization::ClearClocks(uint32_t thread) {
  known_[thread].Clear(width_);
  if (!knows_relaxed_) return;
  read_relaxed_[thread].Clear(width_);
  fenced_[thread].Clear(width_);
}

void Synchronization::Remember(Mark& mark) {
  mark.width_ = width_;
  mark.threads_ = threads_;
  mark.latest_ = latest_;
  mark.latest_step_ = latest_step_;
  mark.latest_object_ = latest_object_;
  mark.known_.resize(threads_);
  if (knows_relaxed_) {
    mark.read_relaxed_.resize(threads_);
    mark.fenced_.resize(threads_);
  }
  for (uint32_t thread = 0; thread < threads_; ++thread) {
    mark.known_[thread].Assign(known_[thread], width_);
    if (!knows_relaxed_) continue;
    mark.read_relaxed_[thread].Assign(read_relaxed_[thread], width_);
    mark.fenced_[thread].Assign(fenced_[thread], width_);
  }
  mark.knows_relaxed_ = knows_relaxed_;
  mark.returned_.Assign(returned_, width_);
  mark.objects_ = objects_.size();
  mark.freed_ = freed_.size();
  mark.changes_ = change_count_;
  era_ = ++latest_era_;
}

void Synchronization::Restart(const Mark& mark) {
  const bool widened = mark.width_ != width_;
  for (uint32_t thread = 0; thread < threads_; ++thread) {
    const bool known = thread < mark.threads_;
    if (!known || widened || !mark.knows_relaxed_) ClearClocks(thread);
    if (!known) continue;
    known_[thread].Assign(mark.known_[thread], mark.width_);
    if (!mark.knows_relaxed_) continue;
    read_relaxed_[thread].Assign(mark.read_relaxed_[thread], mark.width_);
    fenced_[thread].Assign(mark.fenced_[thread], mark.width_);
  }
  if (widened) returned_.Clear(width_);
  returned_.Assign(mark.returned_, mark.width_);
  latest_ = mark.latest_;
  latest_step_ = mark.latest_step_;
  latest_object_ = mark.latest_object_;
  for (; change_count_ > mark.changes_; --change_count_) {
    const Former& former = changes_[change_count_ - 1];
    if (former.object->width != former.state.width) former.object->Reset();
    former.object->Assign(former.state);
  }
  objects_.Truncate(mark.objects_);
  freed_.resize(mark.freed_);
  era_ = ++latest_era_;
}

void Synchronization::Log(Object& object) {
  if (era_ != 0 && object.era != era_) {
    if (change_count_ == changes_.size()) changes_.emplace_back();
    Former& former = changes_[change_count_++];
    former.object = &object;
    if (former.state.width != object.width) former.state.Reset();
    former.state.Assign(object);
  }
  object.era = era_;
  object.width = width_;
}

void Synchronization::Widen(uint32_t thread) {
  if (thread < threads_) return;
  threads_ = thread + 1;
  while (width_ < threads_) width_ += 8;
}

void Synchronization::Acquire(uint32_t thread, const Object& object,
                              std::memory_order order) {
  if (IsAcquire(order)) {
    known_[thread].Join(object.released, width_);
  } else {
    knows_relaxed_ = true;
    read_relaxed_[thread].Join(object.released, width_);
  }
}

void Synchronization::Publish(uint32_t thread, Object& object,
                              std::memory_order order, bool keeps) {
  Change(object);
  const VectorClock& published =
      IsRelease(order) ? known_[thread] : fenced_[thread];
  if (keeps) {
    object.released.Join(published, width_);
  } else {
    object.released.Assign(published, width_);
  }
}

void Synchronization::Fence(uint32_t thread, std::memory_order order) {
  knows_relaxed_ = true;
  if (IsAcquire(order)) known_[thread].Join(read_relaxed_[thread], width_);
  if (IsRelease(order)) fenced_[thread].Assign(known_[thread], width_);
}

void Synchronization::Perform(uint32_t thread, const NextStep& next) {
  Widen(thread);
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
  Widen(std::max(thread, other));
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
  for (uint32_t other = 0; other < threads_; ++other) {
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
    Change(object);
    object.writer = thread;
    object.write_moment = now;
  } else {
    // What is plain belongs to no step: only the next moment covers it.
    Change(object).reads[thread] = static_cast<uint16_t>(now + (plain ? 1 : 0));
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

// What threads did to an object so far: finds data races and what is freed too
// early, by what the threads know of each other.

#ifndef MORTSAFE_HARNESS_EXPLORE_OBJECT_USES_H_
#define MORTSAFE_HARNESS_EXPLORE_OBJECT_USES_H_

#include <cstdint>
#include <optional>

#include "harness/explore/vector_clock.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"

namespace mortsafe {

// What a thread does between two of its events is ordered before what another
// does only if the other knows of the second of the two. For an atomic or a
// lock, its construction counts as a write and any step on it as a read.
class ObjectUses {
 public:
  // `thread`, which knows of so much, uses the object, as a write or a read.
  // Says what that races with.
  std::optional<ObjectRace> Use(uint32_t thread, bool writes,
                                const VectorClock& known, uint32_t width) {
    if (freed_by_ != kMaxModelThreads) [[unlikely]] {
      return ObjectRace{freed_by_, ObjectRace::Deed::kFreed};
    }
    if (RacesWithWriter(thread, known)) [[unlikely]] {
      return ObjectRace{writer_, ObjectRace::Deed::kWrote};
    }
    if (!writes) {
      reads_[thread] = static_cast<uint16_t>(known[thread] + 1);
      return std::nullopt;
    }
    const auto race = RaceWithReaders(thread, known, width);
    if (race.has_value()) return race;
    writer_ = thread;
    write_moment_ = known[thread];
    return std::nullopt;
  }

  // The block that it lies in is freed.
  std::optional<ObjectRace> Free(uint32_t thread, const VectorClock& known,
                                 uint32_t width) {
    freed_by_ = thread;
    if (RacesWithWriter(thread, known)) {
      return ObjectRace{writer_, ObjectRace::Deed::kWrote};
    }
    return RaceWithReaders(thread, known, width);
  }
  // It was, before anything was known of the object.
  void WasFreedBy(uint32_t thread) { freed_by_ = thread; }
  bool freed() const { return freed_by_ != kMaxModelThreads; }

 private:
  bool RacesWithWriter(uint32_t thread, const VectorClock& known) const {
    return writer_ != kMaxModelThreads && writer_ != thread &&
           known[writer_] <= write_moment_;
  }
  std::optional<ObjectRace> RaceWithReaders(uint32_t thread,
                                            const VectorClock& known,
                                            uint32_t width) const {
    for (uint32_t other = 0; other < width; ++other) {
      if (other != thread && known[other] < reads_[other]) {
        return ObjectRace{other, ObjectRace::Deed::kRead};
      }
    }
    return std::nullopt;
  }

  uint32_t writer_ = kMaxModelThreads;  // None yet.
  uint32_t write_moment_ = 0;
  uint32_t freed_by_ = kMaxModelThreads;  // Nobody yet.
  // By thread, one more than the moment of its latest read, or 0.
  VectorClock reads_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_OBJECT_USES_H_

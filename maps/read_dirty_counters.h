// Counts of what happens inside a read/dirty map, in the words of those who
// suspect it: how often a Load meets a deleted entry in `read`, how often a
// store takes such an entry up again, and what else the design is made of.
//
// A map takes one of these policies as a template parameter. With NoCounters,
// which the shipped map has, nothing is counted and nothing is left in the
// code.

#ifndef MORTSAFE_MAPS_READ_DIRTY_COUNTERS_H_
#define MORTSAFE_MAPS_READ_DIRTY_COUNTERS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mortsafe {

enum class ReadDirtyEvent : uint8_t {
  kReadHit,       // Load found its key with a value, without the lock.
  kReadHitStale,  // Load found, without the lock, that it was deleted.
  kMiss,          // `read` did not have the key, and `dirty` might: counts
                  // towards the next promotion.
  kStaleReused,   // A store gave a deleted entry a value again.
  kPromotion,     // `dirty` became `read`.
  kCopy,          // `dirty` was made, a copy of `read`.
  kExpunge,       // A deleted entry was left out of such a copy.
};

// Their names in JSON, in the order of the enumerators.
inline constexpr std::array<std::string_view, 7> kReadDirtyEventNames = {
    "readHit",   "readHitStale", "miss",   "staleReused",
    "promotion", "copy",         "expunge"};

struct NoCounters {
  static constexpr bool kCounts = false;
  static constexpr void Count(ReadDirtyEvent) {}
};

// Thread-safe; counts are of no thread in particular and order nothing, so they
// are std's atomics, which a scheduler does not see.
class ReadDirtyCounters {
 public:
  static constexpr bool kCounts = true;

  void Count(ReadDirtyEvent event) {
    counts_[static_cast<size_t>(event)].fetch_add(1, std::memory_order_relaxed);
  }

  uint64_t Of(ReadDirtyEvent event) const {
    return counts_[static_cast<size_t>(event)].load(std::memory_order_relaxed);
  }

  // {"readHit":12,"readHitStale":0,…}
  std::string ToJson() const {
    std::string json = "{";
    for (size_t i = 0; i < counts_.size(); ++i) {
      json.append(i > 0 ? ",\"" : "\"").append(kReadDirtyEventNames[i]);
      json.append("\":").append(
          std::to_string(Of(static_cast<ReadDirtyEvent>(i))));
    }
    return json + "}";
  }

 private:
  std::array<std::atomic<uint64_t>, kReadDirtyEventNames.size()> counts_{};
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_READ_DIRTY_COUNTERS_H_

// The read/dirty map as it should be, with its events counted: as a subject,
// whose maps add what they counted to one total when they end.

#ifndef MORTSAFE_HARNESS_VERDICT_COUNTED_MAP_H_
#define MORTSAFE_HARNESS_VERDICT_COUNTED_MAP_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "harness/base/operation_kind.h"
#include "harness/subject/registry.h"
#include "maps/arena_reclaimer.h"
#include "maps/defects.h"
#include "maps/read_dirty_counters.h"
#include "maps/read_dirty_map.h"

namespace mortsafe {

// The read/dirty map with a policy for its defects and one for its counters;
// memory is freed with the map.
template <class Defects, class Counters = NoCounters>
using ArenaReadDirtyMap =
    ReadDirtyMap<Key, Value, std::hash<Key>, std::equal_to<Key>, ArenaReclaimer,
                 Defects, Counters>;

// Of all maps that ended; may lie in memory that processes share.
struct EventTotals {
  std::array<std::atomic<uint64_t>, kReadDirtyEventNames.size()> counts{};

  uint64_t Of(ReadDirtyEvent event) const {
    return counts[static_cast<size_t>(event)];
  }
};

// "read-dirty-counted". `totals` must outlive the subject's maps.
SubjectInfo CountedSubject(EventTotals* totals);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_COUNTED_MAP_H_

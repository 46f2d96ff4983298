// The read/dirty map that the trial looks into: its memory is freed with the
// map, and it has policies for its defects and its counters.

#ifndef MORTSAFE_HARNESS_VERDICT_ARENA_MAP_H_
#define MORTSAFE_HARNESS_VERDICT_ARENA_MAP_H_

#include <functional>

#include "harness/base/operation_kind.h"
#include "maps/arena_reclaimer.h"
#include "maps/read_dirty_counters.h"
#include "maps/read_dirty_map.h"

namespace mortsafe {

template <class Defects, class Counters = NoCounters>
using ArenaReadDirtyMap =
    ReadDirtyMap<Key, Value, std::hash<Key>, std::equal_to<Key>, ArenaReclaimer,
                 Defects, Counters>;

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_ARENA_MAP_H_

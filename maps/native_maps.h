// The maps as products have them: ours with std's own types instead of
// scheduling points, and those of others that were found. For measuring them; a
// program that includes this must not be linked with anything that is built for
// the harness.
//
// MORTSAFE_HAS_… say which of the others there are (OutsideMaps.cmake).

#ifndef MORTSAFE_MAPS_NATIVE_MAPS_H_
#define MORTSAFE_MAPS_NATIVE_MAPS_H_

#if defined(MORTSAFE_MODELLED)
#error "what is measured must not have scheduling points"
#endif

#include <cstddef>
#include <cstdint>
#include <functional>
#include <type_traits>

#include "maps/arena_reclaimer.h"
#include "maps/epoch_reclaimer.h"
#include "maps/hash_trie_map.h"
#include "maps/hazard_reclaimer.h"
#include "maps/locked_map.h"
#include "maps/read_dirty_map.h"
#include "maps/sharded_map.h"
#if defined(MORTSAFE_HAS_TBB)
#include "maps/tbb_map.h"
#endif
#if defined(MORTSAFE_HAS_CUCKOO)
#include "maps/cuckoo_map.h"
#endif
#if defined(MORTSAFE_HAS_URCU)
#include "maps/urcu_map.h"
#endif
#if defined(MORTSAFE_HAS_CDS)
#include "maps/feldman_map.h"
#endif

namespace mortsafe {

// Mixes all bits, as the hash functions of those maps do that choose their own:
// a trie wants all bits to differ.
struct MixingHash {
  size_t operator()(uint64_t key) const {
    key = (key ^ (key >> 30)) * 0xbf58476d1ce4e5b9;
    key = (key ^ (key >> 27)) * 0x94d049bb133111eb;
    return key ^ (key >> 31);
  }
};

template <template <class> class Reclaimer>
using NativeReadDirtyMap = ReadDirtyMap<uint64_t, uint64_t, MixingHash,
                                        std::equal_to<uint64_t>, Reclaimer>;

// Calls visit(name, std::type_identity<Map>()) for each.
template <class Visit>
void ForEachNativeMap(Visit visit) {
  using Key = uint64_t;
  using Value = uint64_t;
  visit("read-dirty", std::type_identity<NativeReadDirtyMap<ArenaReclaimer>>());
  visit("read-dirty-epoch",
        std::type_identity<NativeReadDirtyMap<EpochReclaimer>>());
  visit("read-dirty-hazard",
        std::type_identity<NativeReadDirtyMap<HazardReclaimer>>());
  visit("hash-trie", std::type_identity<HashTrieMap<Key, Value, MixingHash>>());
  visit("hash-trie-arena",
        std::type_identity<HashTrieMap<Key, Value, MixingHash, std::equal_to<>,
                                       ArenaReclaimer>>());
  visit("locked", std::type_identity<LockedMap<Key, Value, MixingHash>>());
  visit("sharded", std::type_identity<ShardedMap<Key, Value, MixingHash>>());
#if defined(MORTSAFE_HAS_TBB)
  visit("tbb", std::type_identity<TbbMap>());
#endif
#if defined(MORTSAFE_HAS_CUCKOO)
  visit("cuckoo", std::type_identity<CuckooMap>());
#endif
#if defined(MORTSAFE_HAS_URCU)
  visit("urcu", std::type_identity<UrcuMap>());
#endif
#if defined(MORTSAFE_HAS_CDS)
  visit("feldman", std::type_identity<FeldmanMap>());
#endif
}

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_NATIVE_MAPS_H_

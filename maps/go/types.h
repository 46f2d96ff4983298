/* The types that the Go side and maps/go_sync_map.cc share. C, as cgo reads it.
 */

#ifndef MORTSAFE_MAPS_GO_TYPES_H_
#define MORTSAFE_MAPS_GO_TYPES_H_

/* NOLINTBEGIN(modernize-use-using, modernize-deprecated-headers) */
#include <stddef.h>
#include <stdint.h>

/* Called for each key that Range visits; 0 stops it. */
typedef int32_t (*MortsafeGoVisit)(void* context, uint64_t key, uint64_t value);

/* What an entry's pointer is. */
enum { kMortsafeGoNil = 0, kMortsafeGoExpunged = 1, kMortsafeGoValue = 2 };

/* An entry as a table lists it. Both tables may list the same one. */
typedef struct {
  uint64_t key;
  uint64_t entry; /* Its address. */
  uint64_t value; /* If `pointer` is kMortsafeGoValue. */
  int32_t in_dirty;
  int32_t pointer;
} MortsafeGoEntry;

typedef struct {
  int32_t amended;
  int32_t has_dirty;
  uint64_t misses;
} MortsafeGoFields;
/* NOLINTEND(modernize-use-using, modernize-deprecated-headers) */

#endif /* MORTSAFE_MAPS_GO_TYPES_H_ */

package main

// #include "types.h"
import "C"

import "unsafe"

// What the tables of a read/dirty map hold.
type insideOfMap struct {
	amended  bool
	hasDirty bool
	misses   int
	listed   []listedEntry
}

// An entry as a table lists it.
type listedEntry struct {
	key      uint64
	inDirty  bool
	address  unsafe.Pointer
	expunged bool
	value    *uint64 // Nil: no value.
}

// Writes what is inside the map: its fields and the entries that its tables
// list, up to `capacity`. Returns how many there are, or -1 if this version of
// Go has another map, or one that is not known. REQUIRES: no operation is in
// progress.
//
//export MortsafeGoState
func MortsafeGoState(handle C.uintptr_t, fields *C.MortsafeGoFields, entries *C.MortsafeGoEntry, capacity C.size_t) C.int64_t {
	inside, ok := lookInside(mapOf(handle))
	if !ok {
		return -1
	}
	fields.amended = flag(inside.amended)
	fields.has_dirty = flag(inside.hasDirty)
	fields.misses = C.uint64_t(inside.misses)
	written := unsafe.Slice(entries, int(capacity))
	for i, each := range inside.listed {
		if i == len(written) {
			break
		}
		written[i] = C.MortsafeGoEntry{
			key:      C.uint64_t(each.key),
			entry:    C.uint64_t(uintptr(each.address)),
			in_dirty: flag(each.inDirty),
			pointer:  C.kMortsafeGoNil,
		}
		if each.expunged {
			written[i].pointer = C.kMortsafeGoExpunged
		} else if each.value != nil {
			written[i].pointer = C.kMortsafeGoValue
			written[i].value = C.uint64_t(*each.value)
		}
	}
	return C.int64_t(len(inside.listed))
}

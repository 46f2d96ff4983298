// A C shared library around Go's own sync.Map, with 64-bit integers as keys and
// values: maps/go_sync_map.h calls it.
//
// A map is known to C by a handle. Operations that older versions of Go lack
// are in files of their own, which those versions do not compile.
package main

/*
#include "types.h"

static inline int32_t mortsafe_go_visit(MortsafeGoVisit visit, void* context,
                                        uint64_t key, uint64_t value) {
  return visit(context, key, value);
}
*/
import "C"

import (
	"runtime"
	"runtime/cgo"
	"sync"
	"unsafe"
)

func main() {}

func mapOf(handle C.uintptr_t) *sync.Map {
	return cgo.Handle(handle).Value().(*sync.Map)
}

// Writes a result that may be absent, and says whether it is there.
func put(value any, ok bool, result *C.uint64_t) C.int32_t {
	if !ok {
		return 0
	}
	*result = C.uint64_t(value.(uint64))
	return 1
}

func flag(ok bool) C.int32_t {
	if ok {
		return 1
	}
	return 0
}

// Writes the version of Go that this was built with, cut to `size` bytes.
//
//export MortsafeGoVersion
func MortsafeGoVersion(text *C.char, size C.size_t) {
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(text)), int(size))
	bytes[copy(bytes[:len(bytes)-1], runtime.Version())] = 0
}

//export MortsafeGoNew
func MortsafeGoNew() C.uintptr_t {
	return C.uintptr_t(cgo.NewHandle(new(sync.Map)))
}

//export MortsafeGoFree
func MortsafeGoFree(handle C.uintptr_t) {
	cgo.Handle(handle).Delete()
}

//export MortsafeGoLoad
func MortsafeGoLoad(handle C.uintptr_t, key C.uint64_t, result *C.uint64_t) C.int32_t {
	value, ok := mapOf(handle).Load(uint64(key))
	return put(value, ok, result)
}

//export MortsafeGoStore
func MortsafeGoStore(handle C.uintptr_t, key, value C.uint64_t) {
	mapOf(handle).Store(uint64(key), uint64(value))
}

// Writes the actual value, and says whether it was loaded.
//
//export MortsafeGoLoadOrStore
func MortsafeGoLoadOrStore(handle C.uintptr_t, key, value C.uint64_t, result *C.uint64_t) C.int32_t {
	actual, loaded := mapOf(handle).LoadOrStore(uint64(key), uint64(value))
	put(actual, true, result)
	return flag(loaded)
}

//export MortsafeGoLoadAndDelete
func MortsafeGoLoadAndDelete(handle C.uintptr_t, key C.uint64_t, result *C.uint64_t) C.int32_t {
	value, ok := mapOf(handle).LoadAndDelete(uint64(key))
	return put(value, ok, result)
}

//export MortsafeGoDelete
func MortsafeGoDelete(handle C.uintptr_t, key C.uint64_t) {
	mapOf(handle).Delete(uint64(key))
}

// Calls visit(context, key, value) while Go's own Range runs, until it returns 0.
//
//export MortsafeGoRange
func MortsafeGoRange(handle C.uintptr_t, visit C.MortsafeGoVisit, context unsafe.Pointer) {
	mapOf(handle).Range(func(key, value any) bool {
		return C.mortsafe_go_visit(visit, context, C.uint64_t(key.(uint64)),
			C.uint64_t(value.(uint64))) != 0
	})
}

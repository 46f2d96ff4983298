//go:build go1.20

package main

// #include <stdint.h>
import "C"

//export MortsafeGoSwap
func MortsafeGoSwap(handle C.uintptr_t, key, value C.uint64_t, result *C.uint64_t) C.int32_t {
	previous, ok := mapOf(handle).Swap(uint64(key), uint64(value))
	return put(previous, ok, result)
}

//export MortsafeGoCompareAndSwap
func MortsafeGoCompareAndSwap(handle C.uintptr_t, key, oldValue, newValue C.uint64_t) C.int32_t {
	return flag(mapOf(handle).CompareAndSwap(uint64(key), uint64(oldValue), uint64(newValue)))
}

//export MortsafeGoCompareAndDelete
func MortsafeGoCompareAndDelete(handle C.uintptr_t, key, oldValue C.uint64_t) C.int32_t {
	return flag(mapOf(handle).CompareAndDelete(uint64(key), uint64(oldValue)))
}

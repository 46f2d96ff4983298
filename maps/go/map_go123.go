//go:build go1.23

package main

// #include <stdint.h>
import "C"

//export MortsafeGoClear
func MortsafeGoClear(handle C.uintptr_t) {
	mapOf(handle).Clear()
}

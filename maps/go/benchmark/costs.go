package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

const (
	fewKeys   = 1024
	allKeys   = 1_000_000
	allCalls  = 2_000_000 // Of all threads.
	allStarts = 2_000
)

// The process' resident size in bytes.
func residentBytes() float64 {
	var all, resident float64
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		fail(err.Error())
	}
	if _, err := fmt.Sscan(string(text), &all, &resident); err != nil {
		fail(err.Error())
	}
	return resident * float64(os.Getpagesize())
}

// Threads call call(n) for each n below `calls`.
func onThreads(calls int, call func(n int)) {
	var running sync.WaitGroup
	for thread := 0; thread < threads; thread++ {
		running.Add(1)
		go func(first int) {
			defer running.Done()
			for n := first; n < calls; n += threads {
				call(n)
			}
		}(thread)
	}
	running.Wait()
}

func overwrite(m *sync.Map, calls int) {
	onThreads(calls, func(n int) { m.Store(n*7%fewKeys, n) })
}

func fill(keys int) *sync.Map {
	m := new(sync.Map)
	for key := 0; key < keys; key++ {
		m.Store(key, key)
	}
	for key := 0; key < 2*keys; key++ {
		m.Load(key % keys)
	}
	return m
}

var kept *sync.Map // What is measured is not collected.

// What `measure` of maps_costs.cc is for the real sync.Map, with a parts-th of the
// work.
func cost(measure string, parts int) float64 {
	calls, keys, starts := allCalls/parts, allKeys/parts, allStarts/parts
	start := time.Now()
	switch measure {
	case "start-up":
		for i := 0; i < starts; i++ {
			kept = new(sync.Map)
			kept.Store(1, 1)
		}
		return float64(time.Since(start).Nanoseconds()) / float64(starts)
	case "writes":
		kept = fill(fewKeys)
		start = time.Now()
		overwrite(kept, calls)
		return float64(calls) / time.Since(start).Seconds()
	case "reads":
		kept = fill(fewKeys)
		start = time.Now()
		onThreads(calls, func(n int) { kept.Load(n * 7 % fewKeys) })
		return float64(calls) / time.Since(start).Seconds()
	case "memory":
		before := residentBytes()
		kept = fill(keys)
		return (residentBytes() - before) / float64(keys)
	case "garbage":
		kept = fill(fewKeys)
		overwrite(kept, fewKeys)
		before := residentBytes()
		overwrite(kept, calls)
		return (residentBytes() - before) / float64(calls)
	}
	fail("expected start-up, writes, reads, memory or garbage")
	return 0
}

// The number that `text` is.
func partsOf(text string) int {
	parts, err := strconv.Atoi(text)
	if err != nil || parts < 1 || parts > allStarts {
		fail(fmt.Sprintf("expected a number of parts from 1 to %d, found %q", allStarts, text))
	}
	return parts
}

package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

const (
	fewKeys    = 1024
	manyKeys   = 1_000_000
	overwrites = 2_000_000 // Of all threads.
	starts     = 2_000
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

func overwrite(m *sync.Map) {
	var running sync.WaitGroup
	for thread := 0; thread < threads; thread++ {
		running.Add(1)
		go func(first int) {
			defer running.Done()
			for n := first; n < overwrites; n += threads {
				m.Store(n*7%fewKeys, n)
			}
		}(thread)
	}
	running.Wait()
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

// What `measure` of maps_costs.cc is for the real sync.Map.
func cost(measure string) float64 {
	start := time.Now()
	switch measure {
	case "start-up":
		for i := 0; i < starts; i++ {
			kept = new(sync.Map)
			kept.Store(1, 1)
		}
		return float64(time.Since(start).Nanoseconds()) / starts
	case "writes":
		kept = fill(fewKeys)
		start = time.Now()
		overwrite(kept)
		return overwrites / time.Since(start).Seconds()
	case "memory":
		before := residentBytes()
		kept = fill(manyKeys)
		return (residentBytes() - before) / manyKeys
	case "garbage":
		kept = fill(fewKeys)
		before := residentBytes()
		overwrite(kept)
		return (residentBytes() - before) / overwrites
	}
	fail("expected start-up, writes, memory or garbage")
	return 0
}

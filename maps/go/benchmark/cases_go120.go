//go:build go1.20

package main

import "sync"

func init() {
	cases = append(cases,
		simple("SwapCollision", collision, func(m *sync.Map, i int) { m.Swap(0, 0) }),
		swaps("SwapMostlyHits", 1023, 1),
		swaps("SwapMostlyMisses", 1, 1023),
		simple("CompareAndSwapCollision", collision, func(m *sync.Map, i int) {
			if m.CompareAndSwap(0, 0, 42) {
				m.CompareAndSwap(0, 42, 0)
			}
		}),
		simple("CompareAndSwapNoExistingKey", empty, func(m *sync.Map, i int) {
			m.CompareAndSwap(i, 0, 0)
		}),
		simple("CompareAndSwapValueNotEqual", collision, func(m *sync.Map, i int) {
			m.CompareAndSwap(0, 1, 2)
		}),
		compareAndSwaps("CompareAndSwapMostlyHits", 1023, 1),
		compareAndSwaps("CompareAndSwapMostlyMisses", 1, 1023),
		simple("CompareAndDeleteCollision", collision, func(m *sync.Map, i int) {
			if m.CompareAndDelete(0, 0) {
				m.Store(0, 0)
			}
		}),
		compareAndDeletes("CompareAndDeleteMostlyHits", 1023, 1),
		compareAndDeletes("CompareAndDeleteMostlyMisses", 1, 1023),
	)
}

func swaps(name string, hits, misses int) mapCase {
	return simple(name, filled(hits), func(m *sync.Map, i int) {
		key := keyOf(i, hits, misses)
		m.Swap(key, i)
		if i%(hits+misses) >= hits {
			m.Delete(key)
		}
	})
}

func compareAndSwaps(name string, hits, misses int) mapCase {
	return simple(name, filled(hits), func(m *sync.Map, i int) {
		key := keyOf(i, hits, misses)
		m.CompareAndSwap(key, key, key)
	})
}

func compareAndDeletes(name string, hits, misses int) mapCase {
	return simple(name, filled(hits), func(m *sync.Map, i int) {
		key := keyOf(i, hits, misses)
		if m.CompareAndDelete(key, key) {
			m.Store(key, key)
		}
	})
}

package main

import (
	"math/rand"
	"runtime"
	"sync"
	"sync/atomic"
)

// Loads of each reader in a round, as the article has it.
const articleLoads = 1000

// The article's recipe, on a new map each round: a key that the read table
// holds, Delete by one goroutine, Loads in a loop by the others. A Load that
// began after the Delete had returned must not show the key: nobody stores it
// again.
func article(t *trial, random *rand.Rand) uint64 {
	const key = 0
	m := t.create()
	m.Store(key, uint64(1))
	m.Load(key) // Misses, and so promotes the only key to the read table.
	var reading, loads atomic.Uint64
	var deleted atomic.Bool
	var readers sync.WaitGroup
	for reader := 1; reader < t.threads; reader++ {
		readers.Add(1)
		go func() {
			defer readers.Done()
			loads.Add(readDeleted(t, m, key, &deleted, &reading))
		}()
	}
	for reading.Load() < uint64(t.threads-1) {
		runtime.Gosched()
	}
	for wait := random.Intn(articleLoads); wait > 0; wait-- {
		deleted.Load()
	}
	m.Delete(key)
	deleted.Store(true)
	readers.Wait()
	return loads.Load() + 3
}

// A reader's loop, which goes on until one Load began after the Delete. Returns
// how many Loads there were.
func readDeleted(t *trial, m testedMap, key any, deleted *atomic.Bool, reading *atomic.Uint64) uint64 {
	loads := uint64(0)
	for looked := false; loads < articleLoads || !looked; loads++ {
		isDeleted := deleted.Load()
		if value, ok := m.Load(key); ok && isDeleted {
			t.found.add(staleAfterDelete,
				"Load(%v) returned %v, although Delete(%v) had returned before that Load began "+
					"and nobody stored the key again", key, value, key)
		}
		if looked = isDeleted; loads == 0 {
			reading.Add(1)
		}
		if !looked && loads >= articleLoads {
			runtime.Gosched()
		}
	}
	return loads
}

// What the operations of the real sync.Map cost, by the cases of
// maps/maps_benchmark.cc, and what it costs beside, as maps/maps_costs.cc has it.
//
//	go_maps_benchmark cases SECONDS           a line for each case: its name and
//	                                          the nanoseconds that a call takes
//	go_maps_benchmark costs MEASURE [PARTS]   one number: start-up, writes, reads,
//	                                          memory or garbage; with PARTS, of a
//	                                          PARTS-th of the work
//	go_maps_benchmark version                 which Go this is
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// Threads that work at once, as in maps_benchmark.cc.
const threads = 2

// A case: what is done once, before, and what a call of a number does. Each
// thread has calls of its own, made by `calls`.
type mapCase struct {
	name  string
	setUp func(m *sync.Map)
	calls func(m *sync.Map) func(i int)
}

// A case whose threads keep nothing.
func simple(name string, setUp func(*sync.Map), call func(m *sync.Map, i int)) mapCase {
	return mapCase{name, setUp, func(m *sync.Map) func(int) {
		return func(i int) { call(m, i) }
	}}
}

func empty(*sync.Map) {}

func collision(m *sync.Map) { m.LoadOrStore(0, 0) }

// Keys 0 … keys - 1, each as its own value, where the map finds them fastest.
func filled(keys int) func(*sync.Map) {
	return func(m *sync.Map) {
		for i := 0; i < keys; i++ {
			m.LoadOrStore(i, i)
		}
		for i := 0; i < 2*keys; i++ {
			m.Load(i % keys)
		}
	}
}

// The key of a call: one of `hits` that are there, or a new one.
func keyOf(i, hits, misses int) int {
	if i%(hits+misses) < hits {
		return i % (hits + misses)
	}
	return i
}

// All that the version of Go has; cases_go120.go and cases_go123.go add theirs.
var cases = []mapCase{
	loads("LoadMostlyHits", 1023, 1),
	loads("LoadMostlyMisses", 1, 1023),
	simple("LoadOrStoreBalanced", filled(128), func(m *sync.Map, i int) {
		m.LoadOrStore(keyOf(i, 128, 128), i)
	}),
	simple("LoadOrStoreUnique", empty, func(m *sync.Map, i int) { m.LoadOrStore(i, i) }),
	simple("LoadOrStoreCollision", collision, func(m *sync.Map, i int) { m.LoadOrStore(0, 0) }),
	simple("LoadAndDeleteBalanced", filled(128), func(m *sync.Map, i int) {
		m.LoadAndDelete(keyOf(i, 128, 128))
	}),
	simple("LoadAndDeleteUnique", empty, func(m *sync.Map, i int) { m.LoadAndDelete(i) }),
	simple("LoadAndDeleteCollision", collision, func(m *sync.Map, i int) {
		if _, loaded := m.LoadAndDelete(0); loaded {
			m.Store(0, 0)
		}
	}),
	simple("Range", filled(1024), func(m *sync.Map, i int) {
		sum := 0
		m.Range(func(_, value any) bool {
			sum += value.(int)
			return true
		})
	}),
	simple("DeleteCollision", collision, func(m *sync.Map, i int) { m.Delete(0) }),
	{"AdversarialAlloc", empty, adversarialAlloc},
	simple("AdversarialDelete", filled(1024), adversarialDelete),
}

func loads(name string, hits, misses int) mapCase {
	return simple(name, filled(hits), func(m *sync.Map, i int) { m.Load(i % (hits + misses)) })
}

// Stores a new key just after the misses have promoted the last one.
func adversarialAlloc(m *sync.Map) func(int) {
	stores, loadsSinceStore := 0, 0
	return func(i int) {
		m.Load(i)
		if loadsSinceStore++; loadsSinceStore > stores {
			m.LoadOrStore(i, stores)
			loadsSinceStore = 0
			stores++
		}
	}
}

// Deletes some key and adds another, every 1,024 calls.
func adversarialDelete(m *sync.Map, i int) {
	m.Load(i)
	if i%1024 == 0 {
		m.Range(func(key, _ any) bool {
			m.Delete(key)
			return false
		})
		m.Store(i, i)
	}
}

func measure(c mapCase) float64 {
	result := testing.Benchmark(func(b *testing.B) {
		m := new(sync.Map)
		c.setUp(m)
		b.ResetTimer()
		var number int64
		b.RunParallel(func(pb *testing.PB) {
			i := int(atomic.AddInt64(&number, 1)-1) * b.N
			for call := c.calls(m); pb.Next(); i++ {
				call(i)
			}
		})
	})
	return float64(result.T.Nanoseconds()) / float64(result.N)
}

func fail(text string) {
	fmt.Fprintln(os.Stderr, "go_maps_benchmark:", text)
	os.Exit(2)
}

func main() {
	runtime.GOMAXPROCS(threads)
	switch {
	case len(os.Args) == 2 && os.Args[1] == "version":
		fmt.Println(runtime.Version())
	case len(os.Args) == 3 && os.Args[1] == "cases":
		testing.Init()
		if err := flag.Set("test.benchtime", os.Args[2]+"s"); err != nil {
			fail(err.Error())
		}
		for _, c := range cases {
			fmt.Printf("%s %.4g\n", c.name, measure(c))
		}
	case len(os.Args) == 3 && os.Args[1] == "costs":
		fmt.Println(cost(os.Args[2], 1))
	case len(os.Args) == 4 && os.Args[1] == "costs":
		fmt.Println(cost(os.Args[2], partsOf(os.Args[3])))
	default:
		fail("expected cases SECONDS, costs MEASURE [PARTS] or version")
	}
}

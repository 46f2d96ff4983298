// Programs that use one of Go's own maps in several goroutines without a lock:
// what catches that, and how often (scripts/trial/go_programs.py).
//
//	go_unlocked PROGRAM [SEED]
//	go_unlocked version         which Go this is
//
// In each, nothing orders two uses of the map, one of which is a write. Whoever
// catches it ends the process and says so on standard error: Go's run time with
// "fatal error: concurrent map …", Go's race detector with "WARNING: DATA RACE".
// Exit status 0: it was not caught; 2: bad usage, too.
package main

import (
	"fmt"
	"math/rand"
	"os"
	"runtime"
	"strconv"
	"sync"
)

type table map[int]int

var programs = map[string]func(random *rand.Rand){
	"busy":        busy,
	"seldom":      seldom,
	"by accident": byAccident,
}

// Runs all parts at once, each on a goroutine of its own, and waits for them.
func together(parts ...func()) {
	var running sync.WaitGroup
	for _, part := range parts {
		running.Add(1)
		go func(part func()) {
			defer running.Done()
			part()
		}(part)
	}
	running.Wait()
}

// Two goroutines write all the time.
func busy(*rand.Rand) {
	m := table{}
	writes := func() {
		for i := 0; i < 1_000_000; i++ {
			m[i%64] = i
		}
	}
	together(writes, writes)
}

// Two goroutines write once each; one has something else to do before.
func seldom(random *rand.Rand) {
	m := table{}
	together(
		func() { m[1] = 1 },
		func() { m[2] = compute(random) })
}

// As seldom; and both use a lock, for something else: whether that orders their
// writes is up to who comes first.
func byAccident(random *rand.Rand) {
	m := table{}
	var lock sync.Mutex
	calls := 0
	count := func() {
		lock.Lock()
		calls++
		lock.Unlock()
	}
	together(
		func() { m[1] = 1; count() },
		func() { result := compute(random); count(); m[2] = result })
}

// Some milliseconds of work.
func compute(random *rand.Rand) int {
	result := 0
	for i := 2_000_000 + random.Intn(2_000_000); i > 0; i-- {
		result = result*31 + i
	}
	return result
}

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 {
		fail("expected PROGRAM [SEED]")
	}
	if os.Args[1] == "version" {
		fmt.Println(runtime.Version())
		return
	}
	program := programs[os.Args[1]]
	if program == nil {
		fail("expected busy, seldom, 'by accident' or version, found '" + os.Args[1] + "'")
	}
	seed := int64(1)
	if len(os.Args) == 3 {
		var err error
		if seed, err = strconv.ParseInt(os.Args[2], 10, 64); err != nil {
			fail("SEED: expected a whole number, found '" + os.Args[2] + "'")
		}
	}
	program(rand.New(rand.NewSource(seed)))
}

func fail(text string) {
	fmt.Fprintln(os.Stderr, "go_unlocked:", text)
	os.Exit(2)
}

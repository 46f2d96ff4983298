package main

import (
	"math/rand"
	"runtime"
	"sync"
	"sync/atomic"
)

// How our recipes differ.
type workload struct {
	// New keys all the time, which amend the read table, and misses and Ranges
	// that promote what they were added to: again and again.
	freshKeys bool
	// Between operations the goroutine may give up its processor.
	yields bool
}

const (
	hotKeys    = 4 // Of each oracle.
	callsRound = 20_000
	// Fresh keys of a worker that are in the map at once.
	freshAlive = 8
	firstFresh = 1 << 20
)

// One map, from empty to the reckoning. Its keys: hotKeys with owners, hotKeys
// that all fight for, and fresh ones.
type round struct {
	*trial
	workload
	m      testedMap
	owned  [hotKeys]ownedKey
	issued []atomic.Uint64 // Values that each worker may have stored.
	// Fresh keys that are or were there, for others to take; 0: none yet.
	recent [32]atomic.Uint64
}

func (kind workload) run(t *trial, random *rand.Rand) uint64 {
	r := &round{trial: t, workload: kind, m: t.create(), issued: make([]atomic.Uint64, t.threads)}
	workers := make([]*worker, t.threads)
	ledgers := make([]*ledger, t.threads)
	var running sync.WaitGroup
	for i := range workers {
		workers[i] = &worker{round: r, number: i, seen: make(sightings, hotKeys),
			random: rand.New(rand.NewSource(random.Int63()))}
		ledgers[i] = &workers[i].ledger
		running.Add(1)
		go func(w *worker) {
			defer running.Done()
			w.work()
		}(workers[i])
	}
	running.Wait()
	calls := uint64(0)
	for _, w := range workers {
		calls += w.calls
	}
	return calls + r.reckon(ledgers)
}

// When all is quiet: what Range shows is what can be taken, once.
func (r *round) reckon(ledgers []*ledger) uint64 {
	left := r.withoutOwner()
	calls := uint64(2)
	balance(ledgers, left, r.found)
	drained := &ledger{entered: left}
	for key := hotKeys; key < 2*hotKeys; key++ {
		// The second finds nothing.
		for i := 0; i < 2; i++ {
			calls++
			if value, ok := r.m.LoadAndDelete(key); ok {
				drained.taken = append(drained.taken, value.(uint64))
			}
		}
	}
	balance([]*ledger{drained}, r.withoutOwner(), r.found)
	return calls
}

// The values that Range shows under keys without an owner.
func (r *round) withoutOwner() (values []uint64) {
	r.m.Range(func(key, value any) bool {
		if key.(int) >= hotKeys {
			values = append(values, value.(uint64))
		}
		return true
	})
	return values
}

// One goroutine of a round.
type worker struct {
	*round
	ledger
	number int
	random *rand.Rand
	seen   sightings
	stored uint64 // Values of this worker.
	fresh  []int  // Its fresh keys, the oldest first.
	calls  uint64
}

func (w *worker) work() {
	for w.calls < callsRound {
		w.step()
		if w.yields && w.random.Intn(3) == 0 {
			runtime.Gosched()
		}
	}
}

func (w *worker) step() {
	choice := w.random.Intn(100)
	switch {
	case choice < 30:
		w.read(w.random.Intn(hotKeys))
	case choice < 55:
		w.change()
	case choice < 75 || !w.freshKeys:
		w.fight(hotKeys + w.random.Intn(hotKeys))
	case choice < 90:
		w.addFresh()
	case choice < 99:
		w.takeFresh()
	default:
		w.rangeOverAll()
	}
}

// Any worker reads a key that has an owner.
func (w *worker) read(key int) {
	done := w.seen.oldest(key, w.owned[key].done.Load())
	value, ok := w.m.Load(key)
	w.calls++
	w.check("Load", key, done, value, ok)
}

func (w *worker) check(call string, key int, done uint64, value any, ok bool) {
	begun := w.owned[key].begun.Load()
	if wrong := judge(done, begun, value, ok); wrong != "" {
		w.found.add(wrong, "%s of key %d returned %v, %t, although change %d of the key was over "+
			"before, and no later one than %d had begun", call, key, value, ok, done, begun)
		return
	}
	w.seen.note(key, done, value, ok)
}

// The owner of a key changes it, sees what was there before where the call says
// so, and sees its own change at once.
func (w *worker) change() {
	key := w.number
	if w.number >= hotKeys { // There are not enough keys for all.
		w.read(w.random.Intn(hotKeys))
		return
	}
	if more := (hotKeys - 1 - w.number) / w.threads; more > 0 {
		key += w.threads * w.random.Intn(more+1)
	}
	state := &w.owned[key]
	before := state.done.Load()
	change := before + 1
	state.begun.Store(change)
	value, ok, tells, call := w.perform(key, change)
	w.calls++
	if tells {
		if wrong := judge(before, before, value, ok); wrong != "" {
			w.found.add(wrong, "%s of key %d found %v, %t, although its owner alone changes it and "+
				"had last made change %d", call, key, value, ok, before)
		}
	}
	state.done.Store(change)
	w.read(key)
}

// Makes a change. Says what was there before, where the call `tells`.
func (w *worker) perform(key int, change uint64) (value any, ok, tells bool, call string) {
	other := w.random.Intn(2) == 0
	swaps, hasSwap := w.m.(swapper)
	switch {
	case isDeletion(change) && other:
		value, ok = w.m.LoadAndDelete(key)
		return value, ok, true, "LoadAndDelete"
	case isDeletion(change):
		w.m.Delete(key)
	case isDeletion(change-1) && other:
		if value, ok = w.m.LoadOrStore(key, change); !ok {
			value = nil
		}
		return value, ok, true, "LoadOrStore"
	case hasSwap && other:
		value, ok = swaps.Swap(key, change)
		return value, ok, true, "Swap"
	default:
		w.m.Store(key, change)
	}
	return nil, false, false, ""
}

func (w *worker) newValue() uint64 {
	w.stored++
	w.issued[w.number].Store(w.stored)
	return valueOf(w.number, w.stored)
}

// What is seen under a key without an owner has been stored by somebody.
func (w *worker) checkIssued(key int, value any) {
	number, is := value.(uint64)
	if is {
		writer, count := writerOf(number)
		is = writer >= 0 && writer < w.threads && count > 0 && count <= w.issued[writer].Load()
	}
	if !is {
		w.found.add(fromNowhere, "key %d showed %v, which nobody had stored", key, value)
	}
}

// All workers put values under a key and take them from it.
func (w *worker) fight(key int) {
	w.calls++
	swaps, hasSwap := w.m.(swapper)
	switch choice := w.random.Intn(8); {
	case choice < 1:
		if value, ok := w.m.Load(key); ok {
			w.checkIssued(key, value)
		}
	case choice < 4:
		w.take(w.m.LoadAndDelete(key))
	case hasSwap && choice < 6:
		value := w.newValue()
		w.entered = append(w.entered, value)
		w.take(swaps.Swap(key, value))
	default:
		value := w.newValue()
		if actual, loaded := w.m.LoadOrStore(key, value); loaded {
			w.checkIssued(key, actual)
		} else {
			w.entered = append(w.entered, value)
		}
	}
}

func (w *worker) take(value any, ok bool) {
	if ok {
		w.taken = append(w.taken, value.(uint64))
	}
}

// A key that never was in the map, and that nobody else knows before a Load has
// shown it, as it must.
func (w *worker) addFresh() {
	value := w.newValue()
	key := firstFresh + (w.number<<32 | int(w.stored))
	w.entered = append(w.entered, value)
	w.m.Store(key, value)
	if seen, ok := w.m.Load(key); !ok {
		w.found.add(falseAbsence, "Load did not find key %d, which had just been stored for the first time", key)
	} else if seen != any(value) {
		w.found.add(fromNowhere, "Load of key %d returned %v; only %d was ever stored there", key, seen, value)
	}
	w.recent[w.random.Intn(len(w.recent))].Store(uint64(key))
	w.fresh = append(w.fresh, key)
	w.calls += 2
	if len(w.fresh) > freshAlive {
		oldest := w.fresh[0]
		w.fresh = w.fresh[1:]
		w.calls++
		w.take(w.m.LoadAndDelete(oldest))
	}
}

// Takes a fresh key, of whomever, and sees to it that it is gone.
func (w *worker) takeFresh() {
	key := int(w.recent[w.random.Intn(len(w.recent))].Load())
	if key == 0 {
		w.read(w.random.Intn(hotKeys))
		return
	}
	w.take(w.m.LoadAndDelete(key))
	w.calls += 2
	if value, ok := w.m.Load(key); ok {
		w.found.add(staleAfterDelete, "Load(%d) returned %v, although LoadAndDelete had returned before, "+
			"and nobody stores the key again", key, value)
	}
}

// Range promotes, and shows each key once, as it was at some time meanwhile.
func (w *worker) rangeOverAll() {
	var done [hotKeys]uint64
	for key := range done {
		done[key] = w.seen.oldest(key, w.owned[key].done.Load())
	}
	shown := map[int]any{}
	w.m.Range(func(key, value any) bool {
		if _, again := shown[key.(int)]; again {
			w.found.add(duplicatedRange, "Range showed key %v twice", key)
		}
		shown[key.(int)] = value
		return true
	})
	w.calls++
	for key := range done {
		value, ok := shown[key]
		w.check("Range", key, done[key], value, ok)
	}
}

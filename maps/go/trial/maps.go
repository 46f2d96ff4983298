package main

import "sync"

// What a recipe calls. A map that is a swapper, too, has its Swap called as well:
// sync.Map since Go 1.20.
type testedMap interface {
	Load(key any) (any, bool)
	Store(key, value any)
	LoadOrStore(key, value any) (any, bool)
	LoadAndDelete(key any) (any, bool)
	Delete(key any)
	Range(visit func(key, value any) bool)
}

type swapper interface {
	Swap(key, value any) (previous any, loaded bool)
}

// The maps by name: the real one, one with a lock, and maps that are wrong each
// time, so that whoever looks for such an answer finds it in every run.
var maps = map[string]func() testedMap{
	"sync.Map":    func() testedMap { return new(sync.Map) },
	"locked":      func() testedMap { return newLocked() },
	"late-delete": func() testedMap { return &lateDelete{newRemembers()} },
	"old-value":   func() testedMap { return &oldValue{*newLocked(), map[any]any{}} },
	"made-up":     func() testedMap { return &madeUp{*newLocked()} },
	"lost-store":  func() testedMap { return &lostStores{*newLocked()} },
	"double-take": func() testedMap { return &doubleTakes{newRemembers()} },
	"twice":       func() testedMap { return &twice{*newLocked()} },
}

// A map as it should be.
type locked struct {
	lock  *sync.Mutex
	table map[any]any
}

func newLocked() *locked { return &locked{new(sync.Mutex), map[any]any{}} }

func (m *locked) Load(key any) (any, bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	value, ok := m.table[key]
	return value, ok
}

func (m *locked) Store(key, value any) { m.Swap(key, value) }

func (m *locked) Swap(key, value any) (any, bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	previous, loaded := m.table[key]
	m.table[key] = value
	return previous, loaded
}

func (m *locked) LoadOrStore(key, value any) (any, bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if old, ok := m.table[key]; ok {
		return old, true
	}
	m.table[key] = value
	return value, false
}

func (m *locked) LoadAndDelete(key any) (any, bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	value, ok := m.table[key]
	delete(m.table, key)
	return value, ok
}

func (m *locked) Delete(key any) { m.LoadAndDelete(key) }

func (m *locked) Range(visit func(key, value any) bool) {
	m.lock.Lock()
	copied := make(map[any]any, len(m.table))
	for key, value := range m.table {
		copied[key] = value
	}
	m.lock.Unlock()
	for key, value := range copied {
		if !visit(key, value) {
			return
		}
	}
}

// Remembers what was taken from each key, or deleted by what calls LoadAndDelete.
type remembers struct {
	locked
	taken map[any]any
}

func newRemembers() remembers { return remembers{*newLocked(), map[any]any{}} }

func (m *remembers) LoadAndDelete(key any) (any, bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	value, ok := m.table[key]
	if ok {
		m.taken[key] = value
	}
	delete(m.table, key)
	return value, ok
}

// What was last taken from the key, if anything was.
func (m *remembers) lastTaken(key any) (any, bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	value, ok := m.taken[key]
	return value, ok
}

// Load shows what was deleted until the key is stored again.
type lateDelete struct{ remembers }

func (m *lateDelete) Load(key any) (any, bool) {
	if value, ok := m.locked.Load(key); ok {
		return value, true
	}
	return m.lastTaken(key)
}

func (m *lateDelete) Delete(key any) { m.LoadAndDelete(key) }

// Load shows what was there before the latest overwrite.
type oldValue struct {
	locked
	old map[any]any
}

func (m *oldValue) Store(key, value any) { m.Swap(key, value) }

func (m *oldValue) Swap(key, value any) (any, bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	previous, loaded := m.table[key]
	if loaded {
		m.old[key] = previous
	} else {
		delete(m.old, key)
	}
	m.table[key] = value
	return previous, loaded
}

func (m *oldValue) Load(key any) (any, bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	value, ok := m.table[key]
	if old, overwritten := m.old[key]; ok && overwritten {
		return old, true
	}
	return value, ok
}

// Load shows values that nobody stored.
type madeUp struct{ locked }

func (m *madeUp) Load(key any) (any, bool) {
	value, ok := m.locked.Load(key)
	if number, is := value.(uint64); is {
		value = number + 1<<60
	}
	return value, ok
}

// A value for a key that is absent is dropped.
type lostStores struct{ locked }

func (m *lostStores) Store(any, any)                       {}
func (m *lostStores) Swap(any, any) (any, bool)            { return nil, false }
func (m *lostStores) LoadOrStore(_, value any) (any, bool) { return value, false }

// Whoever takes from a key that is empty is given what was last taken.
type doubleTakes struct{ remembers }

func (m *doubleTakes) LoadAndDelete(key any) (any, bool) {
	if value, ok := m.remembers.LoadAndDelete(key); ok {
		return value, true
	}
	return m.lastTaken(key)
}

// Range shows each key twice.
type twice struct{ locked }

func (m *twice) Range(visit func(key, value any) bool) {
	m.locked.Range(func(key, value any) bool { return visit(key, value) && visit(key, value) })
}

//go:build !go1.24

// Up to Go 1.23 sync.Map is a read/dirty map. Its fields are private: they are
// reached by types that lie in memory as the map's own do, which is checked
// field by field before they are used.
package main

import (
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"
)

type entryLayout struct {
	p unsafe.Pointer // *any
}

type readLayout struct {
	m       map[any]*entryLayout
	amended bool
}

type fieldsOfMap struct {
	read   readLayout
	dirty  map[any]*entryLayout
	misses int
}

func lookInside(m *sync.Map) (inside insideOfMap, ok bool) {
	fields, ok := fieldsOf(m)
	mark := markOfExpunged()
	if !ok || mark == nil {
		return inside, false
	}
	inside.amended = fields.read.amended
	inside.hasDirty = fields.dirty != nil
	inside.misses = fields.misses
	inside.list(fields.read.m, false, mark)
	inside.list(fields.dirty, true, mark)
	return inside, true
}

func (inside *insideOfMap) list(table map[any]*entryLayout, inDirty bool, mark unsafe.Pointer) {
	for key, entry := range table {
		each := listedEntry{key: key.(uint64), inDirty: inDirty, address: unsafe.Pointer(entry)}
		if p := atomic.LoadPointer(&entry.p); p == mark {
			each.expunged = true
		} else if p != nil {
			value := (*(*any)(p)).(uint64)
			each.value = &value
		}
		inside.listed = append(inside.listed, each)
	}
}

func fieldsOf(m *sync.Map) (fields fieldsOfMap, ok bool) {
	t := reflect.TypeOf(m).Elem()
	read, ok1 := t.FieldByName("read")
	dirty, ok2 := t.FieldByName("dirty")
	misses, ok3 := t.FieldByName("misses")
	if !ok1 || !ok2 || !ok3 || !isTable(dirty.Type) || misses.Type.Kind() != reflect.Int {
		return fields, false
	}
	base := unsafe.Pointer(m)
	if fields.read, ok = readOf(unsafe.Add(base, read.Offset), read.Type); !ok {
		return fields, false
	}
	fields.dirty = *(*map[any]*entryLayout)(unsafe.Add(base, dirty.Offset))
	fields.misses = *(*int)(unsafe.Add(base, misses.Offset))
	return fields, true
}

// What the field `read` holds: an atomic.Value up to Go 1.19, an atomic.Pointer
// since. Both are empty before the first new key.
func readOf(at unsafe.Pointer, t reflect.Type) (read readLayout, ok bool) {
	var held unsafe.Pointer
	switch {
	case t == reflect.TypeOf(atomic.Value{}):
		value := (*atomic.Value)(at).Load()
		if value == nil {
			return read, true
		}
		if !isReadOnly(reflect.TypeOf(value)) {
			return read, false
		}
		// An interface is its type, then a pointer to what it holds.
		held = (*[2]unsafe.Pointer)(unsafe.Pointer(&value))[1]
	case pointsToReadOnly(t):
		held = atomic.LoadPointer((*unsafe.Pointer)(at))
	default:
		return read, false
	}
	if held != nil {
		read = *(*readLayout)(held)
	}
	return read, true
}

// Whether `t` is a map from any keys to pointers to entries of one pointer.
func isTable(t reflect.Type) bool {
	if t.Kind() != reflect.Map || t.Key() != reflect.TypeOf((*any)(nil)).Elem() ||
		t.Elem().Kind() != reflect.Pointer {
		return false
	}
	entry := t.Elem().Elem()
	return entry.Kind() == reflect.Struct && entry.NumField() == 1 &&
		entry.Size() == unsafe.Sizeof(entryLayout{})
}

func isReadOnly(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.NumField() == 2 &&
		t.Field(0).Name == "m" && isTable(t.Field(0).Type) &&
		t.Field(1).Name == "amended" && t.Field(1).Type.Kind() == reflect.Bool
}

// Whether `t` is atomic.Pointer of a readOnly: that type tells of its target by
// a field of no size, an array of pointers.
func pointsToReadOnly(t reflect.Type) bool {
	if t.Kind() != reflect.Struct || t.Size() != unsafe.Sizeof(uintptr(0)) {
		return false
	}
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i).Type
		if f.Kind() == reflect.Array && f.Elem().Kind() == reflect.Pointer {
			return isReadOnly(f.Elem().Elem())
		}
	}
	return false
}

var (
	findMark sync.Once
	mark     unsafe.Pointer
)

// The pointer of expunged entries, found by making one: a key that was promoted
// and deleted is expunged when the next new key comes. Nil if it was not.
func markOfExpunged() unsafe.Pointer {
	findMark.Do(func() {
		var m sync.Map
		m.Store(uint64(1), uint64(1))
		m.Range(func(any, any) bool { return true })
		m.Delete(uint64(1))
		m.Store(uint64(2), uint64(2))
		fields, ok := fieldsOf(&m)
		if !ok || fields.read.m[uint64(1)] == nil {
			return
		}
		if _, inDirty := fields.dirty[uint64(1)]; !inDirty {
			mark = fields.read.m[uint64(1)].p
		}
	})
	return mark
}

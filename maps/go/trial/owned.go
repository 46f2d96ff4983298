package main

import "sync/atomic"

// The stale-read oracle. Each of its keys is changed by one goroutine alone, its
// owner, and read by all. The owner numbers its changes 1, 2, 3, …; every fourth
// is a deletion, the others store their own number. So whoever reads knows from
// what had returned before, and what had begun after, which numbers are right.
type ownedKey struct {
	begun, done atomic.Uint64
	_           [48]byte // Keys do not share a line of the cache.
}

const deletionEvery = 4

func isDeletion(change uint64) bool { return change%deletionEvery == 0 }

func lastDeletion(change uint64) uint64 { return change - change%deletionEvery }

func nextDeletion(change uint64) uint64 {
	return lastDeletion(change + deletionEvery - 1)
}

// What is wrong about an answer, between the change `done` and the change
// `begun`; "" if nothing is.
func judge(done, begun uint64, value any, ok bool) string {
	if !ok {
		if lastDeletion(begun) < done {
			return falseAbsence
		}
		return ""
	}
	number, is := value.(uint64)
	switch {
	case !is || number > begun || isDeletion(number):
		return fromNowhere
	case number >= done:
		return ""
	case number < lastDeletion(done):
		return staleAfterDelete
	default:
		return staleAfterOverwrite
	}
}

// What a goroutine last saw of each key, than which it must see nothing older.
type sightings []uint64

func (s sightings) oldest(key int, done uint64) uint64 {
	if s[key] > done {
		return s[key]
	}
	return done
}

// Notes an answer that is right, given what had been done before.
func (s sightings) note(key int, done uint64, value any, ok bool) {
	if ok {
		s[key] = value.(uint64)
	} else {
		s[key] = nextDeletion(done)
	}
}

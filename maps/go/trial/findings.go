package main

import (
	"fmt"
	"sync"
)

// What can be wrong, in the words of harness/base/violation_kind.cc.
const (
	staleAfterDelete    = "stale-value-after-delete"
	staleAfterOverwrite = "stale-value-after-overwrite"
	fromNowhere         = "value-from-nowhere"
	falseAbsence        = "false-absence"
	lostStore           = "lost-store"
	doubleTake          = "double-take"
	duplicatedRange     = "torn-or-duplicated-range"
)

// All that was found of one kind.
type finding struct {
	Kind     string `json:"kind"`
	Count    uint64 `json:"count"`
	Sentence string `json:"sentence"` // Of the first.
}

// Findings by kind, in the order in which the kinds were first seen. Safe for
// use by several goroutines.
type findings struct {
	lock sync.Mutex
	list []finding
}

func (f *findings) add(kind, format string, arguments ...any) {
	f.lock.Lock()
	defer f.lock.Unlock()
	for i := range f.list {
		if f.list[i].Kind == kind {
			f.list[i].Count++
			return
		}
	}
	f.list = append(f.list, finding{kind, 1, fmt.Sprintf(format, arguments...)})
}

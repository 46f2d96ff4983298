//go:build go1.23

package main

import "sync"

func init() {
	cases = append(cases, simple("Clear", empty, func(m *sync.Map, i int) {
		m.Clear()
		m.Store(i%256, i%256)
	}))
}

package main

// The value-conservation oracle. No value is ever stored twice; each that enters
// the map leaves it once, or is there at the end.
//
// A value says who stores it, and how many that worker had stored by then.
func valueOf(worker int, number uint64) uint64 {
	return uint64(worker+1)<<40 | number
}

func writerOf(value uint64) (worker int, number uint64) {
	return int(value>>40) - 1, value & (1<<40 - 1)
}

// What one goroutine brought into the map and took out of it.
type ledger struct{ entered, taken []uint64 }

// Balances what all brought in and took out against what is left at the end.
func balance(ledgers []*ledger, left []uint64, found *findings) {
	const inside, outside = 1, 2
	state := map[uint64]int{}
	for _, each := range ledgers {
		for _, value := range each.entered {
			state[value] = inside
		}
	}
	for _, each := range ledgers {
		for _, value := range each.taken {
			switch state[value] {
			case inside:
				state[value] = outside
			case outside:
				found.add(doubleTake, "%d was stored once and left the map twice", value)
			default:
				found.add(fromNowhere, "%d left the map and was never stored", value)
			}
		}
	}
	for _, value := range left {
		switch state[value] {
		case inside:
			delete(state, value)
		case outside:
			found.add(doubleTake, "%d is in the map at the end, although it had left it", value)
		default:
			found.add(fromNowhere, "%d is in the map at the end, more often than it was stored", value)
		}
	}
	for value, where := range state {
		if where == inside {
			found.add(lostStore, "%d was stored, nobody took it, and it is not there at the end", value)
		}
	}
}

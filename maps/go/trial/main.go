// The trial's recipes on Go's own sync.Map, without the harness between: the
// article's, and ours.
//
//	go_trial --recipe NAME [--seconds S] [--threads N] [--seed N] [--map NAME]
//	go_trial --list
//
// Prints one JSON document: which Go this is, what was run, and what was wrong,
// by kind. --list names recipes and maps: sync.Map, and others on which what is
// right or wrong is known. --rounds N runs so many rounds in place of a time.
// Exit status: 0 nothing wrong found, 1 something, 2 bad usage.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand"
	"os"
	"runtime"
	"sort"
	"strings"
	"time"
)

const (
	nothingFound = 0
	somethingIs  = 1
	badUsage     = 2
)

// What all rounds share.
type trial struct {
	create  func() testedMap
	threads int
	found   *findings
}

// A recipe runs one round, on a new map, and says how many operations it called.
type recipe func(t *trial, random *rand.Rand) uint64

var recipes = map[string]recipe{
	"article":         article,
	"hot-keys":        workload{}.run,
	"promotion-churn": workload{freshKeys: true}.run,
	"yields":          workload{freshKeys: true, yields: true}.run,
}

type document struct {
	Go         string    `json:"go"`
	Map        string    `json:"map"`
	Recipe     string    `json:"recipe"`
	Threads    int       `json:"threads"`
	Seed       int64     `json:"seed"`
	Seconds    float64   `json:"seconds"`
	Rounds     uint64    `json:"rounds"`
	Operations uint64    `json:"operations"`
	Findings   []finding `json:"findings"`
}

type options struct {
	recipe, mapName string
	seconds         float64
	rounds          uint64
	threads         int
	seed            int64
	list            bool
}

func parse(arguments []string) (o options, err error) {
	flags := flag.NewFlagSet("go_trial", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.recipe, "recipe", "", "")
	flags.StringVar(&o.mapName, "map", "sync.Map", "")
	flags.Float64Var(&o.seconds, "seconds", 10, "")
	flags.Uint64Var(&o.rounds, "rounds", 0, "")
	flags.IntVar(&o.threads, "threads", 4, "")
	flags.Int64Var(&o.seed, "seed", 1, "")
	flags.BoolVar(&o.list, "list", false, "")
	if err = flags.Parse(arguments); err != nil || o.list {
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument '%s'", flags.Arg(0))
	case recipes[o.recipe] == nil:
		return o, fmt.Errorf("--recipe: expected one of %s, found '%s'", namesOf(recipes), o.recipe)
	case maps[o.mapName] == nil:
		return o, fmt.Errorf("--map: expected one of %s, found '%s'", namesOf(maps), o.mapName)
	case !(o.seconds > 0) || math.IsInf(o.seconds, 0):
		return o, fmt.Errorf("--seconds: expected a time above 0, found %g", o.seconds)
	case o.threads < 2 || o.threads > 64:
		return o, fmt.Errorf("--threads: expected 2 to 64, found %d", o.threads)
	}
	return o, nil
}

func namesOf[T any](table map[string]T) string {
	var names []string
	for name := range table {
		names = append(names, name)
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

// Runs rounds until the time, or their number, is over.
func hold(o options) document {
	// A thread of the system each, for the system to stop anywhere.
	runtime.GOMAXPROCS(o.threads)
	t := &trial{create: maps[o.mapName], threads: o.threads, found: &findings{list: []finding{}}}
	random := rand.New(rand.NewSource(o.seed))
	result := document{Go: runtime.Version(), Map: o.mapName, Recipe: o.recipe, Threads: o.threads, Seed: o.seed}
	start := time.Now()
	isOver := func() bool {
		if o.rounds > 0 {
			return result.Rounds >= o.rounds
		}
		return time.Since(start).Seconds() >= o.seconds
	}
	for !isOver() {
		result.Operations += recipes[o.recipe](t, random)
		result.Rounds++
	}
	result.Seconds = time.Since(start).Seconds()
	result.Findings = t.found.list
	return result
}

func run(arguments []string, out, messages io.Writer) int {
	o, err := parse(arguments)
	if err != nil {
		fmt.Fprintln(messages, "go_trial:", err)
		return badUsage
	}
	if o.list {
		fmt.Fprintf(out, "recipes: %s\nmaps: %s\n", namesOf(recipes), namesOf(maps))
		return nothingFound
	}
	result := hold(o)
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(result); err != nil {
		fmt.Fprintln(messages, "go_trial:", err)
		return badUsage
	}
	if len(result.Findings) > 0 {
		return somethingIs
	}
	return nothingFound
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

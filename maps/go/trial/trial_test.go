// The oracles acquit maps that are right, and each finds what it looks for in a
// map that is always wrong in that way.
package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// What a recipe finds in a map in two rounds, and the exit status.
func tryRecipe(t *testing.T, recipe, mapName string) (document, int) {
	t.Helper()
	var out, messages bytes.Buffer
	status := run([]string{"--recipe", recipe, "--map", mapName, "--rounds", "2"}, &out, &messages)
	var result document
	if err := json.Unmarshal(out.Bytes(), &result); err != nil {
		t.Fatalf("%s on %s printed no document: %v, %s", recipe, mapName, err, messages.String())
	}
	return result, status
}

func TestMapsThatAreRightAreAcquitted(t *testing.T) {
	for recipe := range recipes {
		for _, mapName := range []string{"sync.Map", "locked"} {
			result, status := tryRecipe(t, recipe, mapName)
			if status != nothingFound || len(result.Findings) > 0 {
				t.Errorf("%s on %s: status %d, %v", recipe, mapName, status, result.Findings)
			}
			if result.Rounds != 2 || result.Operations == 0 || !strings.HasPrefix(result.Go, "go") {
				t.Errorf("%s on %s did not say what it did: %+v", recipe, mapName, result)
			}
		}
	}
}

func TestEachOracleFindsWhatItLooksFor(t *testing.T) {
	for _, c := range []struct{ recipe, mapName, kind string }{
		{"article", "late-delete", staleAfterDelete},
		{"hot-keys", "late-delete", staleAfterDelete},
		{"promotion-churn", "late-delete", staleAfterDelete},
		{"yields", "late-delete", staleAfterDelete},
		{"hot-keys", "old-value", staleAfterOverwrite},
		{"promotion-churn", "old-value", staleAfterOverwrite},
		{"yields", "old-value", staleAfterOverwrite},
		{"hot-keys", "made-up", fromNowhere},
		{"promotion-churn", "made-up", fromNowhere},
		{"yields", "made-up", fromNowhere},
		{"hot-keys", "lost-store", falseAbsence},
		{"hot-keys", "lost-store", lostStore},
		{"promotion-churn", "lost-store", lostStore},
		{"yields", "lost-store", lostStore},
		{"hot-keys", "double-take", doubleTake},
		{"promotion-churn", "double-take", doubleTake},
		{"yields", "double-take", doubleTake},
		{"promotion-churn", "twice", duplicatedRange},
		{"yields", "twice", duplicatedRange},
	} {
		result, status := tryRecipe(t, c.recipe, c.mapName)
		if status != somethingIs {
			t.Errorf("%s on %s: status %d", c.recipe, c.mapName, status)
		}
		found := false
		for _, each := range result.Findings {
			found = found || each.Kind == c.kind && each.Count > 0 && each.Sentence != ""
		}
		if !found {
			t.Errorf("%s on %s did not find %s: %v", c.recipe, c.mapName, c.kind, result.Findings)
		}
	}
}

// Changes 1, 2 and 3 store, 4 deletes, 5 stores.
func TestAnAnswerIsJudgedByWhatWasOverAndWhatHadBegun(t *testing.T) {
	for _, c := range []struct {
		done, begun uint64
		value       any
		want        string
	}{
		{0, 0, nil, ""},
		{0, 1, nil, ""},
		{0, 1, uint64(1), ""},
		{1, 1, nil, falseAbsence},
		{1, 3, nil, falseAbsence},
		{3, 3, uint64(2), staleAfterOverwrite},
		{2, 3, uint64(2), ""},
		{2, 3, uint64(4), fromNowhere},
		{3, 4, nil, ""},
		{3, 4, uint64(3), ""},
		{4, 4, uint64(3), staleAfterDelete},
		{4, 4, uint64(4), fromNowhere},
		{4, 4, nil, ""},
		{4, 5, nil, ""},
		{5, 5, nil, falseAbsence},
		{5, 5, uint64(3), staleAfterDelete},
		{5, 5, uint64(6), fromNowhere},
		{5, 5, "text", fromNowhere},
	} {
		if got := judge(c.done, c.begun, c.value, c.value != nil); got != c.want {
			t.Errorf("after %d and before %d, %v is %q, not %q", c.done, c.begun+1, c.value, got, c.want)
		}
	}
}

func TestNothingOlderIsSeenThanBefore(t *testing.T) {
	seen := make(sightings, 1)
	seen.note(0, 1, uint64(3), true)
	if got := seen.oldest(0, 1); got != 3 {
		t.Errorf("after 3 was seen, %d may be", got)
	}
	// It was absent, so change 4 is over.
	seen.note(0, 3, nil, false)
	if got := judge(seen.oldest(0, 3), 5, uint64(3), true); got != staleAfterDelete {
		t.Errorf("3 after an absence is %q", got)
	}
}

func TestValuesAreConserved(t *testing.T) {
	for _, c := range []struct {
		name           string
		entered, taken []uint64
		left           []uint64
		want           string
	}{
		{"all is well", []uint64{1, 2}, []uint64{1}, []uint64{2}, ""},
		{"lost", []uint64{1, 2}, []uint64{1}, nil, lostStore},
		{"taken twice", []uint64{1}, []uint64{1, 1}, nil, doubleTake},
		{"taken and there", []uint64{1}, []uint64{1}, []uint64{1}, doubleTake},
		{"there twice", []uint64{1}, nil, []uint64{1, 1}, fromNowhere},
		{"made up", nil, []uint64{1}, nil, fromNowhere},
		{"there, made up", nil, nil, []uint64{1}, fromNowhere},
	} {
		found := &findings{}
		balance([]*ledger{{entered: c.entered}, {taken: c.taken}}, c.left, found)
		got := ""
		for _, each := range found.list {
			got += each.Kind
		}
		if got != c.want {
			t.Errorf("%s: found %q, not %q", c.name, got, c.want)
		}
	}
}

func TestBadUsageIsOneLineAndStatusTwo(t *testing.T) {
	for _, arguments := range [][]string{
		{},
		{"--recipe", "none"},
		{"--recipe", "article", "--map", "none"},
		{"--recipe", "article", "--seconds", "0"},
		{"--recipe", "article", "--seconds", "much"},
		{"--recipe", "article", "--seconds", "NaN"},
		{"--recipe", "article", "--threads", "1"},
		{"--recipe", "article", "more"},
		{"--unknown"},
	} {
		var out, messages bytes.Buffer
		if status := run(arguments, &out, &messages); status != badUsage {
			t.Errorf("%q: status %d", arguments, status)
		}
		text := messages.String()
		if out.Len() > 0 || strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, "\n") {
			t.Errorf("%q: printed %q and %q", arguments, out.String(), text)
		}
	}
}

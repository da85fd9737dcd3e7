package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// count is how many requests of a kind reached the store.
func (s *fakeStore) count(kind string) int {
	n := 0
	for _, a := range s.asked {
		if strings.HasPrefix(a, kind) {
			n++
		}
	}
	return n
}

// Heads are asked for the row that she rests on, one at a time, once each; going
// over a thousand rows asks for none, and coming back to a row asks nothing again.
func TestHeadsAreBounded(t *testing.T) {
	s := &fakeStore{keys: map[string][]string{"big": many(2000)}, pageMax: 1000}
	r := newRig(t, s, func(c *Config) { c.Start = s3view.Location{Bucket: "big"} }).start(120, 36, true)
	if n := s.count("HEAD"); n != 1 {
		t.Errorf("%d heads for the first screen", n)
	}
	rest := func(m tea.Msg) bool { _, ok := m.(cursorRested); return ok }
	r.hold = rest
	for range 500 {
		r.feed("down")
	}
	r.feed("pgdown", "pgup", "G", "g", "ctrl+d")
	if n := s.count("HEAD"); n != 1 {
		t.Errorf("%d heads while she only passes by", n)
	}
	r.release()
	r.feed("up", "down", "up", "down", "up", "down")
	if n := s.count("HEAD"); n != 3 {
		t.Errorf("%d heads of three rows: %q", n, s.asked)
	}
	for range headsKept + 50 {
		r.feed("down")
	}
	if n := len(r.app.side.answers); n > headsKept {
		t.Errorf("%d answers are kept", n)
	}
}

// Heads that are turned off are asked for a row at a time, with enter, and the pane
// says so; no row is marked by anything else.
func TestHeadsTurnedOff(t *testing.T) {
	off := false
	s := acme()
	r := newRig(t, s, func(c *Config) { c.Start, c.Settings.Heads = at("2026/q3/"), &off }).start(120, 36, true)
	r.feed("down", "down", "down", "up", "G", "g").sees("heads are turned off; enter asks").misses("✗")
	if n := s.count("HEAD"); n != 0 {
		t.Errorf("%d heads were asked: %q", n, s.asked)
	}
	r.feed("enter").sees("✗ forecast.parquet", "403 Forbidden")
	if r.feed("esc", "down", "enter"); s.count("HEAD") != 2 {
		t.Errorf("%d heads after two were asked for", s.count("HEAD"))
	}
	r.sees("notes.md").misses("✗ notes.md")
}

// A refused row wears its mark also when she has gone on, filtered or sorted, until it
// is asked again and answers.
func TestMarksOfRefusedRows(t *testing.T) {
	s := acme()
	s.refuse["HEAD s3://acme-reports/2026/q3/notes.md"] = 404
	r := newRig(t, s, func(c *Config) { c.Start = at("2026/q3/") }).start(120, 36, true)
	r.feed("down", "down", "down").sees("✗ forecast.parquet", "? notes.md").misses("✗ summary.csv", "? summary.csv")
	r.feed("s").sees("✗ forecast.parquet").feed("/", "'fore'", "enter").sees("✗ forecast.parquet").feed("esc", "s", "s", "s")
	delete(s.refuse, "HEAD s3://acme-reports/2026/q3/forecast.parquet")
	r.feed("g", "ctrl+r").sees("forecast.parquet", "type").misses("✗ forecast.parquet")
}

// A prefix that cannot be listed says so in place; what is typed leads to a deeper
// prefix or a key that can be read, and back.
func TestPrefixThatCannotBeListed(t *testing.T) {
	s := acme()
	s.refuse["LIST s3://acme-reports"] = 403
	r := newRig(t, s, func(c *Config) { c.Start = at("") }).start(120, 36, true)
	r.sees("403 AccessDenied", "You may not list s3://acme-reports (s3:ListBucket)", "o and a longer prefix", "w asks why")
	r.feed("o", "'/2026/q3/'", "enter").sees("summary.csv", "1/5")
	r.feed("backspace").sees("q3/").feed("backspace").sees("You may not list s3://acme-reports")
	r.feed("o", "'/readme.md'", "enter").sees("readme.md", "You may not list this prefix", "text/csv")
	r.feed("o", "ctrl+u", "'acme-reports/2026/q3/n'", "tab", "enter").sees("▌  notes.md")
}

// Somebody whose list of buckets is refused finds the buckets of before, and visits
// and bookmarks put a place there; none of it needs a listing.
func TestPlacesWhereBucketsAreDenied(t *testing.T) {
	s := acme()
	s.noList = true
	r := newRig(t, s, nil).start(120, 36, true).sees("You may not list buckets").feed("o", "'acme-reports/2026/q3/'", "enter").sees("summary.csv", "1/5")
	r.feed("b").sees("bookmarked s3://acme-reports/2026/q3/forecast.parquet").feed("backspace", "backspace", "backspace")
	r.sees("These you have", "acme-reports", "1/1")
	r.feed("B", "'fore'", "enter").sees("▌✗ forecast.parquet").feed("-").sees("These you have")
	r.feed("o", "'acme-rep'", "tab").sees("s3://acme-reports/").feed("enter").sees("readme.md")
}

// slowHeads answers heads only when it is let.
type slowHeads struct {
	*fakeStore
	under []context.Context
}

func (s *slowHeads) Head(ctx context.Context, at s3view.Location) (s3view.Head, error) {
	s.under = append(s.under, ctx)
	return s.fakeStore.Head(ctx, at)
}

// Of heads that do not come, one alone is under way at any time.
func TestOneHeadAtATime(t *testing.T) {
	s := &slowHeads{fakeStore: acme()}
	r := newRig(t, s, func(c *Config) { c.Start = at("2026/q3/") })
	r.hold = func(m tea.Msg) bool { _, ok := m.(tabLoaded); return ok }
	r.start(120, 36, true).feed("down", "down", "down", "up", "G", "g", "down")
	alive := slices.DeleteFunc(slices.Clone(s.under), func(ctx context.Context) bool { return ctx.Err() != nil })
	if len(alive) > 1 || len(s.under) < 4 {
		t.Errorf("%d of %d heads are under way", len(alive), len(s.under))
	}
	limit, bounded := alive[0].Deadline()
	if !bounded || time.Until(limit) > patience {
		t.Errorf("it may take until %v", limit)
	}
	r.sees(fmt.Sprintf("2/%d", 5))
}

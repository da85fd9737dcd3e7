package ui

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// million is a store whose one prefix holds a million keys, made as they are asked.
type million struct{ fakeStore }

const (
	millionKeys = 1_000_000
	pageOfKeys  = 1000
)

func (m *million) ListPage(_ context.Context, l s3view.Listing) (s3view.Page, error) {
	first := 0
	if l.Token != "" {
		_, _ = fmt.Sscanf(l.Token, "%d", &first)
	}
	page := s3view.Page{Entries: make([]s3view.Entry, 0, pageOfKeys)}
	for i := first; i < min(first+pageOfKeys, millionKeys); i++ {
		page.Entries = append(page.Entries, s3view.Entry{
			Key: fmt.Sprintf("event-%07d.json", i), Size: int64(i * 7919 % 100_003), Modified: dawn.Add(-time.Duration(i) * time.Second), Class: "STANDARD",
		})
	}
	if first+pageOfKeys < millionKeys {
		page.Next = fmt.Sprint(first + pageOfKeys)
	}
	return page, nil
}

func millionRig(t testing.TB) *rig {
	r := newRig(t, &million{}, func(c *Config) { c.Start = s3view.Location{Bucket: "big"} }).start(120, 36, true)
	// The pages are fed by hand, without the rounds of the spinner between them.
	store, b := &million{}, &r.app.browse
	for b.next != "" {
		page, _ := store.ListPage(context.Background(), s3view.Listing{At: b.at, Token: b.next})
		b.lens.rows.Append(page.Entries)
		b.next = page.Next
	}
	b.done = true
	b.lens.look()
	b.settle()
	return r
}

// BenchmarkKeyPress is one key press and the drawing of the screen after it, with
// a million rows loaded; the aim is under a millisecond.
func BenchmarkKeyPress(b *testing.B) {
	r := millionRig(b)
	for _, name := range []string{"down", "pgdown", "G", "home"} {
		b.Run(name, func(b *testing.B) {
			key := keyNamed(b, name)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = r.app.Update(key)
				_ = r.app.View()
			}
		})
	}
}

// BenchmarkKeyPressWhileLoading is a key press and the drawing after it between
// the news of a walk that loads a million rows; worst-ms is the slowest of all.
func BenchmarkKeyPressWhileLoading(b *testing.B) {
	var worst, all time.Duration
	presses := 0
	for b.Loop() {
		r := newRig(b, &million{}, func(c *Config) { c.Start = s3view.Location{Bucket: "big"} }).start(120, 36, true)
		store, rows := &million{}, s3view.NewRows("")
		_, t := r.app.fx.ask(&r.app.browse.page)
		for token := "0"; token != ""; {
			page, _ := store.ListPage(context.Background(), s3view.Listing{Token: token})
			rows.Append(page.Entries)
			token = page.Next
			begun := time.Now()
			_, _ = r.app.Update(walked{ticket: t, rows: rows.Snapshot(), after: page.Entries[len(page.Entries)-1].Key})
			_, _ = r.app.Update(keyNamed(b, "down"))
			_ = r.app.View()
			took := time.Since(begun)
			worst, all, presses = max(worst, took), all+took, presses+1
		}
	}
	b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
	b.ReportMetric(float64(all.Microseconds())/1000/float64(presses), "mean-ms")
}

// BenchmarkPage is the arrival of one more page of a thousand keys while a million
// are there; together with the drawing it must stay within a frame.
func BenchmarkPage(b *testing.B) {
	r := millionRig(b)
	r.app.browse.done = false
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		page := s3view.Page{Entries: make([]s3view.Entry, pageOfKeys)}
		for i := range page.Entries {
			page.Entries[i].Key = fmt.Sprintf("later-%07d-%03d.json", n, i)
		}
		_, t := r.app.fx.ask(&r.app.browse.page)
		_, _ = r.app.Update(pageLoaded{ticket: t, page: s3view.Page{Entries: page.Entries, Next: "x"}})
		_ = r.app.View()
	}
}

// BenchmarkFilterStroke is one more letter of a filter over a million rows, as she
// waits for the screen: the key press alone, then the looking through as well.
func BenchmarkFilterStroke(b *testing.B) {
	r := millionRig(b)
	b.Run("answer", func(b *testing.B) {
		for b.Loop() {
			_ = r.app.setFilter("9")
			_ = r.app.setFilter("99")
			_ = r.app.View()
		}
	})
	b.Run("two strokes, looked through", func(b *testing.B) {
		for b.Loop() {
			for _, query := range []string{"9", "99"} {
				r.do(r.app.setFilter(query))
				r.drain()
			}
			_ = r.app.View()
		}
	})
}

// BenchmarkFirstFrame is from nothing to the first screen; nothing is asked before it.
func BenchmarkFirstFrame(b *testing.B) {
	for b.Loop() {
		app := New(Config{Connect: func(context.Context, Choice) (*Connection, error) { return nil, context.Canceled }})
		_, _ = app.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
		_ = app.View()
		app.Close()
	}
}

// A key press costs the same whatever is loaded: it draws the visible rows only.
func TestKeyPressDoesNotGrowWithTheList(t *testing.T) {
	if testing.Short() {
		t.Skip("loads a million rows")
	}
	allocs := func(r *rig) float64 {
		down := keyNamed(t, "down")
		return testing.AllocsPerRun(50, func() {
			_, _ = r.app.Update(down)
			_ = r.app.View()
		})
	}
	few := newRig(t, &fakeStore{keys: map[string][]string{"big": many(900)}}, func(c *Config) { c.Start = s3view.Location{Bucket: "big"} }).start(120, 36, true)
	small, large := allocs(few), allocs(millionRig(t))
	if large > 1.2*small+20 {
		t.Errorf("a key press allocates %.0f times at a million rows and %.0f at 900", large, small)
	}
}

// A million listed keys and all around them stay under the aim of 120 MB.
func TestMillionRowsAreSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("loads a million rows")
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r := millionRig(t)
	runtime.GC()
	runtime.ReadMemStats(&after)
	// Signed, for the rest of earlier tests may be freed in between.
	if mb := float64(int64(after.HeapAlloc)-int64(before.HeapAlloc)) / 1e6; mb > 60 {
		t.Errorf("a million rows hold %.0f MB", mb)
	} else {
		t.Logf("a million rows hold %.0f MB", mb)
	}
	runtime.KeepAlive(r)
}

package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// wideStore is a store that can be walked, with small pages; ways in which
// stores differ can be switched on.
type wideStore struct {
	*fakeStore
	mu     sync.Mutex
	deaf   bool // takes no notice of StartAfter
	jumble int  // from this page on, pages are not in order; 0: never
	fail   int  // this request is refused; 0: none
	n      int
}

func (s *wideStore) ListPage(ctx context.Context, l s3view.Listing) (s3view.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	if s.n == s.fail {
		return s3view.Page{}, &s3view.Error{Op: "ListObjectsV2", Status: 403, Code: "AccessDenied", RequestID: "4Z8HQ1"}
	}
	if s.deaf {
		l.StartAfter = ""
	}
	page, err := s.fakeStore.ListPage(ctx, l)
	page.More = page.Next != ""
	if s.jumble > 0 && s.n >= s.jumble {
		slices.Reverse(page.Entries)
	}
	return page, err
}

func (s *wideStore) Walk(ctx context.Context, at s3view.Location, o s3view.WalkOptions, emit func([]s3view.Entry, s3view.WalkStats) error) (s3view.WalkStats, error) {
	return s3view.WalkPages(ctx, s.ListPage, at, o, emit)
}

// wide holds 900 objects and 100 prefixes, ten a page.
func wide() *wideStore {
	s := &wideStore{fakeStore: &fakeStore{keys: map[string][]string{"big": nil}, pageMax: 10}}
	for i := range 1000 {
		key := fmt.Sprintf("%03x-%d", i*37%1000, i)
		if i%10 == 0 {
			key += "/below"
		}
		s.keys["big"] = append(s.keys["big"], key)
	}
	slices.Sort(s.keys["big"])
	return s
}

func wideRig(t *testing.T, s *wideStore) *rig {
	return newRig(t, s, func(c *Config) { c.Start = s3view.Location{Bucket: "big"} }).start(100, 24, true)
}

// check holds that every entry of the level is here once, in order.
func (s *wideStore) check(t *testing.T, b *browser) {
	t.Helper()
	var want, got []string
	for _, k := range s.keys["big"] {
		name, _, below := strings.Cut(k, "/")
		if below {
			name += "/"
		}
		want = append(want, name)
	}
	for i := range b.lens.loaded() {
		got = append(got, b.lens.rows.Row(i).Key)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%d rows of %d; first %.80q", len(got), len(want), got)
	}
}

// All pages come on request, for a filter and for a sort, whatever the store is like.
func TestLoadAll(t *testing.T) {
	for name, change := range map[string]func(*wideStore){
		"a store like S3":        func(*wideStore) {},
		"deaf to StartAfter":     func(s *wideStore) { s.deaf = true },
		"in no order later on":   func(s *wideStore) { s.jumble = 4 },
		"in no order from first": func(s *wideStore) { s.jumble = 1 },
	} {
		for _, keys := range [][]string{{"L"}, {"/", "7", "enter"}, {"s"}} {
			t.Run(name+" "+strings.Join(keys, ""), func(t *testing.T) {
				s := wide()
				change(s)
				r := wideRig(t, s)
				if r.app.browse.done {
					t.Fatal("everything is here before it was asked for")
				}
				for _, k := range keys {
					r.feed(k)
				}
				if !r.app.browse.done || r.app.browse.err != nil {
					t.Errorf("not done: %v", r.app.browse.err)
				}
				s.check(t, &r.app.browse)
			})
		}
	}
}

// After esc, and after a refused page, what is loaded stays, and the rest
// comes when it is asked for.
func TestLoadAllStopped(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		for _, again := range []string{"L", "G"} {
			s := wide()
			s.deaf = deaf
			r := wideRig(t, s)
			r.hold = func(m tea.Msg) bool { w, ok := m.(walked); return ok && w.rows.Len() >= 300 }
			r.feed("L")
			r.feed("esc")
			r.hold = nil
			had := r.app.browse.lens.loaded()
			r.send(r.held[0])
			if b := &r.app.browse; b.page.busy() || b.lens.loaded() != had || had < 10 {
				t.Fatalf("deaf %t: %d rows after esc, %d before", deaf, b.lens.loaded(), had)
			}
			for n := 0; !r.app.browse.done && n < 200; n++ {
				r.feed(again)
			}
			s.check(t, &r.app.browse)
		}
	}
}

func TestLoadAllRefused(t *testing.T) {
	s := wide()
	s.fail = 30
	r := wideRig(t, s)
	r.feed("L")
	b := &r.app.browse
	if b.err == nil || b.lens.loaded() < 10 || b.page.busy() {
		t.Fatalf("%d rows, %v", b.lens.loaded(), b.err)
	}
	if screen := strings.Join(r.grid(), "\n"); !strings.Contains(screen, "ctrl+r") && !strings.Contains(screen, "retry") {
		t.Errorf("nothing says how to ask again:\n%s", screen)
	}
	r.feed("L")
	s.check(t, b)
}

// A place that was left gets no rows of the walk below it.
func TestLoadAllStale(t *testing.T) {
	s := wide()
	r := wideRig(t, s)
	r.hold = func(m tea.Msg) bool { _, ok := m.(walked); return ok }
	r.feed("L")
	r.hold = nil
	r.feed("h")
	for _, m := range r.held {
		r.send(m)
	}
	if b := &r.app.browse; !b.at.Root() || b.lens.loaded() != 1 {
		t.Errorf("at %v with %d rows", b.at, b.lens.loaded())
	}
}

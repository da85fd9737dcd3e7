package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// pagedStore answers with the pages of a book, by token; the first has none.
type pagedStore struct {
	*fakeStore
	book  map[string]s3view.Page
	fails map[string][]error // how often, and how, a page fails before it comes
}

func (s *pagedStore) ListPage(_ context.Context, l s3view.Listing) (s3view.Page, error) {
	s.asks("LIST " + l.Token + l.StartAfter)
	if errs := s.fails[l.Token]; len(errs) > 0 {
		s.fails[l.Token] = errs[1:]
		return s3view.Page{}, errs[0]
	}
	return s.book[l.Token], nil
}

// pageOfNames is a page of objects and, where a name ends in "/", of prefixes.
func pageOfNames(next string, names ...string) s3view.Page {
	p := s3view.Page{Next: next, More: next != ""}
	for _, n := range names {
		p.Entries = append(p.Entries, s3view.Entry{Key: n, Prefix: strings.HasSuffix(n, "/"), Size: int64(len(n))})
	}
	return p
}

func pagedRig(t *testing.T, key string, book map[string]s3view.Page) (*pagedStore, *rig) {
	t.Helper()
	s := &pagedStore{fakeStore: acme(), book: book, fails: map[string][]error{}}
	return s, newRig(t, s, func(c *Config) { c.Start = s3view.Location{Bucket: "paged", Key: key} })
}

func slowDown() error {
	return &s3view.Error{Op: "ListObjectsV2", Status: 503, Code: "SlowDown", Message: "Please reduce your request rate."}
}

// A page that fails in the middle keeps the rows, the marks, the filter and the
// cursor; ctrl+r asks for that page again and for no other.
func TestFailedPageIsAskedAgain(t *testing.T) {
	first, second, third := many(900)[:300], many(900)[300:600], many(900)[600:]
	s, r := pagedRig(t, "", map[string]s3view.Page{"": pageOfNames("b", first...), "b": pageOfNames("c", second...), "c": pageOfNames("", third...)})
	s.fails["b"] = []error{slowDown(), slowDown(), &s3view.Error{Op: "ListObjectsV2", Status: 403, Code: "AccessDenied", Message: "Access Denied"}}
	r.start(120, 36, true).feed("space", "G").sees("300/300", "● 1", "The next page did not come; ctrl+r asks again.", "Please reduce")
	r.feed("ctrl+r").sees("300/300", "● 1", "did not come")
	r.feed("down", "up", "g").sees("1/300").feed("G", "ctrl+r").sees("Access Denied")
	r.feed("ctrl+r").sees("300/600", "● 1", "more…").misses("did not come")
	r.feed("G", "G").sees("/900").misses("more…")
	want := []string{"LIST ", "LIST b", "LIST b", "LIST b", "LIST b", "LIST c"}
	if got := slices.DeleteFunc(slices.Clone(s.asked), func(a string) bool { return !strings.HasPrefix(a, "LIST") }); !slices.Equal(got, want) {
		t.Errorf("asked %q, want %q", got, want)
	}
}

// Asked again, a list keeps the marks of what is still there.
func TestRefreshKeepsMarks(t *testing.T) {
	s, r := pagedRig(t, "", map[string]s3view.Page{"": pageOfNames("", "a", "b", "c")})
	r.start(120, 36, true).feed("space", "space", "space").sees("● 3")
	s.book[""] = pageOfNames("", "a", "c", "d")
	r.feed("ctrl+r").sees("● 2", "● a", "● c").misses("● d")
}

// A store that gives the same token again would be asked for ever: it is told, and
// what is there stays.
func TestTokenThatComesAgain(t *testing.T) {
	for name, book := range map[string]map[string]s3view.Page{
		"with keys":    {"": pageOfNames("b", "a"), "b": pageOfNames("b", "b")},
		"without keys": {"": pageOfNames("b", "a"), "b": pageOfNames("b")},
		"in a round":   {"": pageOfNames("b", "a"), "b": pageOfNames("c"), "c": pageOfNames("d", "c"), "d": pageOfNames("b")},
	} {
		t.Run(name, func(t *testing.T) {
			s, r := pagedRig(t, "", book)
			r.start(120, 36, true).sees("same page again, so the rest").feed("L", "G", "ctrl+r").sees("same page again, so the rest", "▌")
			if len(s.asked) > 40 {
				t.Errorf("asked %d times", len(s.asked))
			}
		})
	}
}

// Pages without keys are passed over, as many as there are, and esc stops that.
func TestEmptyPages(t *testing.T) {
	book := map[string]s3view.Page{}
	token := ""
	for i := range 400 {
		next := fmt.Sprint("t", i)
		book[token] = pageOfNames(next)
		token = next
	}
	book[token] = pageOfNames("", "at-last.csv")
	_, r := pagedRig(t, "", book)
	r.start(120, 36, true).sees("at-last.csv", "1/1").misses("more…", "nothing below")
}

// A prefix that holds prefixes alone is listed, filtered and sorted like any other.
func TestPrefixesAlone(t *testing.T) {
	_, r := pagedRig(t, "", map[string]s3view.Page{"": pageOfNames("b", "x/", "y/"), "b": pageOfNames("", "z/")})
	r.start(120, 36, true).sees("x/", "y/", "z/", "1/3").feed("s", "s", "s").sees("x/", "z/").feed("s")
	r.feed("/", "'z'", "enter").sees("1/1", "z/").feed("space").sees("the selected row is no object")
}

// Rows of a store that lists in no order are each found by name, once, and stand in
// order once they are sorted.
func TestListingWithoutOrder(t *testing.T) {
	_, r := pagedRig(t, "m", map[string]s3view.Page{"": pageOfNames("b", "z", "c", "m"), "b": pageOfNames("", "a", "q")})
	r.start(120, 36, true).sees("3/5").feed("up", "down")
	if e, _ := r.app.browse.selected(); e.Key != "m" {
		t.Errorf("the cursor is on %q", e.Key)
	}
	r.feed("S")
	var names []string
	for i := range r.app.browse.lens.total() {
		names = append(names, r.app.browse.entry(i).Key)
	}
	if got := strings.Join(names, ""); got != "zqmca" {
		t.Errorf("from the last to the first they stand as %q", got)
	}
	r.feed("/", "'m'", "enter", "esc")
	if e, _ := r.app.browse.selected(); e.Key != "m" {
		t.Errorf("after the filter the cursor is on %q", e.Key)
	}
}

// Rows that come while she looks at a sorted list do not move the cursor to another
// row; on the first place it stays at the first.
func TestCursorStaysOnItsRow(t *testing.T) {
	_, r := pagedRig(t, "", map[string]s3view.Page{"": pageOfNames("b", "a", "bb", "cccc"), "b": pageOfNames("c", "dddddd", "eeeee"), "c": pageOfNames("", "f")})
	r.hold = func(m tea.Msg) bool { p, ok := m.(pageLoaded); return ok && p.page.Next != "b" }
	r.start(120, 36, true).feed("s", "down")
	was, _ := r.app.browse.selected()
	r.release()
	if is, _ := r.app.browse.selected(); is.Key != was.Key || r.app.browse.lens.total() != 6 {
		t.Errorf("the cursor went from %q to %q of %d rows", was.Key, is.Key, r.app.browse.lens.total())
	}
}

// However many rows there are, going through them allocates for one screen, and a
// filter or a sort for what it finds.
func TestMillionRowsAllocateLittle(t *testing.T) {
	r := millionRig(t)
	for keys, most := range map[string]float64{
		"g": 4000, "G": 4000, "pgdown pgup": 6000, "/ '99' enter esc": 10000, "s S s s s": 12000, "G space g": 8000,
	} {
		n := testing.AllocsPerRun(1, func() { r.feed(strings.Fields(keys)...) })
		t.Logf("%q allocates %.0f times", keys, n)
		if n > most {
			t.Errorf("%q allocates %.0f times, more than %.0f", keys, n, most)
		}
		if b := &r.app.browse; b.selecting.busy() || b.lens.total() != millionKeys {
			t.Errorf("after %q %d rows are shown", keys, b.lens.total())
		}
	}
}

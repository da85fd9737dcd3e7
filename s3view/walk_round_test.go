package s3view

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// A store that leads back to a page that it gave ends a walk with an error, whether
// the page holds keys or not; no key is handed over twice.
func TestWalkInARound(t *testing.T) {
	page := func(next string, keys ...string) Page {
		p := Page{Next: next, More: true}
		for _, k := range keys {
			p.Entries = append(p.Entries, Entry{Key: k, Size: 1})
		}
		return p
	}
	for name, book := range map[string]map[string]Page{
		"with keys":           {"": page("b", "a"), "b": page("b", "b")},
		"without keys":        {"": page("b", "a"), "b": page("b")},
		"in a round":          {"": page("b", "a"), "b": page("c", "b"), "c": page("d", "c"), "d": page("b", "d")},
		"in a round, no keys": {"": page("b", "a"), "b": page("c"), "c": page("d"), "d": page("b")},
	} {
		for _, workers := range []int{1, 8} {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			seen := map[string]int{}
			asked := 0
			_, err := WalkPages(ctx, func(_ context.Context, l Listing) (Page, error) {
				asked++
				return book[l.Token], nil
			}, Location{Bucket: "b"}, WalkOptions{Workers: workers}, func(entries []Entry, _ WalkStats) error {
				for _, e := range entries {
					seen[e.Key]++
				}
				return nil
			})
			if err == nil || ctx.Err() != nil {
				t.Errorf("%s, %d workers: it ends with %v after %d requests", name, workers, err, asked)
			}
			for key, n := range seen {
				if n > 1 {
					t.Errorf("%s, %d workers: %q came %d times", name, workers, key, n)
				}
			}
			cancel()
		}
	}
}

// A store that says without end that there is more, and gives nothing, is left too.
func TestWalkOfEmptyPages(t *testing.T) {
	for _, workers := range []int{1, 8} {
		var asked atomic.Int64
		_, err := WalkPages(t.Context(), func(_ context.Context, l Listing) (Page, error) {
			n := asked.Add(1)
			if l.Token == "" && n < 20 {
				return Page{Entries: []Entry{{Key: fmt.Sprintf("%s%d", l.StartAfter, n)}}, Next: strconv.Itoa(int(n)), More: true}, nil
			}
			return Page{Next: strconv.Itoa(int(n)), More: true}, nil
		}, Location{Bucket: "b"}, WalkOptions{Workers: workers}, func([]Entry, WalkStats) error { return nil })
		if !errors.Is(err, errAround) || asked.Load() < 100 || asked.Load() > mostBarren+1000 {
			t.Errorf("%d workers: %v after %d requests", workers, err, asked.Load())
		}
	}
}

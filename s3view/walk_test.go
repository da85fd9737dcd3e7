package s3view

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeLister answers as ListObjectsV2 does, from a sorted list of keys, after a
// while. Its clock is the fake one of synctest.
type fakeLister struct {
	mu       sync.Mutex
	keys     []string
	pageSize int
	delay    time.Duration
	requests int
	flying   int
	most     int
	throttle func(flying int) bool
	before   func(f *fakeLister, after string) // called before each answer, with f.mu held
	deaf     bool                              // ignores StartAfter
}

// asked is how many requests it has taken so far.
func (f *fakeLister) asked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.requests
}

func (f *fakeLister) list(ctx context.Context, after, token string) (Page, error) {
	f.mu.Lock()
	f.requests++
	f.flying++
	f.most = max(f.most, f.flying)
	slow := f.throttle != nil && f.throttle(f.flying)
	f.mu.Unlock()
	select {
	case <-time.After(f.delay):
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.flying--
	if ctx.Err() != nil {
		return Page{}, ctx.Err()
	}
	if slow {
		return Page{}, &Error{Op: "ListObjectsV2", Status: 503, Code: "SlowDown"}
	}
	if f.before != nil {
		f.before(f, after)
	}
	if f.deaf {
		after = ""
	}
	if token != "" {
		after = token
	}
	i := sort.SearchStrings(f.keys, after)
	if i < len(f.keys) && f.keys[i] == after {
		i++
	}
	end := min(i+f.pageSize, len(f.keys))
	p := Page{Entries: make([]Entry, 0, end-i)}
	for _, k := range f.keys[i:end] {
		p.Entries = append(p.Entries, Entry{Key: k, Size: 1})
	}
	if end < len(f.keys) {
		p.More, p.Next = true, f.keys[end-1]
	}
	return p, nil
}

// shapes are key spaces of n keys each that people have.
var shapes = map[string]func(n int) []string{
	"counter": func(n int) []string {
		return build(n, func(i int) string { return fmt.Sprintf("data/%09d.json", i) })
	},
	"hash": func(n int) []string {
		r := rand.New(rand.NewPCG(1, 2))
		return build(n, func(int) string { return fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()) })
	},
	"dates": func(n int) []string {
		start := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
		return build(n, func(i int) string {
			at := start.Add(time.Duration(i) * 150 * time.Second)
			return at.Format("logs/2006/01/02/15/") + fmt.Sprintf("part-%05d.gz", i)
		})
	},
	"deep": func(n int) []string {
		deep := strings.Repeat("very/long/and/deep/", 8)
		return build(n, func(i int) string { return fmt.Sprintf("%s%d/%d/x", deep, i%100, i) })
	},
	"skewed": func(n int) []string {
		return build(n, func(i int) string {
			if i%100 == 0 {
				return fmt.Sprintf("%c/small/%d", 'a'+i/100%26, i)
			}
			return fmt.Sprintf("m/tenant=7/bucket-%x/file-%07d", i%3, i)
		})
	},
	"unicode": func(n int) []string {
		r := rand.New(rand.NewPCG(3, 4))
		alphabet := []rune("äéßжщ漢字仮名🙂𐍈abcXYZ0123/ +%")
		return build(n, func(i int) string {
			b := make([]rune, 3+r.IntN(12))
			for j := range b {
				b[j] = alphabet[r.IntN(len(alphabet))]
			}
			return string(b) + fmt.Sprint(i)
		})
	},
	"tenants": func(n int) []string {
		return build(n, func(i int) string { return fmt.Sprintf("tenant-%03d/%07d", (i*i)%317, i) })
	},
}

func build(n int, key func(int) string) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = key(i)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// collect walks and returns all keys handed over.
func collect(ctx context.Context, f *fakeLister, o WalkOptions) ([]string, WalkStats, error) {
	var got []string
	stats, err := walk(ctx, "", f.list, o, func(page []Entry, _ WalkStats) error {
		for i := range page {
			got = append(got, page[i].Key)
		}
		return nil
	})
	return got, stats, err
}

// A million keys at 100 ms a page, also of the least kind shapes, are listed at
// least 16 times faster than one page after the other, in order, none lost, none doubled, at
// the price of few requests more.
func TestWalkSpeed(t *testing.T) {
	for name, shape := range shapes {
		n := 100_000 // BenchmarkWalk lists a million of each
		if (name == "skewed" || name == "unicode") && !testing.Short() {
			n = 1_000_000
		}
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeLister{keys: shape(n), pageSize: 1000, delay: 100 * time.Millisecond}
				start := time.Now()
				got, stats, err := collect(t.Context(), f, WalkOptions{})
				took := time.Since(start)
				if err != nil || !slices.Equal(got, f.keys) {
					t.Fatalf("%d keys of %d, %v", len(got), len(f.keys), err)
				}
				pages := (len(f.keys) + 999) / 1000
				ratio := float64(time.Duration(pages)*f.delay) / float64(took)
				t.Logf("%-8s %7d keys in %5.2fs: %4.1f times faster, %d requests for %d pages, most %d at once",
					name, len(got), took.Seconds(), ratio, stats.Requests, pages, f.most)
				if n == 1_000_000 && ratio < 16 {
					t.Errorf("only %.1f times faster than a sequential listing", ratio)
				}
				if stats.Requests > int64(2*pages+500) {
					t.Errorf("%d requests for %d pages", stats.Requests, pages)
				}
			})
		})
	}
}

// A listing that fits on a page costs one request.
func TestWalkOfOnePage(t *testing.T) {
	for _, n := range []int{0, 1, 1000} {
		for name, shape := range shapes {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeLister{keys: shape(max(1, n))[:n], pageSize: 1000, delay: time.Millisecond}
				got, stats, err := collect(t.Context(), f, WalkOptions{})
				if err != nil || len(got) != n || stats.Requests != 1 {
					t.Errorf("%s: %d keys of %d took %d requests, %v", name, len(got), n, stats.Requests, err)
				}
			})
		}
	}
}

// One of a few pages costs a few requests more than its pages.
func TestWalkOfAFewPages(t *testing.T) {
	for pages := 2; pages <= 3; pages++ {
		for name, shape := range shapes {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeLister{keys: shape(1000*pages - 300), pageSize: 1000, delay: time.Millisecond}
				got, stats, err := collect(t.Context(), f, WalkOptions{})
				if err != nil || len(got) != len(f.keys) || stats.Requests > int64(4*pages) {
					t.Errorf("%s: %d keys of %d took %d requests, %v", name, len(got), len(f.keys), stats.Requests, err)
				}
			})
		}
	}
}

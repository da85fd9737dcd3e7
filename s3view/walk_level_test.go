package s3view

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// levelLister answers as ListObjectsV2 does with a delimiter: the keys below a
// common prefix are rolled up into it, also those after StartAfter alone.
type levelLister struct {
	fakeLister
	prefix string
	strict bool // leaves out a common prefix that begins before StartAfter
	level  []Entry
}

// entries are all of the level, in order.
func (l *levelLister) entries() []Entry {
	if l.level != nil {
		return l.level
	}
	var out []Entry
	for _, k := range l.keys {
		rest, ok := strings.CutPrefix(k, l.prefix)
		if !ok {
			continue
		}
		e := Entry{Key: k, Size: 1}
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			e = Entry{Key: l.prefix + rest[:i+1], Prefix: true}
		}
		if len(out) == 0 || out[len(out)-1].Key != e.Key {
			out = append(out, e)
		}
	}
	l.level = out
	return out
}

func (l *levelLister) page(_ context.Context, q Listing) (Page, error) {
	time.Sleep(l.delay)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests++
	after := q.past()
	if q.Token != "" {
		after = q.Token + "\U0010ffff\U0010ffff" // the token of a prefix is past its keys
		if !strings.HasSuffix(q.Token, "/") {
			after = q.Token
		}
	}
	var p Page
	for _, e := range l.entries() {
		begun := e.Key <= after
		if begun && (l.strict || q.Token != "" || !e.Prefix || !l.holds(e.Key, after)) {
			continue
		}
		if len(p.Entries) == l.pageSize {
			p.More, p.Next = true, p.Entries[len(p.Entries)-1].Key
			break
		}
		p.Entries = append(p.Entries, e)
	}
	return p, nil
}

// holds tells whether a key after the one given lies below a common prefix.
func (l *levelLister) holds(prefix, after string) bool {
	i, found := slices.BinarySearch(l.keys, after)
	if found {
		i++
	}
	return i < len(l.keys) && strings.HasPrefix(l.keys[i], prefix)
}

// Whatever the keys, and wherever the walk begins: every entry of one level
// comes once and in order, common prefixes among the objects.
func TestWalkOneLevel(t *testing.T) {
	for seed := range uint64(300) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 3))
			l := &levelLister{strict: seed%2 == 0}
			l.keys, l.pageSize, l.delay = randomKeys(r), 1+r.IntN(20), time.Millisecond
			if len(l.keys) > 0 && r.IntN(2) == 0 {
				key := l.keys[r.IntN(len(l.keys))]
				l.prefix = key[:strings.LastIndexByte(key, '/')+1]
			}
			want := l.entries()
			o := WalkOptions{Workers: 1 + r.IntN(40), Buffer: 1 + r.IntN(500), OneLevel: true}
			if len(want) > l.pageSize {
				n := l.pageSize * (1 + r.IntN(len(want)/l.pageSize))
				o.After = want[n-1].Key
				if want = want[n:]; r.IntN(2) == 0 {
					o.Token = o.After
				}
			}
			var got []Entry
			_, err := WalkPages(t.Context(), l.page, Location{Bucket: "b", Key: l.prefix}, o, func(p []Entry, _ WalkStats) error {
				got = append(got, p...)
				return nil
			})
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("seed %d, prefix %q, %+v: %v\n got %v\nwant %v", seed, l.prefix, o, err, got, want)
			}
		})
	}
}

// A hundred pages of common prefixes are listed side by side, too.
func TestWalkOneLevelSpeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &levelLister{}
		for i := range 20_000 {
			l.keys = append(l.keys, string(rune('a'+i%26))+shapeName(i)+"/x", string(rune('a'+i%26))+shapeName(i)+"/y")
		}
		slices.Sort(l.keys)
		l.pageSize, l.delay = 200, 100*time.Millisecond
		start := time.Now()
		n := 0
		stats, err := WalkPages(t.Context(), l.page, Location{Bucket: "b"}, WalkOptions{OneLevel: true}, func(p []Entry, _ WalkStats) error {
			n += len(p)
			return nil
		})
		if took := time.Since(start); err != nil || n != 20_000 || took > 4*time.Second {
			t.Errorf("%d entries with %d requests in %v of the listing's clock, %v", n, stats.Requests, took, err)
		}
	})
}

func shapeName(i int) string {
	const digits = "0123456789abcdef"
	name := make([]byte, 0, 5)
	for h := uint32(i) * 2654435761; len(name) < 5; h >>= 4 {
		name = append(name, digits[h%16])
	}
	return string(name)
}

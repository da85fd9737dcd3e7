package s3view

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// randomKeys makes a key space of a random shape: alphabet, depth, skew and
// shared prefixes all vary, down to no key at all.
func randomKeys(r *rand.Rand) []string {
	alphabets := [][]rune{
		[]rune("ab"), []rune("0123456789"), []rune("abcdefghijklmnopqrstuvwxyz/-_."),
		[]rune("/"), []rune(" !~\x7f\x01\u00ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff"), []rune("äöü漢字🙂a"),
	}
	set := map[string]bool{}
	for range 1 + r.IntN(4) {
		alphabet := alphabets[r.IntN(len(alphabets))]
		prefix := randomKey(r, alphabets[r.IntN(len(alphabets))], r.IntN(20))
		longest := 1 + r.IntN(12)
		for range r.IntN(400) {
			set[prefix+randomKey(r, alphabet, 1+r.IntN(longest))] = true
		}
	}
	keys := make([]string, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func randomKey(r *rand.Rand, alphabet []rune, n int) string {
	b := make([]rune, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

// Whatever the keys, the page size, the workers and the buffer: every key comes
// once and in order.
func TestWalkEveryKeyOnce(t *testing.T) {
	for seed := range uint64(400) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 7))
			f := &fakeLister{keys: randomKeys(r), pageSize: 1 + r.IntN(50), delay: time.Millisecond}
			o := WalkOptions{Workers: 1 + r.IntN(40), Buffer: 1 + r.IntN(500)}
			got, stats, err := collect(t.Context(), f, o)
			if err != nil || !slices.Equal(got, f.keys) || stats.Objects != int64(len(f.keys)) {
				t.Fatalf("seed %d, %+v: %d keys of %d, stats %+v, %v", seed, o, len(got), len(f.keys), stats, err)
			}
		})
	}
}

// While others write and delete, the keys that are there all the time come once,
// in order, and none comes twice.
func TestWalkWhileTheStoreChanges(t *testing.T) {
	for seed := range uint64(60) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 11))
			stable := randomKeys(r)
			f := &fakeLister{keys: slices.Clone(stable), pageSize: 1 + r.IntN(30), delay: time.Millisecond}
			f.before = func(f *fakeLister, _ string) {
				for range r.IntN(20) {
					f.keys = append(f.keys, randomKey(r, []rune("abc/01é"), 1+r.IntN(9)))
				}
				f.keys = slices.DeleteFunc(f.keys, func(k string) bool {
					_, kept := slices.BinarySearch(stable, k)
					return !kept && r.IntN(4) == 0
				})
				slices.Sort(f.keys)
				f.keys = slices.Compact(f.keys)
			}
			got, _, err := collect(t.Context(), f, WalkOptions{Workers: 1 + r.IntN(30)})
			if err != nil || !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
				t.Fatalf("seed %d: not sorted or doubled, %v", seed, err)
			}
			for _, k := range stable {
				if _, found := slices.BinarySearch(got, k); !found {
					t.Fatalf("seed %d: %q was lost", seed, k)
				}
			}
		})
	}
}

// A store that says SlowDown is asked less, and still gives every key.
func TestWalkSlowsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLister{keys: shapes["hash"](200_000), pageSize: 1000, delay: 100 * time.Millisecond}
		refused := 0
		f.throttle = func(flying int) bool {
			if flying > 10 {
				refused++
			}
			return flying > 10
		}
		got, stats, err := collect(t.Context(), f, WalkOptions{})
		if err != nil || !slices.Equal(got, f.keys) {
			t.Fatalf("%d keys of %d, %v", len(got), len(f.keys), err)
		}
		if stats.Workers > 25 || refused > f.requests/4 {
			t.Errorf("still %d workers, %d of %d requests refused", stats.Workers, refused, f.requests)
		}
	})
}

// A store that ignores StartAfter is listed one page after the other.
func TestWalkWithoutStartAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLister{keys: shapes["dates"](20_000), pageSize: 1000, delay: time.Millisecond, deaf: true}
		got, _, err := collect(t.Context(), f, WalkOptions{})
		if err != nil || !slices.Equal(got, f.keys) {
			t.Fatalf("%d keys of %d, %v", len(got), len(f.keys), err)
		}
	})
}

// A refusal ends the walk with that error; what came before it is handed over.
func TestWalkRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLister{keys: shapes["counter"](50_000), pageSize: 1000, delay: time.Millisecond}
		list := func(ctx context.Context, after, token string) (Page, error) {
			p, err := f.list(ctx, after, token)
			if f.asked() > 20 {
				return Page{}, &Error{Op: "ListObjectsV2", Status: 403, Code: "AccessDenied"}
			}
			return p, err
		}
		keys := 0
		_, err := walk(t.Context(), "", list, WalkOptions{}, func(p []Entry, _ WalkStats) error { keys += len(p); return nil })
		if e := AsError(err); e == nil || !e.Denied() || keys == 0 {
			t.Errorf("%d keys, %v", keys, err)
		}
	})
}

// Canceling ends the walk at once, and so does an error of the reader.
func TestWalkEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLister{keys: shapes["hash"](50_000), pageSize: 1000, delay: time.Second}
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		start := time.Now()
		if _, _, err := collect(ctx, f, WalkOptions{}); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 2*time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		stop := errors.New("enough")
		_, err := walk(t.Context(), "", f.list, WalkOptions{}, func([]Entry, WalkStats) error { return stop })
		if !errors.Is(err, stop) {
			t.Errorf("the reader's error became %v", err)
		}
	})
}

// What waits for its turn is bounded when the reader is slow, by the buffer and
// the requests that are under way.
func TestWalkBuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLister{keys: shapes["hash"](300_000), pageSize: 1000, delay: 10 * time.Millisecond}
		for _, unordered := range []bool{false, true} {
			handed, worst := 0, 0
			o := WalkOptions{Buffer: 20_000, Unordered: unordered}
			_, err := walk(t.Context(), "", f.list, o, func(p []Entry, s WalkStats) error {
				time.Sleep(20 * time.Millisecond)
				handed += len(p)
				worst = max(worst, s.Waiting)
				return nil
			})
			if err != nil || handed != len(f.keys) || worst > 2*o.Buffer+defaultWorkers*1000 {
				t.Errorf("unordered %t: %d keys, up to %d waiting, %v", unordered, handed, worst, err)
			}
		}
	})
}

// A pivot lies strictly between its bounds and is valid UTF-8, whatever was learned.
func FuzzPivot(f *testing.F) {
	f.Add("a", "b", "abc", true)
	f.Add("", "", "logs/2024", false)
	f.Add("\ud7ff", "\ue000", "漢", false)
	f.Fuzz(func(t *testing.T, lo, hi, seen string, wide bool) {
		lo, hi = string([]rune(lo)), string([]rune(hi))
		if hi != "" && lo >= hi {
			return
		}
		var a alphabet
		a.add(seen)
		a.add(lo)
		p, ok := a.between(lo, hi, wide)
		if !ok {
			return
		}
		if p <= lo || hi != "" && p >= hi || string([]rune(p)) != p {
			t.Fatalf("between(%q, %q) = %q", lo, hi, p)
		}
	})
}

// BenchmarkWalk reports how many times faster than one page after the other a
// million keys are listed at 100 ms a page, on the fake clock.
func BenchmarkWalk(b *testing.B) {
	for name, shape := range shapes {
		keys := shape(1_000_000)
		b.Run(name, func(b *testing.B) {
			var ratio float64
			for b.Loop() {
				ratio = walkRatio(b, keys)
			}
			b.ReportMetric(ratio, "x-sequential")
		})
	}
}

// walkRatio lists on the fake clock of a synctest bubble, which needs a test of
// its own inside the benchmark.
func walkRatio(b *testing.B, keys []string) (ratio float64) {
	b.Helper()
	ran := testing.RunTests(func(_, _ string) (bool, error) { return true, nil }, []testing.InternalTest{{
		Name: "walk", F: func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeLister{keys: keys, pageSize: 1000, delay: 100 * time.Millisecond}
				start := time.Now()
				if _, _, err := collect(t.Context(), f, WalkOptions{}); err != nil {
					t.Fatal(err)
				}
				ratio = float64(len(keys)/1000) * 0.1 / time.Since(start).Seconds()
			})
		},
	}})
	if !ran {
		b.Fatal("the walk failed")
	}
	return ratio
}

// What is packed comes out as it went in.
func TestHeldPage(t *testing.T) {
	entries := []Entry{{}, {Key: "a", ETag: "9dd4e461268c8034f5c8564e155c67a6", Class: "GLACIER", Size: 1 << 50},
		{Key: "ab", ETag: "9DD4E461268C8034F5C8564E155C67A6-3", Modified: time.UnixMilli(1_790_000_000_123).UTC()},
		{Key: "ab\xff漢", ETag: `W/"x"`, Size: 7, Class: "STANDARD"}, {Key: "b", ETag: "9DD4E461268C8034F5C8564E155C67A6"}}
	h := holdPage(entries, true)
	if got := new(opener).open(h); !slices.Equal(got, entries) {
		t.Errorf("%+v, want %+v", got, entries)
	}
}

package s3view

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// entriesOf makes rows with sizes, dates and classes of all kinds.
func entriesOf(keys []string, seed uint64) []Entry {
	r := rand.New(rand.NewPCG(seed, 5))
	classes := []string{"STANDARD", "GLACIER", "DEEP_ARCHIVE", "STANDARD_IA"}
	entries := make([]Entry, len(keys))
	for i, k := range keys {
		entries[i] = Entry{Key: k, Size: r.Int64N(1 << r.IntN(45)), Class: classes[r.IntN(4)],
			Modified: time.Unix(1_600_000_000+r.Int64N(1e8), 0).UTC()}
		if strings.HasSuffix(k, "/") {
			entries[i] = Entry{Key: k, Prefix: true}
		}
	}
	return entries
}

func rowsOf(prefix string, entries []Entry, page int) *Rows {
	rows := NewRows(prefix)
	for chunk := range slices.Chunk(entries, page) {
		rows.Append(chunk)
	}
	return rows
}

// What went in comes out, row by row and in any order of asking.
func TestRowsKeepEntries(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 9))
		entries := entriesOf(randomKeys(r), seed)
		rows := rowsOf("", entries, 1+r.IntN(100))
		for range 2 * len(entries) {
			i := r.IntN(len(entries))
			if got := rows.Row(i); got != entries[i] {
				t.Fatalf("seed %d: Row(%d) = %+v, want %+v", seed, i, got, entries[i])
			}
			if got := rows.Seek(entries[i].Key); got != i {
				t.Fatalf("seed %d: Seek(%q) = %d, want %d", seed, entries[i].Key, got, i)
			}
		}
	}
}

// selectPlainly is Select as anybody would write it.
func selectPlainly(entries []Entry, prefix string, s Selection) []Entry {
	var out []Entry
	for _, e := range entries {
		if s.Filter.Match(strings.TrimPrefix(e.Key, prefix)) {
			out = append(out, e)
		}
	}
	if s.Order == ByName {
		if s.Descending {
			slices.Reverse(out)
		}
		return out
	}
	slices.SortStableFunc(out, func(a, b Entry) int {
		c := 0
		switch {
		case a.Prefix || b.Prefix:
			if a.Prefix != b.Prefix {
				return map[bool]int{true: -1, false: 1}[a.Prefix]
			}
		case s.Order == BySize:
			c = cmp.Compare(a.Size, b.Size)
		case s.Order == ByDate:
			c = a.Modified.Compare(b.Modified)
		default:
			c = strings.Compare(a.Class, b.Class)
		}
		if s.Descending {
			c = -c
		}
		return c
	})
	return out
}

// Select shows what the plain way shows, also when it goes on from a view
// before: while she types, deletes, sorts, and rows arrive.
func TestSelect(t *testing.T) {
	typed := []string{"", "a", "A", "a/", "01", "0", "é", "Ä", "漢", "re:^.0", "re:a$", "", "b", "ab", "aba", "ab"}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 13))
		entries := entriesOf(randomKeys(r), seed)
		rows := NewRows("")
		var view *View
		added := 0
		for _, text := range typed {
			grow := min(r.IntN(300), len(entries)-added)
			for chunk := range slices.Chunk(entries[added:added+grow], 37) {
				rows.Append(chunk)
			}
			added += grow
			f, err := ParseFilter(text)
			if err != nil {
				t.Fatal(err)
			}
			s := Selection{Filter: f, Order: Order(r.IntN(4)), Descending: r.IntN(2) == 0}
			view = rows.Select(t.Context(), s, view)
			got := make([]Entry, view.Len())
			for i := range got {
				got[i] = view.At(i)
			}
			if want := selectPlainly(entries[:added], "", s); !slices.Equal(got, want) {
				t.Fatalf("seed %d, %q, %v: %d rows, want %d", seed, text, s.Order, len(got), len(want))
			}
			if n := view.Len(); n > 0 && view.Place(view.Index(n/2)) != n/2 {
				t.Fatalf("seed %d: Place does not find what Index gives", seed)
			}
		}
	}
}

// textOf cuts a piece out of a key, in other case now and then: what is likely to
// be found, across the seams of what is stored, and in few rows.
func textOf(r *rand.Rand, key string) string {
	runes := []rune(key)
	if len(runes) == 0 {
		return "x"
	}
	from := r.IntN(len(runes))
	text := string(runes[from : from+1+r.IntN(min(12, len(runes)-from))])
	switch r.IntN(5) {
	case 0:
		return strings.ToUpper(text)
	case 1:
		return "re:" + regexp.QuoteMeta(text)
	case 2:
		return "re:(?i)" + regexp.QuoteMeta(text) + ".*" + regexp.QuoteMeta(string(runes[len(runes)-1]))
	}
	return text
}

// Any text is found in all rows that hold it and no others, whatever the keys,
// the prefix, the pages and what was typed before.
func TestFilterFindsAll(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 21))
		prefix := []string{"", "a", "漢/É"}[r.IntN(3)]
		keys := randomKeys(r)
		for i := range keys {
			keys[i] = prefix + keys[i]
		}
		entries := entriesOf(keys, seed)
		rows := rowsOf(prefix, entries, 1+r.IntN(200))
		if len(keys) == 0 {
			continue
		}
		var view *View
		for range 6 {
			text := textOf(r, strings.TrimPrefix(keys[r.IntN(len(keys))], prefix))
			if view != nil && r.IntN(2) == 0 {
				text = view.Selection().Filter.String() + text // narrower, or narrower no more
			}
			f, err := ParseFilter(text)
			if err != nil {
				t.Fatal(err)
			}
			s := Selection{Filter: f}
			view = rows.Select(t.Context(), s, view)
			got := make([]Entry, view.Len())
			for i := range got {
				got[i] = view.At(i)
			}
			if want := selectPlainly(entries, prefix, s); !slices.Equal(got, want) {
				t.Fatalf("seed %d, %q: %d rows, want %d", seed, text, len(got), len(want))
			}
		}
	}
}

// A store that lists keys outside of the prefix is shown as it is.
func TestRowsOutsideOfThePrefix(t *testing.T) {
	rows := rowsOf("data/", []Entry{{Key: "data/a"}, {Key: "other"}}, 10)
	if got := rows.Row(0).Key + rows.Row(1).Key; got != "data/aother" {
		t.Errorf("rows: %s", got)
	}
}

// FuzzFilter holds the filter over packed rows to Match over their names, and
// folding to what Unicode says of one character at a time.
func FuzzFilter(f *testing.F) {
	f.Add("abc\nabd\nB/É", "B")
	f.Add("漢\n漢字\nÄ\u212a", "ä")
	f.Add("\xff\x80\n\xc3\n\xe1\xba", "\xc3")
	f.Add("\xe5", "\xb8\xad\x83\x80")
	f.Fuzz(func(t *testing.T, keys, text string) {
		var entries []Entry
		for k := range strings.SplitSeq(keys, "\n") {
			entries = append(entries, Entry{Key: k})
		}
		filter, err := ParseFilter(text)
		if err != nil {
			return
		}
		view := rowsOf("", entries, 5).Select(t.Context(), Selection{Filter: filter}, nil)
		found := map[int]bool{}
		for i := range view.Len() {
			found[view.Index(i)] = true
		}
		for i, e := range entries {
			if utf8.ValidString(e.Key) && utf8.ValidString(text) && found[i] != filter.Match(e.Key) {
				t.Fatalf("%q in %q: found %t", text, e.Key, found[i])
			}
		}
	})
}

// Folding is what Unicode says, but for characters whose length would change.
func TestFold(t *testing.T) {
	for c := range rune(unicode.MaxRune + 1) {
		if c >= 0xd800 && c < 0xe000 {
			continue
		}
		want := string(unicode.ToLower(c))
		if len(want) != len(string(c)) {
			want = string(c)
		}
		if got := string(fold(nil, []byte("12345678"+string(c))))[8:]; got != want {
			t.Fatalf("%U is folded to %q, want %q", c, got, want)
		}
	}
}

// A set of rows answers as a plain list of its members does.
func TestRowSet(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 31))
		n := r.IntN(500)
		words := make([]uint64, (n+wordBits-1)/wordBits)
		member := make([]bool, n)
		for range r.IntN(20) {
			lo := r.IntN(n + 1)
			hi := lo + r.IntN(n-lo+1)/4
			setBits(words, lo, hi)
			for i := lo; i < hi; i++ {
				member[i] = true
			}
		}
		set, rank := newRowSet(words), 0
		for row, in := range member {
			if set.has(row) != in || set.rank(row) != rank || in && set.at(rank) != row {
				t.Fatalf("seed %d: row %d is %t, has %t, rank %d of %d", seed, row, in, set.has(row), set.rank(row), rank)
			}
			if in {
				rank++
			}
		}
		if set.n != rank || set.has(n+1000) || set.rank(n+1000) != rank {
			t.Fatalf("seed %d: %d members, want %d", seed, set.n, rank)
		}
	}
}

// Sizes that do not fit into a word together with the row's number are sorted, too.
func TestSortApart(t *testing.T) {
	order := sortedApart([]uint64{5, 1 << 63, 0, 5, 1})
	if !slices.Equal(order, []uint32{2, 4, 0, 3, 1}) {
		t.Errorf("sorted: %d", order)
	}
}

// A filter looks below the listed prefix alone.
func TestFilterBelowPrefix(t *testing.T) {
	rows := rowsOf("data/", []Entry{{Key: "data/"}, {Key: "data/Data.csv"}, {Key: "data/x"}, {Key: "data/y/", Prefix: true}}, 10)
	for text, want := range map[string]int{"data": 1, "DATA.": 1, "a/d": 0, "": 4, "re:^x$": 1, "/": 1} {
		f, err := ParseFilter(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := rows.Select(t.Context(), Selection{Filter: f}, nil).Len(); got != want {
			t.Errorf("%q: %d rows, want %d", text, got, want)
		}
	}
	if _, err := ParseFilter("re:("); err == nil || !strings.Contains(err.Error(), "no regular expression") {
		t.Errorf("re:( gives %v", err)
	}
}

// Rows that come in no order, as from a directory bucket, are sorted by name.
func TestRowsWithoutOrder(t *testing.T) {
	rows := rowsOf("", []Entry{{Key: "b"}, {Key: "a"}, {Key: "c"}}, 2)
	view := rows.Select(t.Context(), Selection{}, nil)
	if got := view.At(0).Key + view.At(1).Key + view.At(2).Key; got != "abc" {
		t.Errorf("sorted: %s", got)
	}
}

// A snapshot is read while rows arrive; the race detector watches.
func TestSnapshot(t *testing.T) {
	entries := entriesOf(shapes["dates"](20_000), 1)
	rows := NewRows("")
	done := make(chan bool)
	for chunk := range slices.Chunk(entries, 1000) {
		rows.Append(chunk)
		f, _ := ParseFilter("part")
		snapshot := rows.Snapshot()
		n := rows.Len()
		go func() { done <- snapshot.Select(context.Background(), Selection{Filter: f}, nil).Len() == n }()
	}
	for range 20 {
		if !<-done {
			t.Error("a snapshot changed")
		}
	}
}

// TestRowsMemory holds the store to its purpose: a million keys with their
// sizes, dates and classes in less than 60 MB, of which the aim for the whole
// program is 120.
func TestRowsMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("a million keys")
	}
	entries := entriesOf(shapes["dates"](1_000_000), 1)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	rows := rowsOf("", entries, 1000)
	runtime.GC()
	runtime.ReadMemStats(&after)
	// Signed, for the rest of earlier tests may be freed in between.
	held := float64(int64(after.HeapAlloc)-int64(before.HeapAlloc)) / 1e6
	t.Logf("%d rows in %.1f MB", rows.Len(), held)
	if held > 60 {
		t.Errorf("%.1f MB", held)
	}
	runtime.KeepAlive(entries)
}

// BenchmarkFilter is one key stroke of a filter over a million keys: the first
// letters, which look at all, and those that narrow.
func BenchmarkFilter(b *testing.B) {
	rows := rowsOf("logs/", entriesOf(shapes["dates"](1_000_000), 1), 1000)
	for _, step := range []struct{ before, text string }{
		{"", "p"}, {"", "7"}, {"", "part-00777"}, {"", "xyz"}, {"", "É"}, {"777", "7777"}, {"part", "part-"}, {"", "re:/07/.*7\\.gz$"},
	} {
		b.Run(fmt.Sprintf("%s→%s", step.before, step.text), func(b *testing.B) {
			f0, _ := ParseFilter(step.before)
			f, err := ParseFilter(step.text)
			if err != nil {
				b.Fatal(err)
			}
			before := rows.Select(b.Context(), Selection{Filter: f0}, nil)
			n := 0
			for b.Loop() {
				n = rows.Select(b.Context(), Selection{Filter: f}, before).Len()
			}
			b.ReportMetric(float64(n), "rows")
		})
	}
}

func BenchmarkSort(b *testing.B) {
	rows := rowsOf("logs/", entriesOf(shapes["dates"](1_000_000), 1), 1000)
	for _, order := range []Order{ByName, BySize, ByDate, ByClass} {
		b.Run(order.String(), func(b *testing.B) {
			for b.Loop() {
				rows.Select(b.Context(), Selection{Order: order, Descending: true}, nil)
			}
		})
	}
}

// BenchmarkRow is what drawing one row of a million costs.
func BenchmarkRow(b *testing.B) {
	rows := rowsOf("", entriesOf(shapes["dates"](1_000_000), 1), 1000)
	view := rows.Select(b.Context(), Selection{}, nil)
	i := 0
	for b.Loop() {
		i = (i + 7919) % view.Len()
		view.At(i)
	}
}

func BenchmarkAppend(b *testing.B) {
	entries := entriesOf(shapes["dates"](1_000_000), 1)
	b.ReportAllocs()
	for b.Loop() {
		rowsOf("logs/", entries, 1000)
	}
}

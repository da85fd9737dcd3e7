package ui

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// sortBy is what a list is sorted by. S3 answers in the order of the keys'
// bytes, which is byName and costs nothing.
type sortBy uint8

const (
	byName sortBy = iota
	bySize
	byDate
	byClass
)

// sorts names the orders as the border of the list shows them.
var sorts = [...]string{byName: "name", bySize: "size", byDate: "date", byClass: "class"}

// sorting is an order and its direction.
type sorting struct {
	by      sortBy
	reverse bool
}

// natural tells that the order is that in which S3 answers.
func (s sorting) natural() bool { return s == sorting{} }

// next is the order that follows in the round: the largest and the newest come
// first, because they are what people look for.
func (s sorting) next() sorting {
	by := (s.by + 1) % sortBy(len(sorts))
	return sorting{by, by == bySize || by == byDate}
}

func (s sorting) label(g Glyphs) string {
	if s.reverse {
		return sorts[s.by] + g.Down
	}
	return sorts[s.by] + g.Up
}

// order sorts the rows into a permutation. It is called in a command, with a
// snapshot of the rows.
func order(r rows, s sorting) []uint32 {
	out := make([]uint32, r.len())
	for i := range out {
		out[i] = uint32(i) //nolint:gosec // far fewer than 4 billion rows
	}
	slices.SortStableFunc(out, func(a, b uint32) int {
		c := compare(r, s.by, int(a), int(b))
		if s.reverse {
			return -c
		}
		return c
	})
	return out
}

func compare(r rows, by sortBy, a, b int) int {
	switch by {
	case bySize:
		return cmp.Compare(r.size(a), r.size(b))
	case byDate:
		return cmp.Compare(r.modified(a), r.modified(b))
	case byClass:
		return cmp.Compare(r.class(a), r.class(b))
	default:
		return bytes.Compare(r.name(a), r.name(b))
	}
}

// lens is how a list of rows is looked at: sorted, and narrowed by a filter. It
// maps positions on the screen to rows. Filtering goes in steps, so that a key
// stroke is answered within a frame however many rows there are.
type lens struct {
	rows    rows
	sort    sorting
	order   []uint32 // of the first len(order) rows; those that came later follow as they came
	query   string
	match   func(name []byte) bool // nil: no filter
	hits    []uint32               // rows that match, in the order of the screen
	scanned int                    // positions that have been looked at
	pool    []uint32               // narrowing: look only at these, the hits of a shorter query
	pooled  int                    // positions that the pool stands for
}

// scanStep is how many rows one step of filtering looks at: some 3 ms.
const scanStep = 60_000

// total is the number of rows to show.
func (l *lens) total() int {
	switch {
	case l.rows == nil:
		return 0
	case l.match != nil:
		return len(l.hits)
	default:
		return l.rows.len()
	}
}

// row is the row at position i of the screen's list.
func (l *lens) row(i int) int {
	if l.match != nil {
		return int(l.hits[i])
	}
	return l.ordered(i)
}

func (l *lens) ordered(i int) int {
	if i < len(l.order) {
		return int(l.order[i])
	}
	return i
}

// scanning tells that the filter has not yet seen every row.
func (l *lens) scanning() bool { return l.match != nil && l.scanned < l.span() }

// span is the number of positions that the filter must look at.
func (l *lens) span() int {
	if l.pool != nil {
		return len(l.pool)
	}
	return l.rows.len()
}

// step looks at the next rows, at most n of them, and tells whether more are left.
func (l *lens) step(n int) bool {
	if l.match == nil || l.rows == nil {
		return false
	}
	end := min(l.span(), l.scanned+n)
	for i := l.scanned; i < end; i++ {
		row := 0
		if l.pool != nil {
			row = int(l.pool[i])
		} else {
			row = l.ordered(i)
		}
		if l.match(l.rows.name(row)) {
			l.hits = append(l.hits, uint32(row)) //nolint:gosec // as in order
		}
	}
	l.scanned = end
	l.leavePool()
	return l.scanning()
}

// leavePool goes on with the rows that were not in the pool, once it is done.
func (l *lens) leavePool() {
	if l.pool != nil && l.scanned == len(l.pool) {
		l.pool, l.scanned = nil, l.pooled
	}
}

// filter sets the query. A longer plain query looks only at the hits of the
// shorter one. The error says what is wrong with a regular expression; the
// filter that was there stays.
func (l *lens) filter(query string) error {
	m, err := matcher(query)
	if err != nil {
		return err
	}
	narrower := l.match != nil && l.query != "" && strings.HasPrefix(query, l.query) &&
		!strings.HasPrefix(query, "re:") && !strings.HasPrefix("re:", query) && !l.scanning()
	pool, seen := l.hits, l.scanned
	l.query, l.match, l.hits, l.scanned, l.pool = query, m, nil, 0, nil
	if narrower && m != nil {
		l.pool, l.pooled = pool, seen
		if l.pool == nil {
			l.pool = []uint32{}
		}
	}
	if l.rows != nil {
		l.step(scanStep)
	}
	return nil
}

// resorted takes an order that was computed, and filters anew in it.
func (l *lens) resorted(s sorting, o []uint32) {
	l.sort, l.order = s, o
	l.hits, l.scanned, l.pool = nil, 0, nil
	l.step(scanStep)
}

// matcher turns a query into a test of names. An empty query is nil: all match.
func matcher(query string) (func([]byte) bool, error) {
	if query == "" {
		return nil, nil
	}
	if expr, ok := strings.CutPrefix(query, "re:"); ok {
		re, err := regexp.Compile(expr)
		if err != nil {
			return nil, fmt.Errorf("regular expression %q: %w", expr, err)
		}
		return re.Match, nil
	}
	return folded(query), nil
}

// folded matches a substring without regard to case.
func folded(query string) func([]byte) bool {
	if !isASCII(query) {
		low := []byte(strings.ToLower(query))
		return func(name []byte) bool { return bytes.Contains(bytes.ToLower(name), low) }
	}
	low := []byte(strings.ToLower(query))
	return func(name []byte) bool { return containsFold(name, low) }
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// containsFold is bytes.Contains for a lower-case ASCII needle, without case
// and without allocating.
func containsFold(name, low []byte) bool {
	last := len(name) - len(low)
	for i := 0; i <= last; i++ {
		if lowered(name[i]) == low[0] && equalFold(name[i+1:i+len(low)], low[1:]) {
			return true
		}
	}
	return false
}

func equalFold(a, low []byte) bool {
	for i := range a {
		if lowered(a[i]) != low[i] {
			return false
		}
	}
	return true
}

func lowered(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

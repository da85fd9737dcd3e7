package s3view

import (
	"slices"
	"sort"
	"strings"
	"time"
)

// Rows holds a listing in little memory: some 35 bytes a key where an Entry and
// its strings take 200. Each page becomes one immutable block; see block. ETags
// are not kept: HeadObject shows them.
//
// Append and the readers must not run at the same time, but a Snapshot can be
// read while the original grows.
type Rows struct {
	prefix  string // of the listing: names begin after it
	blocks  []*block
	starts  []int // the first row of each block
	n       int
	classes []string // storage classes, in the order in which they appeared
	last    string
	ordered bool // keys came in order
}

// NewRows makes an empty store for the listing of a prefix.
func NewRows(prefix string) *Rows { return &Rows{prefix: prefix, ordered: true} }

// Len is the number of rows.
func (r *Rows) Len() int { return r.n }

// Ordered tells whether the rows came in the order of their keys.
func (r *Rows) Ordered() bool { return r.ordered }

// Prefix is the listed prefix.
func (r *Rows) Prefix() string { return r.prefix }

// Snapshot is the rows so far. Reading it does not race with Append to r.
func (r *Rows) Snapshot() *Rows {
	s := *r
	s.blocks, s.starts, s.classes = slices.Clip(r.blocks), slices.Clip(r.starts), slices.Clip(r.classes)
	return &s
}

// Append adds a page. It keeps nothing of page.
func (r *Rows) Append(page []Entry) {
	if len(page) == 0 {
		return
	}
	b := newBlock(page, r.prefix)
	for i := range page {
		r.ordered = r.ordered && page[i].Key >= r.last
		r.last = page[i].Key
		b.class[i] = r.classOf(&page[i])
	}
	r.last = strings.Clone(r.last) // not all the text of its page
	r.blocks, r.starts = append(r.blocks, b), append(r.starts, r.n)
	r.n += len(page)
}

// classOf numbers the storage class; past 254 classes the rest are unknown.
func (r *Rows) classOf(e *Entry) uint8 {
	if e.Prefix {
		return prefixRow
	}
	for i, c := range r.classes {
		if c == e.Class {
			return uint8(i) //nolint:gosec // at most 254
		}
	}
	if len(r.classes) >= prefixRow {
		return prefixRow - 1
	}
	r.classes = append(r.classes, strings.Clone(e.Class))
	return uint8(len(r.classes) - 1) //nolint:gosec // at most 254
}

// Row returns row i, without its ETag. It panics when i is out of range, as a
// slice does.
func (r *Rows) Row(i int) Entry {
	b, j := r.find(i)
	e := Entry{Key: b.key(j), Prefix: b.class[j] == prefixRow, Size: b.size(j)}
	if b.when[j] > 0 {
		e.Modified = time.Unix(int64(b.when[j]), 0).UTC()
	}
	if !e.Prefix {
		e.Class = r.classes[b.class[j]]
	}
	return e
}

// find returns the block that holds row i, and which of its rows it is.
func (r *Rows) find(i int) (*block, int) {
	n := sort.SearchInts(r.starts, i+1) - 1
	return r.blocks[n], i - r.starts[n]
}

// Seek returns the first row whose key is not before key; Len when there is
// none. The rows must have come in order.
func (r *Rows) Seek(key string) int {
	return sort.Search(r.n, func(i int) bool {
		b, j := r.find(i)
		return b.key(j) >= key
	})
}

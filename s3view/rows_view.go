package s3view

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// Order is what rows are sorted by.
type Order uint8

// The orders of a listing. ByName is the order in which S3 lists.
const (
	ByName Order = iota
	BySize
	ByDate
	ByClass
)

// String is the order's name on the screen.
func (o Order) String() string { return [...]string{"name", "size", "date", "class"}[min(o, ByClass)] }

// A Selection says which rows are shown and in which order.
type Selection struct {
	Filter     Filter
	Order      Order
	Descending bool
}

// A View is the rows that a Selection picks, in its order. It does not change
// when the Rows grow; see Rows.Select. A million rows take 4 MB, and none when
// all rows are shown by name.
type View struct {
	rows      *Rows
	selection Selection
	matched   []uint32 // rows that pass, by number; nil: all
	order     []uint32 // the same, sorted; nil: as matched
}

// Select returns the view of the rows so far. before is a view of the same rows
// (or fewer), from which the work goes on: only new rows are looked at, and when
// the filter has become narrower only the rows that passed; nil begins anew. It
// returns nil when ctx ends first.
func (r *Rows) Select(ctx context.Context, s Selection, before *View) *View {
	v := &View{rows: r.Snapshot(), selection: s}
	if !s.Filter.All() {
		if v.matched = v.filter(ctx, before); v.matched == nil {
			return nil
		}
	}
	if same := before != nil && before.rows.n == r.n && v.sameRows(before); same && before.selection.Order == s.Order &&
		before.selection.Descending == s.Descending {
		v.order = before.order
		return v
	}
	v.sort()
	return v
}

// sameRows tells whether both views show the same rows.
func (v *View) sameRows(other *View) bool {
	return v.selection.Filter.text == other.selection.Filter.text
}

// filter finds the rows that pass, with the help of the view before.
func (v *View) filter(ctx context.Context, before *View) []uint32 {
	f := v.selection.Filter
	if before == nil || before.matched == nil || !f.narrows(before.selection.Filter) || before.rows.n > v.rows.n ||
		len(before.matched) > before.rows.n/4 {
		return v.rows.filter(ctx, f, nil)
	}
	matched := before.matched
	if before.selection.Filter.text != f.text {
		matched = v.rows.filter(ctx, f, matched)
	}
	if matched == nil || before.rows.n == v.rows.n {
		return matched
	}
	fresh := make([]uint32, 0, v.rows.n-before.rows.n)
	for i := before.rows.n; i < v.rows.n; i++ {
		fresh = append(fresh, uint32(i)) //nolint:gosec // rows are fewer than 2^32
	}
	if fresh = v.rows.filter(ctx, f, fresh); fresh == nil {
		return nil
	}
	return append(slices.Clip(matched), fresh...)
}

// Selection is what the view was made from.
func (v *View) Selection() Selection { return v.selection }

// Len is the number of rows shown.
func (v *View) Len() int {
	if v.matched == nil {
		return v.rows.n
	}
	return len(v.matched)
}

// Total is the number of rows that were there when the view was made.
func (v *View) Total() int { return v.rows.n }

// Index is the number of the row that stands at place i.
func (v *View) Index(i int) int {
	switch {
	case v.order != nil:
		return int(v.order[i])
	case v.selection.Descending:
		i = v.Len() - 1 - i
	}
	if v.matched != nil {
		return int(v.matched[i])
	}
	return i
}

// At is the row that stands at place i.
func (v *View) At(i int) Entry { return v.rows.Row(v.Index(i)) }

// Place is where the row with the number stands; -1 when it is not shown. It
// keeps the cursor on its row when the order changes.
func (v *View) Place(row int) int {
	for i := range v.Len() {
		if v.Index(i) == row {
			return i
		}
	}
	return -1
}

// sort fills in the order. Names come in order already, except from directory
// buckets. Otherwise common prefixes stay first, and equals stay in key order.
func (v *View) sort() {
	v.order = nil
	if v.selection.Order == ByName {
		if !v.rows.ordered {
			v.sortNames()
		}
		return
	}
	n := v.Len()
	keys, order := make([]uint64, n), make([]uint32, n)
	rank := v.rows.classRanks()
	var cur struct {
		b          *block
		first, end int
	}
	for i := range n {
		row := i
		if v.matched != nil {
			row = int(v.matched[i])
		}
		if cur.b == nil || row >= cur.end {
			b, j := v.rows.find(row)
			cur.b, cur.first, cur.end = b, row-j, row-j+b.n
		}
		order[i] = uint32(row) //nolint:gosec // a row
		keys[i] = v.sortKey(cur.b, row-cur.first, rank)
	}
	v.order = radix(keys, order)
}

// sortKey makes a number by which the row sorts: 0 for prefixes.
func (v *View) sortKey(b *block, j int, rank []uint64) uint64 {
	if b.class[j] == prefixRow {
		return 0
	}
	var value, most uint64
	switch v.selection.Order {
	case BySize:
		value, most = uint64(b.size(j)), 1<<63 //nolint:gosec // not negative
	case ByDate:
		value, most = uint64(b.when[j]), 1<<32
	default:
		value, most = rank[b.class[j]], 1<<8
	}
	if v.selection.Descending {
		return 1 + most - value
	}
	return 1 + value
}

// classRanks gives each storage class its place in the alphabet.
func (r *Rows) classRanks() []uint64 {
	rank := make([]uint64, len(r.classes))
	for i, c := range r.classes {
		for _, other := range r.classes {
			if other < c {
				rank[i]++
			}
		}
	}
	return rank
}

// radix sorts order by keys, keeping equals as they are, and uses up keys. Only
// the digits in which keys differ cost a pass.
func radix(keys []uint64, order []uint32) []uint32 {
	const bits = 11
	if len(keys) < 2 {
		return order
	}
	var differ uint64
	for _, k := range keys {
		differ |= k ^ keys[0]
	}
	otherKeys, other := make([]uint64, len(keys)), make([]uint32, len(order))
	for shift := 0; shift < 64; shift += bits {
		if differ>>shift&(1<<bits-1) == 0 {
			continue
		}
		var count [1 << bits]int
		for _, k := range keys {
			count[k>>shift&(1<<bits-1)]++
		}
		sum := 0
		for i, c := range count {
			count[i] = sum
			sum += c
		}
		for i, k := range keys {
			d := k >> shift & (1<<bits - 1)
			otherKeys[count[d]], other[count[d]] = k, order[i]
			count[d]++
		}
		keys, otherKeys, order, other = otherKeys, keys, other, order
	}
	return order
}

// sortNames sorts by key where the store does not.
func (v *View) sortNames() {
	n := v.Len()
	type named struct {
		key string
		row uint32
	}
	all := make([]named, n)
	for i := range n {
		row := i
		if v.matched != nil {
			row = int(v.matched[i])
		}
		b, j := v.rows.find(row)
		all[i] = named{b.key(j), uint32(row)} //nolint:gosec // a row
	}
	slices.SortStableFunc(all, func(a, b named) int {
		if v.selection.Descending {
			return strings.Compare(b.key, a.key)
		}
		return cmp.Compare(a.key, b.key)
	})
	v.order = make([]uint32, n)
	for i, e := range all {
		v.order[i] = e.row
	}
}

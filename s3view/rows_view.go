package s3view

import (
	"context"
	"slices"
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
// when the Rows grow; see Rows.Select. For a million rows it holds 0.2 MB when
// they are filtered, and 4 to 8 MB when they are sorted.
type View struct {
	rows      *Rows
	selection Selection
	matched   *rowSet  // rows that pass; nil: all
	all       []uint32 // all rows, sorted; nil: they stand as they came
	order     []uint32 // those of them that pass; nil: as they came
}

// Select returns the view of the rows so far. before is a view of the same rows
// (or fewer), from which the work goes on: only new rows are looked at, when the
// filter has become narrower only the rows that passed, and what was sorted stays
// so; nil begins anew. It returns nil when ctx ends first.
func (r *Rows) Select(ctx context.Context, s Selection, before *View) *View {
	v := &View{rows: r.Snapshot(), selection: s}
	if before != nil && before.rows.n > r.n {
		before = nil
	}
	if !s.Filter.All() {
		if v.matched = v.filter(ctx, before); v.matched == nil {
			return nil
		}
	}
	if s.Order == ByName && r.ordered {
		return v
	}
	if before != nil && before.rows.n == r.n && before.selection.Order == s.Order && before.selection.Descending == s.Descending {
		v.all = before.all
	}
	if v.all == nil {
		v.all = v.rows.sorted(s.Order, s.Descending)
	}
	v.order = v.all
	if v.matched != nil {
		v.order = v.matched.pick(v.all)
	}
	return v
}

// filter finds the rows that pass, with the help of the view before.
func (v *View) filter(ctx context.Context, before *View) *rowSet {
	f := v.selection.Filter
	switch {
	case before == nil || before.matched == nil:
	case before.selection.Filter.text == f.text:
		if before.rows.n == v.rows.n {
			return before.matched
		}
		return v.rows.passing(ctx, f, before.matched, len(before.rows.blocks), nil, 0)
	case f.narrows(before.selection.Filter):
		return v.rows.passing(ctx, f, nil, 0, before.matched, len(before.rows.blocks))
	}
	return v.rows.passing(ctx, f, nil, 0, nil, 0)
}

// Selection is what the view was made from.
func (v *View) Selection() Selection { return v.selection }

// Len is the number of rows shown.
func (v *View) Len() int {
	if v.matched != nil {
		return v.matched.n
	}
	return v.rows.n
}

// Total is the number of rows looked through.
func (v *View) Total() int { return v.rows.n }

// Index is the number of the row that stands at place i.
func (v *View) Index(i int) int {
	if v.order != nil {
		return int(v.order[i])
	}
	if v.selection.Descending {
		i = v.Len() - 1 - i
	}
	if v.matched != nil {
		return v.matched.at(i)
	}
	return i
}

// At is the row that stands at place i.
func (v *View) At(i int) Entry { return v.rows.Row(v.Index(i)) }

// Place is where the row with the number stands; -1 when it is not shown. It
// keeps the cursor on its row when the order changes.
func (v *View) Place(row int) int {
	switch {
	case row < 0 || row >= v.rows.n || v.matched != nil && !v.matched.has(row):
		return -1
	case v.order != nil:
		return slices.Index(v.order, uint32(row)) //nolint:gosec // rows are fewer than 2^32
	}
	if v.matched != nil {
		row = v.matched.rank(row)
	}
	if v.selection.Descending {
		return v.Len() - 1 - row
	}
	return row
}

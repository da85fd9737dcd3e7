package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// atOnce is up to how many rows a filter or a sort is done on the spot, within a
// millisecond. More rows are looked through in a command.
const atOnce = 50_000

// lens is how a list of rows is looked at: the selection that she asked for, and
// the view of it that is on the screen, which may lag behind by a moment.
type lens struct {
	rows *s3view.Rows // nil: nothing has come yet
	view *s3view.View
	want s3view.Selection
	// missed is a key that the first rows of a listing without order do not have.
	missed struct {
		key  string
		rows int
	}
}

// total is the number of rows to show.
func (l *lens) total() int {
	if l.view == nil {
		return 0
	}
	return l.view.Len()
}

// loaded is the number of rows that are here, shown or not.
func (l *lens) loaded() int {
	if l.rows == nil {
		return 0
	}
	return l.rows.Len()
}

func (l *lens) at(i int) s3view.Entry { return l.view.At(i) }

// query is the filter as it was typed.
func (l *lens) query() string { return l.want.Filter.String() }

// sorted tells that the rows stand in another order than S3's own.
func (l *lens) sorted() bool { return l.want.Order != s3view.ByName || l.want.Descending }

// behind tells that the view is not yet what was asked for.
func (l *lens) behind() bool {
	if l.view == nil {
		return false
	}
	now := l.view.Selection()
	return now.Order != l.want.Order || now.Descending != l.want.Descending || now.Filter.String() != l.query()
}

// fresh tells that the view is what was asked for, of all rows that are here.
func (l *lens) fresh() bool {
	return l.view != nil && !l.behind() && l.view.Total() == l.rows.Len()
}

// quick tells that the view can be brought up to date on the spot: there are few
// rows, or only new ones have to be looked at.
func (l *lens) quick() bool {
	if l.rows.Len() <= atOnce {
		return true
	}
	return !l.sorted() && (l.query() == "" || l.view != nil && !l.behind())
}

// look brings the view up to date.
func (l *lens) look() {
	if v := l.rows.Select(context.Background(), l.want, l.view); v != nil {
		l.view = v
	}
}

// find is the number of the row with the key; -1 when there is none. Of stores that
// list in no order each row is looked at, once as long as it is the same key.
func (l *lens) find(key string) int {
	if l.rows == nil {
		return -1
	}
	n := l.rows.Len()
	if i := l.rows.Seek(key); i < n && l.rows.Row(i).Key == key {
		return i
	}
	if n > 0 && l.rows.Row(n-1).Key == key {
		return n - 1
	}
	if l.rows.Ordered() {
		return -1
	}
	from := 0
	if l.missed.key == key {
		from = l.missed.rows
	}
	for i := from; i < n; i++ {
		if l.rows.Row(i).Key == key {
			return i
		}
	}
	l.missed.key, l.missed.rows = key, n
	return -1
}

// nextOrder is the order that follows in the round: the largest and the newest
// come first, because they are what people look for.
func nextOrder(o s3view.Order) (next s3view.Order, descending bool) {
	next = (o + 1) % (s3view.ByClass + 1)
	return next, largestFirst(next)
}

// largestFirst tells the orders that begin with the largest, or the latest.
func largestFirst(o s3view.Order) bool { return o == s3view.BySize || o == s3view.ByDate }

// orderLabel is the order as the border of the list shows it.
func (l *lens) orderLabel(g Glyphs) string {
	if l.want.Descending {
		return l.want.Order.String() + g.Down
	}
	return l.want.Order.String() + g.Up
}

// viewSelected is a view that was made in a command.
type viewSelected struct {
	ticket ticket
	view   *s3view.View
}

func (fx effects) selectRows(ctx context.Context, t ticket, r *s3view.Rows, s s3view.Selection, before *s3view.View) tea.Cmd {
	return func() tea.Msg { return viewSelected{t, r.Select(ctx, s, before)} }
}

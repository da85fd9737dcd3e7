package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// browser is the list: the buckets, or one page after another of what is below
// a prefix. It keeps what it has when a page is refused.
type browser struct {
	fx    effects
	store Store

	at    s3view.Location // what is listed; the zero value is the list of buckets
	known []string        // buckets remembered from earlier, for those who may not list them
	lens  lens
	win   window

	page      inquiry
	next      string          // token of the next page; "" when only after is known
	tokens    map[string]bool // those that were followed
	after     string          // the last entry that was listed
	walk      walk            // all pages, side by side
	done      bool            // every page is here
	all       bool            // load all of them
	began     time.Time
	pages     int
	err       *s3view.Error // why the last page did not come
	moved     string        // the region that the bucket was followed to
	selecting inquiry       // a filter or a sort over many rows

	asked s3view.Location // an object that was asked for by name; Key "" when none was
	added string          // its key, when the listing had no row for it
	want  string          // the name to select once it is there
	// before is the name that was selected when the filter began.
	before string
	state  map[string]mark            // what HEADs have shown, by name
	taken  map[string]bool            // marked rows, by name
	was    map[s3view.Location]string // the row that was selected in places left
}

// mark is what is known about a row beyond its listing.
type mark uint8

const (
	unmarked mark = iota
	readable
	refused
	gone
)

func newBrowser(fx effects) browser {
	return browser{fx: fx, was: map[s3view.Location]string{}}
}

// open leaves the place that is listed and begins to list another. An object is
// opened as its prefix, with the object selected.
func (b *browser) open(at s3view.Location) tea.Cmd {
	b.leave()
	b.want, b.asked, b.added = b.was[at], s3view.Location{}, ""
	if !at.IsPrefix() {
		b.want, b.asked = at.Name(), at
		at = at.Parent()
	}
	at.VersionID, at.Presigned = "", nil
	b.at = at
	b.clear()
	return b.load()
}

// standing is the place to come back to: the list, or the object that was opened by
// name while the cursor is on it, as no listing may show that.
func (b *browser) standing() s3view.Location {
	if b.asked.Key == "" {
		return b.at
	}
	if e, ok := b.selected(); ok && e.Key != b.asked.Key {
		return b.at
	}
	return b.asked
}

// lose empties the list, for there is nobody to ask.
func (b *browser) lose() {
	at := b.standing()
	b.leave()
	b.clear()
	b.store, b.asked, b.added = nil, s3view.Location{}, ""
	if at != b.at {
		b.asked = at
	}
}

// leave gives up what is asked and remembers the row.
func (b *browser) leave() {
	b.page.stop()
	b.selecting.stop()
	if e, ok := b.selected(); ok {
		b.was[b.at] = b.nameOf(e)
	}
}

// empty leaves the place for none: nothing of it is seen until another is opened.
func (b *browser) empty() {
	b.leave()
	b.at, b.asked, b.want = s3view.Location{}, s3view.Location{}, ""
	b.clear()
}

// clear empties the list for what is to come.
func (b *browser) clear() {
	kept := s3view.Selection{Order: b.lens.want.Order, Descending: b.lens.want.Descending}
	b.lens = lens{want: kept}
	b.win = window{height: b.win.height}
	b.next, b.after, b.done, b.all, b.err, b.pages, b.moved = "", "", false, false, nil, 0, ""
	b.walk, b.tokens = walk{}, map[string]bool{}
	b.state, b.taken = map[string]mark{}, map[string]bool{}
	if !b.at.Root() {
		b.lens.rows = s3view.NewRows(b.at.Key)
	}
}

// refresh lists the place anew and keeps the row.
func (b *browser) refresh() tea.Cmd {
	filter := b.lens.want.Filter
	taken := b.taken
	cmd := b.open(b.standing())
	b.lens.want.Filter, b.taken = filter, taken
	return cmd
}

// grown shows rows that came. A sort of many rows waits until all are here, as
// it would be in vain until then.
func (b *browser) grown() tea.Cmd {
	switch {
	case b.selecting.busy():
		return nil // the answer brings the view up to date
	case b.lens.quick():
		row := b.movable()
		b.lens.look()
		b.settle()
		b.keepOn(row)
	case b.lens.fresh():
	case b.done || b.err != nil || b.lens.view == nil:
		return b.look()
	}
	return nil
}

// movable is the number of the row under the cursor, where rows that come may stand
// before it; else -1. Who stands on the first place stays there.
func (b *browser) movable() int {
	if b.want != "" || b.win.cursor == 0 || b.win.cursor >= b.lens.total() || b.lens.behind() || !b.lens.sorted() && b.lens.rows.Ordered() {
		return -1
	}
	return b.lens.view.Index(b.win.cursor)
}

// keepOn puts the cursor on a row.
func (b *browser) keepOn(row int) {
	if place := b.lens.view.Place(row); place >= 0 {
		b.win.to(place)
	}
}

// look shows what was asked for, on the spot or by a command.
func (b *browser) look() tea.Cmd {
	if b.lens.rows == nil {
		return nil
	}
	b.selecting.stop()
	if b.lens.quick() {
		b.lens.look()
		b.settle()
		return b.more()
	}
	ctx, t := b.fx.ask(&b.selecting)
	return b.fx.selectRows(ctx, t, b.lens.rows.Snapshot(), b.lens.want, b.lens.view)
}

func (b *browser) viewSelected(m viewSelected) tea.Cmd {
	if !b.selecting.answered(m.ticket) || m.view == nil {
		return nil
	}
	row := b.movable()
	b.lens.view = m.view
	b.settle()
	b.keepOn(row)
	return tea.Batch(b.grown(), b.more())
}

// settle fits the window to the rows there are, and selects the wanted one.
func (b *browser) settle() {
	b.win.resize(b.win.height, b.lens.total())
	if b.want == "" || b.lens.view == nil || b.lens.behind() {
		return
	}
	row := b.lens.find(b.at.Key + b.want)
	if row < 0 {
		return
	}
	if place := b.lens.view.Place(row); place >= 0 {
		b.want = ""
		b.win.to(place)
	}
}

// filter narrows the list to names that match.
func (b *browser) filter(query string) (tea.Cmd, error) {
	f, err := s3view.ParseFilter(query)
	if err != nil {
		return nil, err
	}
	if b.lens.query() == "" {
		b.before = b.selectedName()
	}
	b.want = b.selectedName()
	switch {
	case query != "":
		b.want = ""
		b.win.to(0)
	case b.want == "": // nothing matched: back to where she was
		b.want = b.before
	}
	b.all = b.all || query != "" && b.lens.query() == "" // once: esc stops it for good
	b.lens.want.Filter = f
	return b.look(), nil
}

// sort puts the rows in order and keeps the cursor on its row.
func (b *browser) sort(o s3view.Order, descending bool) tea.Cmd {
	b.want = b.selectedName()
	b.lens.want.Order, b.lens.want.Descending = o, descending
	b.all = b.all || b.lens.sorted()
	return b.look()
}

// selected is the entry under the cursor.
func (b *browser) selected() (s3view.Entry, bool) {
	if b.win.cursor >= b.lens.total() {
		return s3view.Entry{}, false
	}
	return b.entry(b.win.cursor), true
}

// entry is the entry at a place of the list.
func (b *browser) entry(i int) s3view.Entry {
	e := b.lens.at(i)
	if b.at.Root() {
		e.Prefix = true // a bucket is opened as a prefix is
	}
	if e.Key == b.added {
		e.Size = -1 // nobody has said
	}
	return e
}

func (b *browser) nameOf(e s3view.Entry) string {
	if b.at.Root() {
		return e.Key
	}
	return e.Name(b.at.Key)
}

func (b *browser) selectedName() string {
	e, ok := b.selected()
	if !ok {
		return ""
	}
	return b.nameOf(e)
}

// place is where an entry is.
func (b *browser) place(e s3view.Entry) s3view.Location {
	if b.at.Root() {
		return s3view.Location{Bucket: e.Key}
	}
	if e.Key == b.asked.Key {
		return b.asked // with its version, or as the presigned URL that it was
	}
	return b.at.At(e.Key)
}

// here is what the keys act on: the selected row, or the place itself when the
// list is empty.
func (b *browser) here() s3view.Location {
	if e, ok := b.selected(); ok {
		return b.place(e)
	}
	if b.want != "" && !b.asked.Root() {
		return b.asked // what she came for, as long as no row is there
	}
	return b.at
}

// toggle marks the selected object, or takes its mark off.
func (b *browser) toggle() {
	e, ok := b.selected()
	if !ok || e.Prefix {
		return
	}
	if b.taken[e.Key] {
		delete(b.taken, e.Key)
	} else {
		b.taken[e.Key] = true
	}
	b.win.by(1)
}

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
	keys  *keyRows        // nil in the list of buckets
	known []string        // buckets remembered from earlier, for those who may not list them
	lens  lens
	win   window

	page    inquiry
	next    string // token of the next page
	done    bool   // every page is here
	all     bool   // load all of them
	began   time.Time
	pages   int
	err     *s3view.Error // why the last page did not come
	moved   string        // the region that the bucket was followed to
	sorting inquiry

	asked s3view.Location            // an object that was asked for by name; Key "" when none was
	want  string                     // the name to select once it is there
	state map[string]mark            // what HEADs have shown, by name
	taken map[string]bool            // marked rows, by name
	was   map[s3view.Location]string // the row that was selected in places left
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
	b.want, b.asked = b.was[at], s3view.Location{}
	if !at.IsPrefix() {
		b.want, b.asked = at.Name(), at
		at = at.Parent()
	}
	at.VersionID, at.Presigned = "", nil
	b.at = at
	b.clear()
	return b.load()
}

// leave gives up what is asked and remembers the row.
func (b *browser) leave() {
	b.page.stop()
	b.sorting.stop()
	if e, ok := b.selected(); ok {
		b.was[b.at] = b.nameOf(e)
	}
}

// clear empties the list for what is to come.
func (b *browser) clear() {
	sorted := b.lens.sort
	b.keys, b.lens = nil, lens{sort: sorted}
	b.win = window{height: b.win.height}
	b.next, b.done, b.all, b.err, b.pages, b.moved = "", false, false, nil, 0, ""
	b.state, b.taken = map[string]mark{}, map[string]bool{}
	if !b.at.Root() {
		b.keys = newKeyRows(b.at.Key)
		b.lens.rows = b.keys
	}
}

// refresh lists the place anew and keeps the row.
func (b *browser) refresh() tea.Cmd {
	query := b.lens.query
	cmd := b.open(b.at)
	_ = b.lens.filter(query)
	return cmd
}

// load asks for the next page, unless one is on its way or none is left.
func (b *browser) load() tea.Cmd {
	if b.store == nil || b.done || b.page.busy() {
		return nil
	}
	if b.pages == 0 {
		b.began = b.fx.now()
	}
	b.err = nil
	ctx, t := b.fx.ask(&b.page)
	if b.at.Root() {
		return b.fx.buckets(ctx, t, b.store)
	}
	return b.fx.page(ctx, t, b.store, b.at, b.next)
}

// bucketsListed takes the list of buckets.
func (b *browser) bucketsListed(m bucketsListed) tea.Cmd {
	if !b.page.answered(m.ticket) {
		return nil
	}
	b.done = m.err == nil
	if m.err != nil {
		b.err = asError(m.err)
	}
	b.showBuckets(m.buckets)
	return b.sort(b.lens.sort)
}

// showBuckets fills the list; where buckets may not be listed, those that were
// visited before stand in.
func (b *browser) showBuckets(list []s3view.Bucket) {
	if len(list) == 0 && b.err != nil {
		for _, name := range b.known {
			list = append(list, s3view.Bucket{Name: name})
		}
	}
	b.lens.rows = bucketRows(list)
	b.settle()
}

// pageLoaded takes a page and asks for the next where all are wanted.
func (b *browser) pageLoaded(m pageLoaded) tea.Cmd {
	if !b.page.answered(m.ticket) {
		return nil
	}
	if m.err != nil {
		b.err = asError(m.err)
		b.all = false
		b.showAsked()
		b.settle()
		return nil
	}
	b.pages++
	b.keys.add(m.page.Entries)
	if m.page.Moved != "" {
		b.moved = m.page.Moved
	}
	b.next, b.done = m.page.Next, m.page.Next == ""
	if b.done {
		b.showAsked()
	}
	b.lens.step(scanStep)
	b.settle()
	return tea.Batch(b.more(), b.sortAgain())
}

// showAsked gives the object that was asked for by name a row of its own where
// the listing has none for it: it may be missing, or the listing refused.
func (b *browser) showAsked() {
	name := b.asked.Name()
	if b.asked.Key == "" || b.want != name || find(b.keys, name) >= 0 {
		return
	}
	if find(b.keys, name+"/") >= 0 {
		b.want = name + "/"
		return
	}
	b.keys.addOne(s3view.Entry{Key: b.asked.Key, Size: -1})
}

// more asks for another page when it is wanted: all of them, a filter that
// nothing fills the screen of yet, or a cursor near the end.
func (b *browser) more() tea.Cmd {
	if b.err != nil || b.at.Root() {
		return nil
	}
	if b.all || b.win.nearEnd() || b.seeking() {
		return b.load()
	}
	return nil
}

// seeking tells that the row to select has not come yet. Rows come in the order
// of their keys, so it is looked for only as far as it could be.
func (b *browser) seeking() bool {
	n := b.lens.total()
	if b.want == "" || b.done || n == 0 || b.pages > 50 {
		return false
	}
	return string(b.lens.rows.name(b.lens.rows.len()-1)) < b.want
}

// settle fits the window to the rows there are, and selects the wanted one.
func (b *browser) settle() {
	b.win.resize(b.win.height, b.lens.total())
	if b.want == "" || b.lens.rows == nil {
		return
	}
	for i := range b.lens.total() {
		if string(b.lens.rows.name(b.lens.row(i))) == b.want {
			b.want = ""
			b.win.to(i)
			return
		}
	}
}

// filter narrows the list to names that match.
func (b *browser) filter(query string) error {
	name := b.selectedName()
	if err := b.lens.filter(query); err != nil {
		return err
	}
	b.win.cursor, b.win.top = 0, 0
	b.win.resize(b.win.height, b.lens.total())
	if query == "" && name != "" {
		b.want = name
		b.settle()
	}
	b.want = ""
	return nil
}

// filterOn goes on filtering when there are more rows than one step looks at.
func (b *browser) filterOn() tea.Cmd {
	if !b.lens.scanning() {
		return b.more()
	}
	return func() tea.Msg { return filterStepped{} }
}

func (b *browser) filterStepped() tea.Cmd {
	b.lens.step(scanStep)
	b.settle()
	return b.filterOn()
}

// sort puts the rows in order, in a command where that takes long.
func (b *browser) sort(s sorting) tea.Cmd {
	b.sorting.stop()
	b.want = b.selectedName()
	if s.natural() || b.lens.rows == nil {
		b.lens.resorted(s, nil)
		b.settle()
		return nil
	}
	b.lens.sort = s
	_, t := b.fx.ask(&b.sorting)
	if b.keys == nil {
		return b.fx.sort(t, b.lens.rows, s)
	}
	return b.fx.sort(t, b.keys.snapshot(), s)
}

// sortAgain sorts the rows that came since, once all are here or few enough.
func (b *browser) sortAgain() tea.Cmd {
	if b.lens.sort.natural() || b.sorting.busy() || (!b.done && b.lens.rows.len() > 50_000) {
		return nil
	}
	return b.sort(b.lens.sort)
}

func (b *browser) rowsSorted(m rowsSorted) tea.Cmd {
	if !b.sorting.answered(m.ticket) {
		return nil
	}
	b.lens.resorted(m.sort, m.order)
	b.settle()
	return b.filterOn()
}

// selected is the entry under the cursor.
func (b *browser) selected() (s3view.Entry, bool) {
	if b.win.cursor >= b.lens.total() {
		return s3view.Entry{}, false
	}
	return b.lens.rows.at(b.lens.row(b.win.cursor)), true
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

// asError gives every error the shape that the screens show.
func asError(err error) *s3view.Error {
	if e := s3view.AsError(err); e != nil {
		return e
	}
	return &s3view.Error{Op: "the request", Message: err.Error(), Err: err}
}

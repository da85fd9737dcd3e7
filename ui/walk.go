package ui

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// walk is the loading of all pages of a place, side by side where the store can.
type walk struct {
	before  *s3view.Rows // the rows when it began; nil: none is under way
	after   string       // the last of them
	had     int          // how many they were
	serial  bool         // the store does not list in key order: only page after page
	resumed bool         // a walk was left, and pages go on after its last entry
	past    string       // that entry
}

// walked is how far a walk has come; done is the last news of it.
type walked struct {
	ticket ticket
	rows   *s3view.Rows // all that is here
	after  string       // the last entry of them
	done   bool
	err    error
	next   tea.Cmd
}

// walk lists the rest of a level into rows, and says how far it is as often as
// the screen asks.
func (fx effects) walk(ctx context.Context, t ticket, w walker, at s3view.Location, o s3view.WalkOptions, rows *s3view.Rows) tea.Cmd {
	return stream(func(offer func(walked)) {
		m := walked{ticket: t, rows: rows.Snapshot(), after: o.After}
		_, m.err = w.Walk(ctx, at, o, func(page []s3view.Entry, _ s3view.WalkStats) error {
			if len(page) > 0 {
				rows.Append(page)
				m.rows, m.after = rows.Snapshot(), strings.Clone(page[len(page)-1].Key)
				offer(m)
			}
			return nil
		})
		m.done = true
		offer(m)
	}, func(m walked, next tea.Cmd) walked { m.next = next; return m })
}

// walkable tells whether the rest can be listed side by side: all is wanted, the
// first page is here, and its store lists in the order of the keys.
func (b *browser) walkable() bool {
	return b.all && b.pages > 0 && !b.walk.serial && b.added == "" && !b.at.Root() &&
		b.at.Kind() != s3view.DirectoryBucketKind && b.lens.rows.Ordered()
}

// walkOn begins a walk where the pages have come to.
func (b *browser) walkOn(w walker) tea.Cmd {
	ctx, t := b.fx.askFor(&b.page, countPatience)
	b.began = b.fx.now()
	b.walk.before, b.walk.after, b.walk.had = b.lens.rows.Snapshot(), b.after, b.lens.loaded()
	o := s3view.WalkOptions{OneLevel: true, Token: b.next, After: b.after}
	return b.fx.walk(ctx, t, w, b.at, o, b.lens.rows.Snapshot())
}

// walked takes the rows that a walk has found.
func (b *browser) walked(m walked) tea.Cmd {
	if !b.page.current(m.ticket) {
		return nil
	}
	b.pages++
	b.lens.rows, b.after = m.rows, m.after
	if !m.done {
		return tea.Batch(b.grown(), m.next)
	}
	b.page.answered(m.ticket)
	switch {
	case errors.Is(m.err, s3view.ErrUnordered):
		b.lens.rows, b.after = b.walk.before, b.walk.after
		b.walk = walk{serial: true}
	case m.err != nil:
		b.err = asError(m.err)
		b.leaveWalk()
		b.showAsked()
	default:
		b.done, b.next, b.walk = true, "", walk{}
		b.ended()
	}
	return tea.Batch(b.grown(), b.more())
}

// stopAll gives up loading all pages; what is loaded stays.
func (b *browser) stopAll() {
	b.page.stop()
	b.leaveWalk()
}

// leaveWalk goes back to a page at a time. Where the walk has come to, no token
// is known: pages go on after the last entry.
func (b *browser) leaveWalk() {
	b.all = false
	if b.walk.before != nil && b.after != b.walk.after {
		b.next, b.tokens, b.walk.resumed, b.walk.past = "", map[string]bool{}, true, b.after
	}
	b.walk.before, b.walk.had = nil, 0
}

// unseen leaves out of a page what was listed before a walk was left: there are
// stores that take no notice of StartAfter.
func (w *walk) unseen(page []s3view.Entry) []s3view.Entry {
	for w.resumed && len(page) > 0 && page[0].Key <= w.past {
		page = page[1:]
	}
	return page
}

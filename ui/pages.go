package ui

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// interrupted tells that a page did not come, behind others that did.
func (b *browser) interrupted() bool {
	return b.err != nil && b.pages > 0 && !b.page.busy() && !errors.Is(b.err.Err, errAgain)
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
	if w, ok := b.store.(walker); ok && b.walkable() {
		return b.walkOn(w)
	}
	ctx, t := b.fx.ask(&b.page)
	if b.at.Root() {
		return b.fx.buckets(ctx, t, b.store)
	}
	l := s3view.Listing{At: b.at, Token: b.next}
	if b.next == "" {
		l.StartAfter = b.after
	}
	return b.fx.page(ctx, t, b.store, l)
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
	return b.showBuckets(m.buckets)
}

// showBuckets fills the list; where buckets may not be listed, those that were
// visited before stand in.
func (b *browser) showBuckets(list []s3view.Bucket) tea.Cmd {
	if len(list) == 0 && b.err != nil {
		for _, name := range b.known {
			list = append(list, s3view.Bucket{Name: name})
		}
	}
	entries := make([]s3view.Entry, 0, len(list))
	for _, bucket := range list {
		entries = append(entries, s3view.Entry{Key: bucket.Name, Modified: bucket.Created, Class: bucket.Region})
	}
	b.lens.rows, b.lens.view = s3view.NewRows(""), nil
	b.lens.rows.Append(entries)
	return b.grown()
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
		return b.grown()
	}
	b.pages++
	page := b.walk.unseen(m.page.Entries)
	b.lens.rows.Append(page)
	if len(page) > 0 {
		b.after = page[len(page)-1].Key
	}
	if m.page.Moved != "" {
		b.moved = m.page.Moved
	}
	b.next, b.done = m.page.Next, m.page.Next == ""
	switch {
	case b.done:
		b.ended()
	case b.tokens[b.next]:
		b.err, b.all = &s3view.Error{Op: "ListObjectsV2", Location: b.at, Message: errAgain.Error(), Err: errAgain}, false
	}
	b.tokens[b.next] = true
	return tea.Batch(b.grown(), b.more())
}

// errAgain ends the listing of a store that leads back to a page that it gave.
var errAgain = errors.New("the store gives the same page again, so the rest cannot be listed")

// ended tidies up when every page is here: what was asked for by name has a row, and
// what is gone has no mark.
func (b *browser) ended() {
	b.showAsked()
	for key := range b.taken {
		if b.lens.find(key) < 0 {
			delete(b.taken, key)
		}
	}
}

// showAsked gives the object that was asked for by name a row of its own where
// the listing has none for it: it may be missing, or the listing refused.
func (b *browser) showAsked() {
	name, key := b.asked.Name(), b.asked.Key
	if key == "" || b.want != name || b.lens.find(key) >= 0 {
		return
	}
	if b.lens.find(key+"/") >= 0 {
		b.want = name + "/"
		return
	}
	b.added = key
	b.lens.rows.Append([]s3view.Entry{{Key: key}})
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

// seekPages bounds how far a row that was asked for is looked for.
const seekPages = 50

// seeking tells that the row to select has not come yet. Rows come in the order
// of their keys, so it is looked for only as far as it could be.
func (b *browser) seeking() bool {
	n := b.lens.loaded()
	if b.want == "" || b.done || n == 0 || b.pages > seekPages {
		return false
	}
	return !b.lens.rows.Ordered() || b.lens.rows.Row(n-1).Key < b.at.Key+b.want
}

// asError gives every error the shape that the screens show.
func asError(err error) *s3view.Error {
	if e := s3view.AsError(err); e != nil {
		return e
	}
	return &s3view.Error{Op: "the request", Message: err.Error(), Err: err}
}

package s3view

import (
	"context"
	"errors"
	"time"
)

// WalkOptions change how Walk lists.
type WalkOptions struct {
	// Workers is the most requests under way at once; 0 means 64, 1 lists one
	// page after the other.
	Workers int
	// Unordered hands pages over as they come, which needs no memory for order.
	Unordered bool
	// Buffer is about how many entries may wait for those before them; 0 means
	// 400,000 (some 16 MB). When it fills, the work moves to the front.
	Buffer int
	// OneLevel walks what is right below the prefix, its common prefixes and its
	// objects, in place of every key below.
	OneLevel bool
	// Token and After begin where a listing page after page has come to: with the
	// Next of its last page and its last entry, or after that entry alone.
	Token, After string
}

// WalkStats is how far a walk has come.
type WalkStats struct {
	Objects  int64 // keys handed over
	Bytes    int64 // sum of their sizes
	Requests int64 // answers had, refused and throttled ones as well
	Waiting  int   // entries listed and not yet handed over
	Workers  int   // requests that may be under way at once now
}

const (
	defaultWorkers = 64
	defaultBuffer  = 400_000
	pageTries      = 5 // for a page whose answer fails
	throttleTries  = 30
	pageTimeout    = 2 * time.Minute
	mostBarren     = 10_000 // empty pages in a row that promise more: deleted versions may empty some, not so many
)

// Walk is WalkPages over the pages of the store.
func (st *Store) Walk(ctx context.Context, at Location, o WalkOptions, emit func([]Entry, WalkStats) error) (WalkStats, error) {
	return WalkPages(ctx, st.ListPage, at, o, emit)
}

// WalkPages lists every key below the prefix at and hands the pages to emit, one
// at a time and in key order, until emit returns an error, which it returns. The
// entries are good until emit returns; their strings for as long as they are held.
// list asks for one page, as Store.ListPage does; its SlowDown sets the pace.
//
// A listing that does not keep key order ends with ErrUnordered when keys may
// have been missed; all else that ends it early is the *Error of a page.
//
// It lists many ranges of the key space side by side. Nothing is known of the
// keys beforehand: the first page shows where the listing goes, and whenever a
// request could be made and no range waits for one, the upper part of the
// longest range that is being listed becomes a range of its own. See range.go
// for the ranges, pivot.go for where they are cut, pace.go for how many requests
// are under way.
func WalkPages(ctx context.Context, list func(context.Context, Listing) (Page, error), at Location, o WalkOptions,
	emit func([]Entry, WalkStats) error) (WalkStats, error) {
	at.VersionID = ""
	if at.Kind() == DirectoryBucketKind {
		o.Workers = 1 // its listings are in no order and know no StartAfter
	}
	return walk(ctx, at.Key, func(ctx context.Context, after, token string) (Page, error) {
		ctx, cancel := context.WithTimeout(ctx, pageTimeout)
		defer cancel()
		return list(ctx, Listing{At: at, Recursive: !o.OneLevel, Token: token, StartAfter: after, Once: true})
	}, o, emit)
}

// A lister returns the page after a key, or after the page that gave the token.
// A token wins over after.
type lister func(ctx context.Context, after, token string) (Page, error)

// walker is one walk. All of its state belongs to the goroutine that runs loop;
// the requests run in goroutines of their own and report to answers.
type walker struct {
	ctx     context.Context
	list    lister
	options WalkOptions
	ranges  ranges
	pace    pace
	answers chan answer
	flying  int
	queue   []heldPage // in order, to be emitted
	held    int        // entries in ranges and queue
	last    string     // the last key queued
	stats   WalkStats
	serial  bool // the store cannot start in the middle: one range
	barren  int  // empty pages in a row, of all ranges, that promise more
}

// answer is what became of one request.
type answer struct {
	of   *keyRange
	sent time.Time
	page Page
	err  error
}

// ErrUnordered is the answer for a store that does not list in key order.
var ErrUnordered = errors.New("the store's listing lost its key order on the way, so keys may be missing: list a smaller prefix")

var errAround = errors.New("the store gives the same page, or an empty one, again and again, so the rest cannot be listed: list a smaller prefix, or check the endpoint")

func walk(ctx context.Context, prefix string, list lister, o WalkOptions, emit func([]Entry, WalkStats) error) (WalkStats, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if o.Workers <= 0 {
		o.Workers = defaultWorkers
	}
	if o.Buffer <= 0 {
		o.Buffer = defaultBuffer
	}
	w := &walker{ctx: ctx, list: list, options: o, serial: o.Workers == 1}
	w.answers = make(chan answer, o.Workers)
	w.pace = newPace(o.Workers)
	w.ranges, w.last = newRanges(prefix, o), o.After
	out := newEmitter(emit)
	err := w.loop(out)
	if err != nil && ctx.Err() == nil {
		out.flush(w.queue, w.stats)
	}
	if stop := out.close(); err == nil {
		err = stop
	}
	w.stats.Objects, w.stats.Bytes = out.objects, out.bytes
	return w.stats, err
}

// loop starts requests, takes answers and feeds the emitter until all is done.
func (w *walker) loop(out *emitter) error {
	for {
		w.start()
		if w.flying == 0 && len(w.queue) == 0 && w.ranges.finished() {
			return nil
		}
		var feed chan<- emission
		var next emission
		if len(w.queue) > 0 {
			w.stats.Waiting = w.held
			feed, next = out.in, emission{w.queue[0], w.stats}
		}
		select {
		case feed <- next:
			w.held -= w.queue[0].n
			w.queue[0] = heldPage{}
			w.queue = w.queue[1:]
		case a := <-w.answers:
			w.flying--
			if err := w.take(a); err != nil {
				return err
			}
		case <-w.pace.wake(w.ranges.earliest(w.pace.now())):
		case err := <-out.failed:
			return err
		case <-w.ctx.Done():
			return w.ctx.Err()
		}
	}
}

// start sends requests as long as the pace allows and there is something to ask.
func (w *walker) start() {
	for w.flying < w.allowed() {
		r := w.pick()
		if r == nil {
			return
		}
		r.busy = true
		w.flying++
		after, token := r.pos, r.token
		if r.token != "" {
			after = ""
		}
		sent := w.pace.now()
		go func() {
			page, err := w.list(w.ctx, after, token)
			w.answers <- answer{r, sent, page, err} // never blocks: the channel holds an answer of each
		}()
	}
}

// allowed is how many requests may be under way. Until several answers have
// shown that the listing is long, there are no more than those answers: a short
// one would cost ten requests for its two pages.
func (w *walker) allowed() int {
	if seen := w.ranges.useful; seen < burst {
		return min(w.pace.limit, max(1, seen))
	}
	return w.pace.limit
}

// pick chooses the range to ask next: the first one that waits, else a new one
// cut off the longest. The fuller the buffer, the fewer ranges behind the first
// unfinished one are considered.
func (w *walker) pick() *keyRange {
	full := float64(w.held+w.flying*1000) / float64(w.options.Buffer)
	if w.options.Unordered {
		full = 0
	}
	depth := len(w.ranges.list)
	if full > 0.5 {
		depth = max(1, int(float64(2*w.pace.limit)*(1-full)))
	}
	if w.held > w.options.Buffer && len(w.queue) > 0 {
		return nil // the reader is behind
	}
	if r := w.ranges.waiting(depth, w.pace.now()); r != nil {
		return r
	}
	if w.serial || full > 2 {
		return nil
	}
	return w.ranges.split(depth, w.flying <= w.pace.limit/8)
}

// take deals with one answer.
func (w *walker) take(a answer) error {
	w.stats.Requests++
	a.of.busy = false
	if a.err != nil {
		return w.failed(a)
	}
	if a.of.stale {
		return nil // from before the walk began again
	}
	if sorted, after := a.of.check(a.page.Entries); !w.serial && (!sorted || !after) {
		return w.restart(sorted)
	}
	around := a.of.turnsBack(a.page, !w.serial)
	if len(a.page.Entries) > 0 {
		w.barren = 0
	} else if a.page.More {
		w.barren++
		around = around || w.barren >= mostBarren
	}
	w.pace.succeeded()
	a.of.tries = 0
	w.held += w.ranges.add(a.of, a.page, w.options.Unordered)
	w.stats.Workers = w.pace.limit
	w.drain()
	if around {
		return errAround
	}
	return nil
}

// failed tries again where that may help: throttling slows all down, a server
// error or a dropped connection is forgiven a few times.
func (w *walker) failed(a answer) error {
	if w.ctx.Err() != nil {
		return w.ctx.Err()
	}
	e := AsError(a.err)
	a.of.tries++
	switch {
	case a.of.stale:
		return nil
	case e == nil:
		return a.err
	case e.Throttled() && a.of.tries < throttleTries:
		w.pace.throttled(a.sent)
	case (e.Status >= 500 || e.Status == 0 && !e.NoCredentials() && !isTimeout(a.err)) && a.of.tries < pageTries:
	default:
		return a.err
	}
	a.of.notBefore = w.pace.now().Add(w.pace.backoff(a.of.tries))
	return nil
}

// restart lists from the beginning with continuation tokens alone, because the
// store does not keep key order or ignores StartAfter. Keys that were handed
// over already are passed over.
func (w *walker) restart(sorted bool) error {
	if w.last != "" && !sorted {
		return ErrUnordered
	}
	w.serial = true
	w.held = 0
	for _, page := range w.queue {
		w.held += page.n
	}
	w.ranges.restart(w.last)
	return nil
}

// drain moves what is in order from the ranges to the queue.
func (w *walker) drain() {
	pages, last := w.ranges.drain(w.options.Unordered)
	w.queue = append(w.queue, pages...)
	w.last = max(w.last, last)
}

// emitter calls emit in a goroutine of its own, so that a slow reader does not
// keep answers waiting.
type emitter struct {
	in             chan emission
	failed         chan error
	done           chan struct{}
	objects, bytes int64 // to be read after close
}

type emission struct {
	page  heldPage
	stats WalkStats
}

func newEmitter(emit func([]Entry, WalkStats) error) *emitter {
	e := &emitter{in: make(chan emission), failed: make(chan error, 1), done: make(chan struct{})}
	go func() {
		defer close(e.done)
		var open opener
		for next := range e.in {
			entries := open.open(next.page)
			e.objects += int64(len(entries))
			for i := range entries {
				e.bytes += entries[i].Size
			}
			next.stats.Objects, next.stats.Bytes = e.objects, e.bytes
			if err := emit(entries, next.stats); err != nil {
				e.failed <- err
				break
			}
		}
	}()
	return e
}

// flush hands over what is in order already, when the walk ends early.
func (e *emitter) flush(queue []heldPage, stats WalkStats) {
	for _, page := range queue {
		select {
		case e.in <- emission{page, stats}:
		case <-e.done:
			return
		}
	}
}

// close waits for the page that is being handed over and returns emit's error.
func (e *emitter) close() error {
	close(e.in)
	<-e.done
	select {
	case err := <-e.failed:
		return err
	default:
		return nil
	}
}

package s3view

import (
	"bytes"
	"context"
	"runtime"
	"sync"
	"unicode/utf8"
)

// passing returns the rows that pass. Of the blocks before done nothing is looked
// at: known has their rows already. Of those before narrow only the rows in among
// are. It works on all processors and ends early, with nil, when ctx does.
func (r *Rows) passing(ctx context.Context, f Filter, known *rowSet, done int, among *rowSet, narrow int) *rowSet {
	words := make([]uint64, (r.n+wordBits-1)/wordBits)
	if known != nil {
		copy(words, known.words)
	}
	workers := runtime.GOMAXPROCS(0)
	parts := min(4*workers, len(r.blocks)-done)
	var wait sync.WaitGroup
	var mu sync.Mutex // of next and words
	next := 0
	take := func() (from, to int) {
		mu.Lock()
		defer mu.Unlock()
		next++
		all := len(r.blocks) - done
		return done + (next-1)*all/max(1, parts), done + next*all/max(1, parts)
	}
	for range min(workers, parts) {
		wait.Go(func() {
			w := finder{rows: r, filter: f, among: among, narrow: narrow}
			for from, to := take(); to <= len(r.blocks) && ctx.Err() == nil; from, to = take() {
				w.look(ctx, from, to)
				mu.Lock()
				for i, word := range w.words {
					words[w.base/wordBits+i] |= word
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return newRowSet(words)
}

// A finder looks through blocks for the rows that pass a filter.
type finder struct {
	rows   *Rows
	filter Filter
	among  *rowSet
	narrow int

	words      []uint64 // what it found, from row base on
	base       int
	text, name []byte // buffers
}

// look goes through the blocks from the first up to and not with the last.
func (w *finder) look(ctx context.Context, first, last int) {
	end := w.rows.n
	if last < len(w.rows.blocks) {
		end = w.rows.starts[last]
	}
	w.base = w.rows.starts[first] / wordBits * wordBits
	w.words = make([]uint64, (end-w.base+wordBits-1)/wordBits)
	for n := first; n < last && ctx.Err() == nil; n++ {
		b, start := w.rows.blocks[n], w.rows.starts[n]
		if n >= w.narrow {
			w.block(b, start-w.base)
			continue
		}
		switch among := w.among.rank(start+b.n) - w.among.rank(start); {
		case among == 0:
		case among <= b.n/fewOf || w.filter.expr != nil && len(w.filter.literals) == 0:
			w.each(b, start-w.base, w.among.words, start)
		default:
			w.block(b, start-w.base)
		}
	}
}

// fewOf is the part of a block's rows up to which looking at single rows is
// faster than at all together.
const fewOf = 24

// block finds the rows of a block; at is where their bits begin.
func (w *finder) block(b *block, at int) {
	if w.filter.expr == nil {
		w.contains(b, w.filter.folded, w.words, at)
		return
	}
	size := (b.n + wordBits - 1) / wordBits
	held := make([]uint64, size)
	setBits(held, 0, b.n)
	for _, l := range w.filter.literals {
		if l.anyCase && !b.ascii {
			continue // Unicode has more than one small s
		}
		has := make([]uint64, size)
		w.contains(b, l.folded, has, 0)
		for i := range held {
			held[i] &= has[i]
		}
	}
	w.each(b, at, held, 0)
}

// each asks the filter about the rows of a block whose bits, from first on, are set.
func (w *finder) each(b *block, at int, bits []uint64, first int) {
	c := newCursor(b, b.text, w.name)
	eachBit(bits, first, first+b.n, func(i int) {
		c.seek(i - first)
		if w.passes(c.name) {
			setBits(w.words, at+i-first, at+i-first+1)
		}
	})
	w.name = c.name
}

func (w *finder) passes(name []byte) bool {
	if w.filter.expr != nil {
		return w.filter.expr.Match(name)
	}
	w.text = fold(w.text[:0], name)
	return bytes.Contains(w.text, w.filter.folded)
}

// contains sets the bits, from at on, of the rows whose names hold a text. It looks
// for the end of the text in all new bytes of the block at once, and at a name
// only where that stands. A row that has no match in its new bytes has one if and
// only if the shared bytes have, and then the row before has it, too.
func (w *finder) contains(b *block, needle []byte, words []uint64, at int) {
	if b.ascii && !isASCII(needle) {
		return
	}
	text := b.text
	if !b.folded {
		w.text = fold(w.text[:0], text)
		text = w.text
	}
	tail := lastRunes(needle)
	c := newCursor(b, text, w.name)
	row, from := 0, 0
	for row < b.n {
		i := bytes.Index(text[from:], tail)
		if i < 0 {
			break
		}
		hit := from + i + len(tail) // where the match ends
		for int(b.ends[row]) < from+i+1 {
			row++
		}
		end := c.match(row, hit, needle)
		if end < 0 {
			from += i + 1
			continue
		}
		first := row
		for row++; row < b.n && int(b.shared[row]) >= end; row++ {
		}
		setBits(words, at+first, at+row)
		from = b.start(row)
	}
	w.name = c.name
}

// lastRunes is as much of the end of a text as is sure to stand in one piece in
// the new bytes of a row and the overlap before them.
func lastRunes(text []byte) []byte {
	for from := max(0, len(text)-overlap-1); from < len(text); from++ {
		if utf8.RuneStart(text[from]) {
			return text[from:]
		}
	}
	return text // no UTF-8: found in rows that are stored whole
}

// match tells where in its name a match ends that ends at hit in the text of the
// row; -1 when it is none.
func (c *cursor) match(row, hit int, needle []byte) (end int) {
	b, start := c.b, c.b.start(row)
	if hit > int(b.ends[row]) {
		return -1 // reaches into the next row
	}
	shared := int(b.shared[row])
	end = shared - min(shared, overlap) + hit - start
	near := min(hit-start, len(needle))
	if end < len(needle) || !bytes.Equal(c.text[hit-near:hit], needle[len(needle)-near:]) {
		return -1
	}
	if near < len(needle) {
		if c.seek(row); !bytes.Equal(c.name[end-len(needle):end], needle) {
			return -1
		}
	}
	return end
}

package s3view

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A Filter decides which rows are shown: those whose name, below the listed
// prefix, holds a text whatever its case, or matches a regular expression. The
// zero value lets all through.
type Filter struct {
	text   string // as typed
	folded []byte
	expr   *regexp.Regexp
}

// ParseFilter reads a filter as people type it: a text, or "re:" and a regular
// expression in Go's syntax, which minds case unless it begins with (?i).
func ParseFilter(text string) (Filter, error) {
	source, isExpr := strings.CutPrefix(text, "re:")
	if !isExpr {
		return Filter{text: text, folded: foldAll(text)}, nil
	}
	expr, err := regexp.Compile(source)
	if err != nil {
		return Filter{text: text}, fmt.Errorf("%q is no regular expression: %w", source, err)
	}
	return Filter{text: text, expr: expr}, nil
}

// String is the filter as it was typed.
func (f Filter) String() string { return f.text }

// All tells whether the filter lets every row through.
func (f Filter) All() bool { return f.expr == nil && len(f.folded) == 0 }

// narrows tells whether every row that passes f passes the wider filter, too.
func (f Filter) narrows(wider Filter) bool {
	return wider.All() || wider.expr == nil && f.expr == nil && bytes.Contains(f.folded, wider.folded)
}

// Match tells whether a name passes.
func (f Filter) Match(name string) bool {
	switch {
	case f.All():
		return true
	case f.expr != nil:
		return f.expr.MatchString(name)
	}
	return bytes.Contains(foldAll(name), f.folded)
}

// lower folds the case of ASCII.
var lower = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if i >= 'A' && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()

// foldAll folds the case of every character by Unicode's simple folding.
func foldAll(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			out = append(out, lower[s[i]])
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			out = append(out, s[i])
		} else {
			out = utf8.AppendRune(out, unicode.ToLower(r))
		}
		i += n
	}
	return out
}

// filter returns the rows that pass, in order; among is where to look, nil for
// all rows. It works on all processors and ends early, with nil, when ctx does.
func (r *Rows) filter(ctx context.Context, f Filter, among []uint32) []uint32 {
	workers := runtime.GOMAXPROCS(0)
	parts := make([][]uint32, 4*workers)
	var wait sync.WaitGroup
	next := make(chan int, len(parts))
	for i := range parts {
		next <- i
	}
	close(next)
	for range workers {
		wait.Go(func() {
			for i := range next {
				if among == nil {
					parts[i] = r.filterBlocks(ctx, f, i*len(r.blocks)/len(parts), (i+1)*len(r.blocks)/len(parts))
				} else {
					parts[i] = r.filterAmong(ctx, f, among[i*len(among)/len(parts):(i+1)*len(among)/len(parts)])
				}
			}
		})
	}
	wait.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return joinParts(parts)
}

func joinParts(parts [][]uint32) []uint32 {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	all := make([]uint32, 0, n)
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// filterBlocks looks at every row of some blocks.
func (r *Rows) filterBlocks(ctx context.Context, f Filter, from, to int) []uint32 {
	found := make([]uint32, 0, 1024)
	for n := from; n < to && ctx.Err() == nil; n++ {
		b := r.blocks[n]
		start := uint32(r.starts[n]) //nolint:gosec // rows are fewer than 2^32
		if plain := f.expr == nil && isASCII(f.folded); plain {
			found = b.contains(found, start, f.folded, len(r.prefix))
			continue
		}
		if f.expr == nil && b.ascii {
			continue // a text with other letters is in no ASCII key
		}
		c := cursor{b: b, row: -1}
		for c.row < b.n-1 {
			c.next()
			if f.matchBytes(c.text[min(len(r.prefix), len(c.text)):]) {
				found = append(found, start+uint32(c.row)) //nolint:gosec // a row
			}
		}
	}
	return found
}

// contains finds an ASCII text in the names of a block. Only what a key does not
// share with the one before is looked at: a match that ends in the shared part is
// still one, and none that lies in it can be new.
func (b *block) contains(found []uint32, start uint32, text []byte, skip int) []uint32 {
	var name [1100]byte
	folded := name[:0]
	keys, at, end := b.keys, 0, -1 // end: where the match of the row before ends
	for row := range b.n {
		shared, n := uvarint(keys[at:])
		at += n
		length, n := uvarint(keys[at:])
		at += n
		folded = folded[:shared]
		for _, c := range keys[at : at+length] {
			folded = append(folded, lower[c])
		}
		at += length
		if end < 0 || end > shared {
			end = -1
			from := max(skip, shared-len(text)+1)
			if from < len(folded) {
				if i := bytes.Index(folded[from:], text); i >= 0 {
					end = from + i + len(text)
				}
			}
		}
		if end >= 0 {
			found = append(found, start+uint32(row)) //nolint:gosec // a row
		}
	}
	return found
}

// filterAmong looks at some rows alone.
func (r *Rows) filterAmong(ctx context.Context, f Filter, among []uint32) []uint32 {
	found := make([]uint32, 0, len(among)/4+16)
	var c cursor
	first, end := 0, 0 // the rows of the block that c stands in
	for n, row := range among {
		i := int(row)
		if c.b == nil || i < first || i >= end {
			if ctx.Err() != nil {
				return nil
			}
			b, j := r.find(i)
			first, end = i-j, i-j+b.n
			c = cursor{b: b, row: -1, text: c.text[:0]}
		}
		c.seek(i - first)
		if f.matchBytes(c.text[min(len(r.prefix), len(c.text)):]) {
			found = append(found, among[n])
		}
	}
	return found
}

// matchBytes is Match without an allocation for ASCII names.
func (f Filter) matchBytes(name []byte) bool {
	if f.expr != nil {
		return f.expr.Match(name)
	}
	if len(f.folded) == 0 {
		return true
	}
	var buf [1100]byte
	if len(name) > len(buf) || !isASCII(f.folded) {
		return bytes.Contains(foldAll(string(name)), f.folded)
	}
	for i, c := range name {
		buf[i] = lower[c]
	}
	return bytes.Contains(buf[:len(name)], f.folded)
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

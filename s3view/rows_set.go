package s3view

import (
	"math/bits"
	"sort"
)

// A rowSet is a set of row numbers: a bit a row, so that a filter over a million
// rows answers with 125 KB whatever it lets through.
type rowSet struct {
	words []uint64
	ranks []uint32 // members before each word
	n     int
}

const wordBits = 64

// newRowSet wants the bits of all rows; it keeps words.
func newRowSet(words []uint64) *rowSet {
	s := &rowSet{words: words, ranks: make([]uint32, len(words))}
	for i, w := range words {
		s.ranks[i] = uint32(s.n) //nolint:gosec // rows are fewer than 2^32
		s.n += bits.OnesCount64(w)
	}
	return s
}

// has tells whether the row is a member.
func (s *rowSet) has(row int) bool {
	return row/wordBits < len(s.words) && s.words[row/wordBits]>>(row%wordBits)&1 != 0
}

// rank is how many members come before the row.
func (s *rowSet) rank(row int) int {
	w := row / wordBits
	if w >= len(s.words) {
		return s.n
	}
	return int(s.ranks[w]) + bits.OnesCount64(s.words[w]&(1<<(row%wordBits)-1))
}

// at is the member with i before it. It panics when there is none, as a slice does.
func (s *rowSet) at(i int) int {
	w := sort.Search(len(s.ranks), func(w int) bool { return int(s.ranks[w]) > i }) - 1
	word := s.words[w]
	for range i - int(s.ranks[w]) {
		word &= word - 1 // drops the lowest member
	}
	return w*wordBits + bits.TrailingZeros64(word)
}

// setBits sets the bits from lo up to and not with hi.
func setBits(words []uint64, lo, hi int) {
	for lo < hi {
		n := min(wordBits-lo%wordBits, hi-lo)
		words[lo/wordBits] |= ^uint64(0) >> (wordBits - n) << (lo % wordBits)
		lo += n
	}
}

// eachBit calls f with each set bit from lo up to and not with hi.
func eachBit(words []uint64, lo, hi int, f func(row int)) {
	for w := lo / wordBits; w*wordBits < hi; w++ {
		for word := words[w]; word != 0; word &= word - 1 {
			if row := w*wordBits + bits.TrailingZeros64(word); row >= lo && row < hi {
				f(row)
			}
		}
	}
}

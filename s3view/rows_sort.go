package s3view

import (
	"cmp"
	"math/bits"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// sorted returns the numbers of all rows in an order. Common prefixes stay first
// unless the order is that of names, and equals stay in key order.
func (r *Rows) sorted(o Order, descending bool) []uint32 {
	if o == ByName {
		return r.sortedNames(descending)
	}
	values, largest := r.values(o)
	rowBits, valueBits := bits.Len(uint(max(0, r.n-1))), bits.Len64(largest)
	if descending {
		for i, v := range values {
			if v > 0 {
				values[i] = largest + 1 - v
			}
		}
	}
	if rowBits+valueBits > 64 {
		return sortedApart(values)
	}
	sideBySide(len(values), func(from, to int) {
		for i := from; i < to; i++ {
			values[i] = values[i]<<rowBits | uint64(i) //nolint:gosec // not negative
		}
	})
	values = radix(values, rowBits, rowBits+valueBits)
	order := make([]uint32, len(values))
	sideBySide(len(values), func(from, to int) {
		for i := from; i < to; i++ {
			order[i] = uint32(values[i] & (1<<rowBits - 1)) //nolint:gosec // a row
		}
	})
	return order
}

// values gives each row a number by which it sorts, and the largest of them: 0
// for common prefixes, else one more than its size, date or class.
func (r *Rows) values(o Order) (values []uint64, largest uint64) {
	values = make([]uint64, r.n)
	rank := r.classRanks()
	sideBySide(len(r.blocks), func(from, to int) {
		for n := from; n < to; n++ {
			r.blocks[n].values(values[r.starts[n]:], o, rank)
		}
	})
	for _, v := range values {
		largest = max(largest, v)
	}
	return values, largest
}

func (b *block) values(to []uint64, o Order, rank []uint64) {
	for j, class := range b.class {
		switch {
		case class == prefixRow:
		case o == BySize:
			to[j] = 1 + uint64(b.size(j)) //nolint:gosec // not negative
		case o == ByDate:
			to[j] = 1 + uint64(b.when[j])
		default:
			to[j] = 1 + rank[class]
		}
	}
}

// sideBySide cuts 0…n into a part for each processor.
func sideBySide(n int, work func(from, to int)) {
	parts := runtime.GOMAXPROCS(0)
	var wait sync.WaitGroup
	for p := range parts {
		wait.Go(func() { work(p*n/parts, (p+1)*n/parts) })
	}
	wait.Wait()
}

// sortedApart sorts by values too large to share a word with the row's number:
// objects of terabytes in a listing of many millions.
func sortedApart(values []uint64) []uint32 {
	order := make([]uint32, len(values))
	for i := range order {
		order[i] = uint32(i) //nolint:gosec // rows are fewer than 2^32
	}
	slices.SortStableFunc(order, func(a, b uint32) int { return cmp.Compare(values[a], values[b]) })
	return order
}

// classRanks gives each storage class its place in the alphabet.
func (r *Rows) classRanks() []uint64 {
	rank := make([]uint64, len(r.classes))
	for i, c := range r.classes {
		for _, other := range r.classes {
			if other < c {
				rank[i]++
			}
		}
	}
	return rank
}

// The digits of the radix sort.
const (
	digitBits = 11
	digits    = 1 << digitBits
)

// radix sorts words by their bits from one up to and not with another, keeping
// equals as they are, on all processors. It uses up words. Only the digits in
// which words differ cost a pass.
func radix(words []uint64, from, to int) []uint64 {
	var differ uint64
	for _, w := range words {
		differ |= w ^ words[0]
	}
	var other []uint64
	for shift := from; shift < to; shift += digitBits {
		if differ>>shift&(digits-1) == 0 {
			continue
		}
		if other == nil {
			other = make([]uint64, len(words))
		}
		radixPass(words, other, shift)
		words, other = other, words
	}
	return words
}

// radixPass moves words to the places that one digit gives them.
func radixPass(words, to []uint64, shift int) {
	parts := runtime.GOMAXPROCS(0)
	counts := make([][digits]int, parts)
	each := func(work func(part []uint64, place *[digits]int)) {
		sideBySide(parts, func(p, _ int) { work(words[p*len(words)/parts:(p+1)*len(words)/parts], &counts[p]) })
	}
	each(func(part []uint64, count *[digits]int) {
		for _, w := range part {
			count[w>>shift&(digits-1)]++
		}
	})
	sum := 0
	for d := range digits {
		for p := range parts {
			counts[p][d], sum = sum, sum+counts[p][d]
		}
	}
	each(func(part []uint64, place *[digits]int) {
		for _, w := range part {
			d := w >> shift & (digits - 1)
			to[place[d]] = w
			place[d]++
		}
	})
}

// sortedNames sorts by key where the store does not.
func (r *Rows) sortedNames(descending bool) []uint32 {
	keys, order := make([]string, 0, r.n), make([]uint32, r.n)
	for _, b := range r.blocks {
		c := newCursor(b, b.text, nil)
		for range b.n {
			c.next()
			keys = append(keys, b.prefix+string(c.name))
		}
	}
	for i := range order {
		order[i] = uint32(i) //nolint:gosec // rows are fewer than 2^32
	}
	slices.SortStableFunc(order, func(a, b uint32) int {
		if descending {
			a, b = b, a
		}
		return strings.Compare(keys[a], keys[b])
	})
	return order
}

// pick returns the members among rows, in the order of rows.
func (s *rowSet) pick(rows []uint32) []uint32 {
	picked := make([]uint32, 0, s.n)
	for _, row := range rows {
		if s.words[row/wordBits]>>(row%wordBits)&1 != 0 {
			picked = append(picked, row)
		}
	}
	return picked
}

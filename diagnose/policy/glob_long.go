package policy

import "unicode/utf8"

// longText is the length from which a search for letters mixed with ? is worth
// its preparations. No ARN of S3 is so long.
const longText = 4096

// searchLong is search for long texts: it steps over the text once and keeps,
// as a row of bits, which beginnings of the pieces end at the place it is at
// (Baeza-Yates and Gonnet, "A new approach to text searching", 1992). A hostile
// pattern such as ?a?a?a… then costs a 64th of its length at each place.
func searchLong(p []piece, s string, r resolver) (int, bool) {
	n := 0
	anyAt, at := []uint64(nil), make(map[rune][]uint64)
	set := func(row []uint64) []uint64 {
		for len(row) <= n/64 {
			row = append(row, 0)
		}
		row[n/64] |= 1 << (n % 64)
		return row
	}
	for i := range p {
		if p[i].kind == anyOne {
			anyAt = set(anyAt)
			n++
			continue
		}
		v, _ := p[i].value(r)
		for _, c := range v {
			at[c] = set(at[c])
			n++
		}
	}
	if n == 0 {
		return 0, true
	}
	words := (n + 63) / 64
	fits := fitRows(anyAt, at, words)
	state := make([]uint64, words)
	for i, c := range s {
		row, ok := fits[c]
		if !ok {
			row = fits[-1]
		}
		carry := uint64(1)
		for w := range state {
			next := state[w] >> 63
			state[w] = (state[w]<<1 | carry) & row[w]
			carry = next
		}
		if state[words-1]>>((n-1)%64)&1 == 1 {
			return i + utf8.RuneLen(c), true
		}
	}
	return 0, false
}

// fitRows gives for each letter the places of the pieces that it fits; -1 is
// for letters that stand in none of them.
func fitRows(anyAt []uint64, at map[rune][]uint64, words int) map[rune][]uint64 {
	fits := map[rune][]uint64{-1: make([]uint64, words)}
	copy(fits[-1], anyAt)
	for c, places := range at {
		row := make([]uint64, words)
		copy(row, anyAt)
		for w := range places {
			row[w] |= places[w]
		}
		fits[c] = row
	}
	return fits
}

package policy

import (
	"slices"
	"unicode/utf8"
)

// longText is the length from which a search for letters mixed with ? is worth
// its preparations. No ARN of S3 is so long.
const longText = 4096

// searchLong is search for long texts: it steps over the text once and keeps,
// as a row of bits, which beginnings of the pieces end at the place it is at
// (Baeza-Yates and Gonnet, "A new approach to text searching", 1992). A hostile
// pattern such as ?a?a?a… then costs a 64th of its length at each place.
func searchLong(p []piece, s string, r resolver) (int, bool) {
	places, n := placesOf(p, r)
	if n == 0 {
		return 0, true
	}
	words := (n + 63) / 64
	fits := fitRows(places, words)
	state := make([]uint64, words)
	for i, c := range s {
		row, ok := fits[c]
		if !ok {
			row = fits[anyLetter]
		}
		// A new beginning may start at every letter: the bit that is carried in.
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

// anyLetter stands for ? among the letters of a pattern, and for the letters
// that are not in it among those of a text. No letter has this number.
const anyLetter = rune(-1)

// placesOf counts the letters of pieces and notes the places of each.
func placesOf(p []piece, r resolver) (places map[rune][]int, n int) {
	places = make(map[rune][]int)
	for i := range p {
		if p[i].kind == anyOne {
			places[anyLetter] = append(places[anyLetter], n)
			n++
			continue
		}
		v, _ := p[i].value(r)
		for _, c := range v {
			places[c] = append(places[c], n)
			n++
		}
	}
	return places, n
}

// fitRows gives for each letter the places that it fits, its own and those of
// every ?, as a row of bits.
func fitRows(places map[rune][]int, words int) map[rune][]uint64 {
	fits := map[rune][]uint64{anyLetter: make([]uint64, words)}
	for c, own := range places {
		row := make([]uint64, words)
		for _, at := range slices.Concat(own, places[anyLetter]) {
			row[at/64] |= 1 << (at % 64)
		}
		fits[c] = row
	}
	return fits
}

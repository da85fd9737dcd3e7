package s3view

import (
	"slices"
	"unicode/utf8"
)

// An alphabet is what has been learned of the keys: the characters seen at each
// position, and anywhere. S3 orders keys by their UTF-8 bytes, which is the
// order of their code points, so that all of this works on runes; pivots are
// valid UTF-8, as StartAfter must be.
type alphabet struct {
	at  []runeSet
	all runeSet
}

// positions is how far into a key characters are learned: keys have at most
// 1024 bytes.
const positions = 1024

// runeSet is a small sorted set of characters.
type runeSet []rune

// mostRunes bounds a set: past it, what was seen is sample enough.
const mostRunes = 400

func (s *runeSet) add(r rune) {
	i, found := slices.BinarySearch(*s, r)
	if !found && len(*s) < mostRunes && r != utf8.RuneError {
		*s = slices.Insert(*s, i, r)
	}
}

// rank is how many characters of the set come before r.
func (s runeSet) rank(r rune) int {
	i, _ := slices.BinarySearch(s, r)
	return i
}

// within returns the characters after low and before high.
func (s runeSet) within(low, high rune) runeSet {
	i, _ := slices.BinarySearch(s, low+1)
	j, _ := slices.BinarySearch(s, high)
	if i >= j {
		return nil
	}
	return s[i:j]
}

// add learns from one key.
func (a *alphabet) add(key string) {
	i := 0
	for _, r := range key {
		if i == len(a.at) {
			a.at = append(a.at, nil)
		}
		a.at[i].add(r)
		a.all.add(r)
		if i++; i == positions {
			return
		}
	}
}

// seen returns the characters known for a position.
func (a *alphabet) seen(i int) runeSet {
	if i < len(a.at) {
		return a.at[i]
	}
	return nil
}

const afterAll = utf8.MaxRune + 1

// between returns a text between lo and hi, both exclusive, that is likely to
// have keys on both sides; hi "" is unbounded. It looks for the first position
// at which keys with a greater character than lo's were seen. The wide way
// believes that any character may stand anywhere and halves the first position
// where there is room; taking turns, the two find the end of a deep common
// prefix and the prefixes that come after it.
func (a *alphabet) between(lo, hi string, wide bool) (string, bool) {
	low, high := []rune(lo), []rune(hi)
	first := commonRunes(low, high)
	for d := first; d <= len(low) && d < positions; d++ {
		from, to := bounds(low, high, first, d)
		set := a.seen(d)
		if wide {
			set = a.all
		}
		choice := set.within(from, to)
		if len(choice) == 0 {
			continue
		}
		if d > first && !wide {
			if guard, ok := successor(low[:d]); ok && (hi == "" || guard < hi) {
				return guard, true
			}
		}
		return string(low[:d]) + string(choice[len(choice)/2]), true
	}
	return midpoint(low, high, first)
}

// bounds returns the characters between which one may be chosen at position d:
// after lo's own (or any, where lo ends), and before hi's at the position where
// the two part. Where hi goes on after that, its own character may be chosen too.
func bounds(low, high []rune, first, d int) (from, to rune) {
	from, to = -1, afterAll
	if d < len(low) {
		from = low[d]
	}
	if len(high) > 0 && d == first && first < len(high) {
		to = high[first]
		if len(high) > first+1 {
			to++
		}
	}
	return from, to
}

// successor is the first text after all that begin with the prefix.
func successor(prefix []rune) (string, bool) {
	if len(prefix) == 0 {
		return "", false
	}
	last := prefix[len(prefix)-1] + 1
	if last == 0xD800 {
		last = 0xE000 // surrogates are no characters
	}
	if last > utf8.MaxRune {
		return "", false
	}
	return string(prefix[:len(prefix)-1]) + string(last), true
}

// midpoint halves the code points themselves where nothing learned helps: among
// printable ASCII first, then among all.
func midpoint(low, high []rune, first int) (string, bool) {
	for d := first; d <= len(low) && d < positions; d++ {
		from, to := bounds(low, high, first, d)
		from = max(from, 0x1f)
		if to == afterAll && from < 0x7e {
			to = 0x7f
		}
		if to-from < 2 {
			continue
		}
		mid := from + (to-from)/2
		if mid >= 0xD800 && mid < 0xE000 {
			mid = 0xE000
		}
		if mid < to {
			return string(low[:d]) + string(mid), true
		}
	}
	return "", false
}

// commonRunes is how many characters two texts share at their beginning. It is
// short of the end of hi, so that there is always a character of hi to compare.
func commonRunes(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b)-1 && a[n] == b[n] {
		n++
	}
	return n
}

// span places three keys, lo ≤ key ≤ hi, on a line from 0 to 1 by the characters
// known for the positions after those that lo and hi share.
func (a *alphabet) span(lo, key, hi string) (from, at, to float64) {
	low, high := []rune(lo), []rune(hi)
	first := commonRunes(low, high)
	if hi == "" {
		return a.place(low, 0), a.place([]rune(key), 0), 1
	}
	return a.place(low, first), a.place([]rune(key), first), a.place(high, first)
}

func (a *alphabet) place(key []rune, first int) float64 {
	v, width := 0.0, 1.0
	for d := first; d < len(key) && width > 1e-12; d++ {
		set := a.seen(d)
		n := float64(max(1, len(set)))
		v += width * float64(set.rank(key[d])) / n
		width /= n
	}
	return v
}

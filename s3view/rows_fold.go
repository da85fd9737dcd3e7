package s3view

import (
	"encoding/binary"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Folding makes capital letters small, in place and without a change of length,
// so that what is found in folded text stands at the same place as in the text.
// The few characters whose small form has another length in UTF-8 (the Kelvin
// sign is one of them) are left alone and match themselves only.

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// fold appends the folded src to dst.
func fold(dst, src []byte) []byte {
	from := len(dst)
	dst = append(dst, src...)
	out := dst[from:]
	ascii := true
	for len(out) >= 8 {
		word := binary.LittleEndian.Uint64(out)
		ascii = ascii && word&highs == 0
		binary.LittleEndian.PutUint64(out, word|capitals(word)>>2)
		out = out[8:]
	}
	for i, c := range out {
		ascii = ascii && c < utf8.RuneSelf
		if c >= 'A' && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	if !ascii {
		foldRunes(dst[from:])
	}
	return dst
}

// capitals sets the highest bit of each of eight bytes that is an ASCII capital.
func capitals(word uint64) uint64 {
	low := word &^ highs
	return ^word & highs & ((low + (0x80-'A')*ones) ^ (low + (0x7f-'Z')*ones))
}

// hasCapitals tells whether folding would change ASCII text.
func hasCapitals(text []byte) bool {
	for ; len(text) >= 8; text = text[8:] {
		if capitals(binary.LittleEndian.Uint64(text)) != 0 {
			return true
		}
	}
	for _, c := range text {
		if c >= 'A' && c <= 'Z' {
			return true
		}
	}
	return false
}

// shortRunes is the number of characters that take at most two bytes in UTF-8.
const shortRunes = 0x800

// lowerShort has the small form of each of them: looking them up by
// unicode.ToLower would take most of the time of a filter over such names.
var lowerShort = sync.OnceValue(func() *[shortRunes]rune {
	t := new([shortRunes]rune)
	for r := range t {
		t[r] = rune(r)
		if l := unicode.ToLower(rune(r)); utf8.RuneLen(l) == utf8.RuneLen(rune(r)) {
			t[r] = l
		}
	}
	return t
})

// foldRunes folds the characters beyond ASCII.
func foldRunes(text []byte) {
	short := lowerShort()
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c < 0xc2: // ASCII, or what goes on
		case c < 0xe0:
			if i+1 == len(text) || text[i+1]&0xc0 != 0x80 {
				continue // no UTF-8
			}
			r := short[rune(c&0x1f)<<6|rune(text[i+1]&0x3f)]
			text[i], text[i+1] = 0xc0|byte(r>>6), 0x80|byte(r&0x3f) //nolint:gosec // 11 bits
			i++
		case c == 0xe1, c == 0xe2, c == 0xea, c == 0xef, c == 0xf0: // no other has capitals
			r, n := utf8.DecodeRune(text[i:])
			if l := unicode.ToLower(r); n > 1 && l != r && utf8.RuneLen(l) == n {
				utf8.EncodeRune(text[i:i+n], l)
			}
			i += n - 1
		}
	}
}

func isASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&highs != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

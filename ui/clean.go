package ui

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes text from outside safe to print and honest to read: control
// characters, escape sequences, bidirectional overrides, invisible characters
// and broken UTF-8 are replaced by something that shows, so that no key,
// metadata value or message can move the cursor, recolour the screen or pass for
// another. Ordinary text comes back as it is, without a copy.
func (t Theme) Clean(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if i == 0 && unicode.Is(unicode.Mn, r) {
			b.WriteString(stand(t.Glyphs.ASCII)) // else it would sit on whatever is drawn before
		}
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, "\\x%02x", s[i])
		} else {
			b.WriteString(visible(r, t.Glyphs.ASCII))
		}
		i += n
	}
	return b.String()
}

// stand is what a combining mark stands on that has no letter before it.
func stand(ascii bool) string {
	if ascii {
		return "_"
	}
	return "◌"
}

// plain tells that s is printable ASCII, the common case of a key.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// visible gives what stands for r on the screen. Joiners and variation selectors
// are shown too: terminals disagree about the width of what they join, and two
// keys that differ in one must not look alike.
func visible(r rune, ascii bool) string {
	switch {
	case r < ' ' && ascii:
		return "^" + string(r+'@')
	case r < ' ':
		return string(r + 0x2400) // the control pictures: ␊ for a line feed
	case r == 0x7f && ascii:
		return "^?"
	case r == 0x7f:
		return "␡"
	case invisible(r):
		return fmt.Sprintf("<U+%04X>", r)
	default:
		return string(r)
	}
}

func invisible(r rune) bool {
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) ||
		unicode.Is(unicode.Zp, r) || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Me, r) ||
		r == 0x3164 || r == 0x115f || r == 0x1160 || r == 0xffa0 || // Hangul fillers: blank letters
		(unicode.Is(unicode.Zs, r) && r != ' ' && r != 0x3000) // a no-break space is not a space
}

// CleanLine is Clean for text that may hold line breaks and tabs which are only
// layout, such as an error message: runs of white space become one space.
func (t Theme) CleanLine(s string) string {
	return t.Clean(strings.Join(strings.Fields(s), " "))
}

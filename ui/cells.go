package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// width is the number of cells that s takes on the screen, escapes not counted.
func width(s string) int {
	if plain(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// fit returns s in exactly w cells: padded with spaces, or cut with an ellipsis.
func (t Theme) fit(s string, w int) string {
	if w <= 0 {
		return ""
	}
	n := width(s)
	if n > w {
		s = ansi.Truncate(s, w, t.Glyphs.Ellipsis)
		n = width(s)
	}
	return s + spaces(w-n)
}

// fitRight is fit with the text at the right edge.
func (t Theme) fitRight(s string, w int) string {
	n := width(s)
	if n > w {
		return t.fit(s, w)
	}
	return spaces(w-n) + s
}

// fitTail keeps the end of s, which is what tells two long paths apart.
func (t Theme) fitTail(s string, w int) string {
	n := width(s)
	if n <= w {
		return s + spaces(w-n)
	}
	if w <= 0 {
		return ""
	}
	return t.Glyphs.Ellipsis + dropCells(s, n-w+1)
}

const blank = "                                                                                                                                "

func spaces(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blank) {
		return blank[:n]
	}
	return strings.Repeat(" ", n)
}

// spread puts left and right at the two ends of w cells. When they do not both
// fit, the right one is kept and the left one cut: it is the one that changes.
func (t Theme) spread(left, right string, w int) string {
	r := width(right)
	if r >= w {
		return t.fit(right, w)
	}
	if width(left) > w-r-1 {
		left = t.fit(left, max(0, w-r-1))
	}
	return left + spaces(w-r-width(left)) + right
}

// wrap breaks text into lines of at most w cells, at spaces where it can.
func wrap(text string, w int) []string {
	if w <= 0 {
		return nil
	}
	return strings.Split(ansi.Wrap(text, w, " /"), "\n")
}

// block is a rectangle of the screen: lines that all have the same width.
type block []string

// beside joins blocks of equal height from left to right.
func beside(blocks ...block) block {
	out := make(block, len(blocks[0]))
	for i := range out {
		var b strings.Builder
		for _, part := range blocks {
			b.WriteString(part[i])
		}
		out[i] = b.String()
	}
	return out
}

// exactly makes lines into a block of w×h cells.
func (t Theme) exactly(lines []string, w, h int) block {
	out := make(block, max(h, 0))
	for i := range out {
		if i < len(lines) {
			out[i] = t.fit(lines[i], w)
		} else {
			out[i] = spaces(w)
		}
	}
	return out
}

// overlay lays top over base with its upper left corner at x, y.
func overlay(base, top block, x, y int) block {
	out := append(block(nil), base...)
	for i, line := range top {
		if y+i < 0 || y+i >= len(out) {
			continue
		}
		under := out[y+i]
		// A wide character that the edge cuts in two leaves a cell free.
		left := ansi.Truncate(under, x, "")
		left += reset + spaces(x-width(left))
		right := dropCells(under, x+width(line))
		out[y+i] = left + line + reset + right
	}
	return out
}

func repeat(s string, n int) string { return strings.Repeat(s, max(0, n)) }

// firstCells is the first n cells of plain ASCII text, filled up with spaces.
func firstCells(s string, n int) string { return s[:min(n, len(s))] + spaces(n-len(s)) }

// dropCells takes the first n cells off a line. A wide character that this cuts in
// two leaves a cell free.
func dropCells(s string, n int) string {
	want := max(0, width(s)-n)
	out := ansi.TruncateLeft(s, n, "")
	if width(out) > want {
		out = ansi.TruncateLeft(s, n+1, "")
	}
	return spaces(want-width(out)) + out
}

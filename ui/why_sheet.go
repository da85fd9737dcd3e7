package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// A sheet is a column of text being laid out: every line fits its width. All
// text that it is given passes through Theme.Clean, because messages and
// policies come from servers that we do not know.
type sheet struct {
	Theme
	width int
	lines []string
}

// gap leaves one empty line, but never two in a row and none at the top.
func (s *sheet) gap() {
	if n := len(s.lines); n > 0 && s.lines[n-1] != "" {
		s.lines = append(s.lines, "")
	}
}

// raw adds a line that is already clean and styled, cut to the width.
func (s *sheet) raw(line string) { s.lines = append(s.lines, s.fitMost(line, s.width)) }

// heading starts a part of the leaf.
func (s *sheet) heading(text string) {
	s.gap()
	s.raw(s.Title.Render(s.Clean(text)))
}

// text wraps a paragraph behind an indent of spaces.
func (s *sheet) text(indent int, style Style, text string) {
	pad := spaces(indent)
	s.hang(pad, pad, style, text)
}

// longest bounds a piece of text from outside, in bytes: an error body may hold a
// megabyte, and nobody reads that in a column.
const longest = 4000

// clip cuts text to the longest that is shown.
func (s *sheet) clip(text string) string {
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + s.Glyphs.Ellipsis
}

// hang wraps a paragraph whose first line starts with the prefix first and the
// others with rest; both are already styled and equally wide. It breaks after a
// slash, but never within the name of an action.
func (s *sheet) hang(first, rest string, style Style, text string) {
	room := max(s.width-width(first), 1)
	for part := range strings.SplitSeq(s.clip(text), "\n") {
		for l := range strings.SplitSeq(ansi.Wrap(s.Clean(part), room, "/"), "\n") {
			s.raw(first + style.Render(strings.TrimRight(l, " ")))
			first = rest
		}
	}
}

// long adds a styled line that goes on behind rest when it is too long, at any
// cell: for quoted code, where every character counts.
func (s *sheet) long(first, rest, line string) {
	room := max(s.width-width(first), 8)
	for width(line) > room {
		s.raw(first + ansi.Truncate(line, room, "") + reset)
		line = ansi.TruncateLeft(line, room, "")
		first = rest
	}
	s.raw(first + line)
}

// command shows a command to type, wrapped at spaces with the shell's own
// continuation, so that what is selected with the mouse can be pasted.
func (s *sheet) command(indent int, cmd string) {
	words := strings.Fields(s.Clean(s.clip(cmd)))
	room := s.width - indent - 4
	var lines []string
	line := ""
	for _, w := range words {
		if line != "" && width(line)+1+width(w) > room {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	lines = append(lines, line)
	sign := "$ "
	for i, l := range lines {
		tail := ""
		if i < len(lines)-1 {
			tail = " \\"
		}
		pad := spaces(indent) + s.Dim.Render(sign)
		s.long(pad, spaces(indent+2), s.Code.Render(l)+s.Dim.Render(tail))
		sign = "  "
	}
}

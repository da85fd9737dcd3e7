package ui

import (
	"strings"

	"s403/diagnose"
)

// diff shows what a fix changes in a document, one line a line, each change
// behind its own sign so that colour is not needed to read it. It tells whether
// there was a difference to show.
func (s *sheet) diff(f diagnose.Fix) bool {
	lines := diagnose.Hunk(f.Diff(), 3)
	for _, l := range lines {
		text := s.Clean(strings.ReplaceAll(s.clip(l.Text), "\t", "    "))
		switch l.Op {
		case '+':
			s.long("  "+s.Added.Render("+ "), "  "+s.Added.Render("+   "), s.Added.Render(text))
		case '-':
			s.long("  "+s.Removed.Render("- "), "  "+s.Removed.Render("-   "), s.Removed.Render(text))
		default:
			s.long("    ", "      ", s.Dim.Render(text))
		}
	}
	return len(lines) > 0
}

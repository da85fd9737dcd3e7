package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"s403/s3view"
)

// Below a prefix each version says whose it is; its id gives way first.
func TestVersionsOfAPrefixNameTheirKeys(t *testing.T) {
	p := &versionsPane{at: s3view.Location{Bucket: "b", Key: "logs/"}, done: true, list: []s3view.Version{
		{Key: "logs/a.txt", ID: strings.Repeat("1", 36), Size: 2, Latest: true, Modified: dawn},
		{Key: "logs/2026/a long name.txt", ID: strings.Repeat("2", 36), DeleteMarker: true, Modified: dawn},
	}}
	for _, w := range []int{58, 78, 110} {
		lines := p.view(NewTheme(Look{}), w, 12)
		text := ansi.Strip(strings.Join(lines, "\n"))
		if !strings.Contains(text, "  a.txt ") || !strings.Contains(text, "  2026/a long name.txt") {
			t.Errorf("%d columns:\n%s", w, text)
		}
		ids := func(line, id string) int {
			before, _, _ := strings.Cut(ansi.Strip(line), id)
			return ansi.StringWidth(before)
		}
		if w >= 78 && ids(lines[1], "111") != ids(lines[2], "222") {
			t.Errorf("%d columns, the ids do not stand below each other:\n%s", w, text)
		}
	}
}

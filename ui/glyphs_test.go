package ui

import (
	"strings"
	"testing"
)

// With ASCII glyphs no screen of the explorer holds another character, unless a
// key or an answer does.
func TestASCIIScreensAreASCII(t *testing.T) {
	for _, keys := range []string{"", "w", "m", "?", ":", "o ctrl+u 's3://acme-'", "y", "i", "P", "R", "E", "A", "B", "s", "tab", "w f", "w t"} {
		var asked []string
		r := eyesRig(t, &asked)
		r.app.cfg.Settings.Glyphs = "ascii"
		r.app.look.ASCII = true
		r.app.theme = NewTheme(r.app.look)
		delete(r.app.browse.state, "")
		r.feed("esc", "/", "'a'", "enter").feed(strings.Fields(keys)...)
		for _, line := range r.grid() {
			if i := strings.IndexFunc(line, func(c rune) bool { return c > '~' }); i >= 0 {
				t.Errorf("after %q: %q", keys, line[i:])
			}
		}
	}
}

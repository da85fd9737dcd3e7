package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// A notice that is longer than the line takes more of them, to its end.
func TestLongNoticesAreShownWhole(t *testing.T) {
	r := newRig(t, acme(), nil).start(60, 16, true)
	r.app.say(failure, "line 3: "+strings.Repeat("word ", 20)+"the end")
	r.sees("✗ line 3:", "the end")
	if n := len(r.grid()); n != 16 {
		t.Errorf("the screen has %d lines", n)
	}
	r.feed("j").misses("the end").sees("enter open")
	r.app.say(failure, strings.Repeat("word ", 400))
	r.sees("word…")
}

// The pane that has the keys is seen, also when the terminal gets narrow.
func TestFocusIsSeenWhenTheTerminalNarrows(t *testing.T) {
	r := newRig(t, acme(), func(c *Config) { c.Start = s3view.Location{Bucket: "acme-reports", Key: "readme.md"} }).start(120, 36, true)
	r.feed("tab")
	r.send(tea.WindowSizeMsg{Width: 60, Height: 20})
	r.sees("[head]", "text/csv")
}

// A choice that cannot be made now says why, below the others.
func TestPaletteSaysWhyNot(t *testing.T) {
	r := newRig(t, acme(), nil).start(80, 24, true)
	r.feed(":", "'the lessons'").sees("? lessons are in the demo: s403 demo")
	r.feed("ctrl+u", "'quit'").misses("lessons are in the demo")
}

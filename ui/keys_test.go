package ui

import (
	"strings"
	"testing"

	"s403/s3view"
)

// TestKeysOfTheDesign presses each key that design.md promises, and looks at what
// it did. Every row begins at the same place: the second of many rows.
func TestKeysOfTheDesign(t *testing.T) {
	row := func(r *rig) int { return r.app.browse.win.cursor }
	at := func(want int) func(*rig) bool { return func(r *rig) bool { return row(r) == want } }
	top := func(want any) func(*rig) bool {
		return func(r *rig) bool { return paneName(r.app.top()) == paneName(want) }
	}
	shows := func(text string) func(*rig) bool {
		return func(r *rig) bool { return strings.Contains(strings.Join(r.grid(), "\n"), text) }
	}
	for _, c := range []struct {
		keys string
		does string
		is   func(*rig) bool
	}{
		{"down", "one row down", at(2)}, {"j", "one row down", at(2)},
		{"up", "one row up", at(0)}, {"k", "one row up", at(0)},
		{"G", "the last row", at(89)}, {"end", "the last row", at(89)},
		{"G g", "the first row", at(0)}, {"G home", "the first row", at(0)},
		{"ctrl+d", "half a screen down", func(r *rig) bool { return row(r) == 1+r.app.browse.win.height/2 }},
		{"ctrl+d ctrl+u", "half a screen up", at(1)},
		{"enter", "opens an object", func(r *rig) bool { return r.app.sideOpen }},
		{"l", "opens an object", func(r *rig) bool { return r.app.sideOpen }},
		{"right", "opens an object", func(r *rig) bool { return r.app.sideOpen }},
		{"g enter", "opens a prefix", shows("s3://big/alpha/")},
		{"backspace", "up", shows("╭ buckets")}, {"h", "up", shows("╭ buckets")}, {"left", "up", shows("╭ buckets")},
		{"/", "the filter", top(&filterBar{})},
		{"/ 'zz' enter esc", "esc takes the filter off", shows("2/90")},
		{": esc", "esc closes", top(nil)},
		{":", "the palette", shows("╭ commands")},
		{"?", "the help", top(&helpPane{})},
		{"s", "sorts by size", shows("by size")},
		{"y", "the copy menu", shows("╭ copy")},
		{"v", "the versions", shows("versions")},
		{"p", "the preview", shows("preview")},
		{"w", "the diagnosis", top(&whyPanel{})},
		{"m", "the matrix", top(&matrixPanel{})},
		{"i", "who am I", shows("who am I")},
		{"R", "the regions", shows("╭ region")},
		{"P", "the profiles", shows("╭ profile")},
		{"ctrl+r", "asks again", shows("2/90")},
		{"tab", "the focus", func(r *rig) bool { return r.app.sideFocus }},
		{"tab tab", "the focus, back", func(r *rig) bool { return !r.app.sideFocus }},
		{"o", "go to", shows("╭ go to")},
		{"d", "nothing", func(r *rig) bool { return r.app.top() == nil && row(r) == 1 && r.app.notice == nil }},
		{"q", "quits", func(r *rig) bool { return r.quit }},
	} {
		store := &fakeStore{keys: map[string][]string{"big": append([]string{"alpha/a"}, many(89)...)}}
		r := newRig(t, store, func(c *Config) { c.Start = s3view.Location{Bucket: "big"} }).start(120, 36, true)
		r.feed("down").feed(strings.Fields(c.keys)...)
		if !c.is(r) {
			t.Errorf("%q does not do what it promises (%s):\n%s", c.keys, c.does, strings.Join(r.grid(), "\n"))
		}
	}
}

func paneName(p any) string {
	switch p.(type) {
	case *filterBar:
		return "filter"
	case *helpPane:
		return "help"
	case *whyPanel:
		return "why"
	case *matrixPanel:
		return "matrix"
	}
	return ""
}

// No key runs two actions, and what an action does fits into the help.
func TestKeyTable(t *testing.T) {
	seen := map[string]string{}
	for _, act := range actions() {
		for _, k := range act.Keys() {
			if other := seen[k]; other != "" {
				t.Errorf("%q runs both %s and %s", k, other, act.id)
			}
			seen[k] = act.id
		}
		if n := width(act.name); n > 55 {
			t.Errorf("%s: %q has %d cells, and the help has room for 55", act.id, act.name, n)
		}
	}
}

package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// click clicks on the first cell where the screen shows a text, below row from.
func (r *rig) click(text string, from int) *rig {
	r.t.Helper()
	for y, line := range r.grid()[from:] {
		if before, _, ok := strings.Cut(line, text); ok {
			r.send(tea.MouseClickMsg{X: width(before), Y: from + y, Button: tea.MouseLeft})
			return r
		}
	}
	r.t.Fatalf("there is no %q to click on:\n%s", text, strings.Join(r.grid(), "\n"))
	return r
}

// Two clicks open a row when they come soon after one another, on the same row.
func TestDoubleClick(t *testing.T) {
	for _, c := range []struct {
		what  string
		rows  [2]int
		apart time.Duration
		opens bool
	}{
		{"at once", [2]int{3, 3}, 0, true},
		{"just in time", [2]int{3, 3}, doubleClick - time.Millisecond, true},
		{"too late", [2]int{3, 3}, doubleClick, false},
		{"on another row", [2]int{2, 3}, 0, false},
		{"below the last row", [2]int{20, 20}, 0, false},
	} {
		now := dawn
		r := newRig(t, acme(), func(c *Config) { c.Now = func() time.Time { return now } }).start(120, 36, true)
		r.send(tea.MouseClickMsg{X: 5, Y: c.rows[0], Button: tea.MouseLeft})
		now = now.Add(c.apart)
		r.send(tea.MouseClickMsg{X: 5, Y: c.rows[1], Button: tea.MouseLeft})
		if opened := r.app.browse.at.Bucket == "acme-reports"; opened != c.opens {
			t.Errorf("two clicks %s: opened is %v", c.what, opened)
		}
	}
}

// A click on the name of a tab shows the tab, at the widths where the names fit
// and where they do not.
func TestClickTab(t *testing.T) {
	for _, w := range []int{80, 120, 200} {
		r := newRig(t, acme(), func(c *Config) { c.Start = s3view.Location{Bucket: "acme-reports"} }).start(w, 36, true)
		r.feed("G", "enter")
		for _, tab := range objectTabs {
			if r.click(tab.name, 1); r.app.side.tabName() != tab.name || !r.app.sideFocus {
				t.Errorf("%d cells wide, a click on %q shows %q", w, tab.name, r.app.side.tabName())
			}
		}
		r.send(tea.MouseClickMsg{X: w - 1, Y: 1, Button: tea.MouseLeft})
		if r.app.side.tabName() != "storage" {
			t.Errorf("%d cells wide, a click beside the names turns the tab", w)
		}
	}
}

// A click on a hint of the footer presses its key: in the list, in the side pane,
// in a dialog, and with a key of the configuration.
func TestClickHint(t *testing.T) {
	foot := 35
	for _, c := range []struct{ keys, hint, shows string }{
		{"", "/ filter", "part of a name"},
		{"", "filter", "part of a name"},
		{"", "f9 help", "ask why"},
		{"", "y copy", "╭ copy"},
		{"tab", "→", "details"},
		{"y", "esc", "2026/"},
		{"/", "filter", "part of a name"},
	} {
		r := newRig(t, acme(), func(cfg *Config) {
			cfg.Start = s3view.Location{Bucket: "acme-reports"}
			cfg.Settings.Keys = map[string][]string{"help": {"f9"}}
		}).start(160, foot+1, true)
		r.feed("G").feed(strings.Fields(c.keys)...).click(c.hint, foot).sees(c.shows)
	}
}

// A notice hides the hints, so a click there only takes it away.
func TestClickNotice(t *testing.T) {
	r := newRig(t, acme(), nil).start(120, 36, true)
	r.app.say(info, "a long notice that covers every hint of the footer, from its first to its last cell")
	r.send(tea.MouseClickMsg{X: 3, Y: 35, Button: tea.MouseLeft})
	if r.app.notice != nil || !r.app.browse.at.Root() || r.app.top() != nil {
		t.Error("a click on a notice did something else than taking it away")
	}
}

// Of a run of notches no one is lost, and the last comes with the end of the frame.
func TestCoalesce(t *testing.T) {
	now := dawn
	filter := Coalesce(func() time.Time { return now })
	down := tea.MouseWheelMsg{X: 4, Y: 5, Button: tea.MouseWheelDown}
	for i, step := range []struct {
		pass time.Duration
		msg  tea.Msg
		want tea.Msg
	}{
		{0, down, wheeled{4, 5, 3}},
		{0, down, nil},
		{wheelFrame, down, wheeled{4, 5, 6}},
		{0, down, nil},
		{0, down, nil},
		{0, wheelRested{}, wheeled{4, 5, 6}},
		{0, wheelRested{}, nil},
		{wheelFrame, tea.MouseWheelMsg{Button: tea.MouseWheelLeft}, nil},
		{0, ticked{}, ticked{}},
	} {
		now = now.Add(step.pass)
		if got := filter(nil, step.msg); got != step.want {
			t.Errorf("step %d: %T becomes %v, want %v", i, step.msg, got, step.want)
		}
	}
}

// The explorer announces the end of the frame, and a run of notches moves a pane as
// far as the notches one by one.
func TestWheel(t *testing.T) {
	r := newRig(t, acme(), nil).start(80, 14, true)
	rested := 0
	r.hold = func(msg tea.Msg) bool {
		if _, ok := msg.(wheelRested); ok {
			rested++
		}
		return false
	}
	r.feed("?").sees("╭ keys")
	r.send(wheeled{20, 6, 3 * wheelRows})
	if help, ok := r.app.top().(*helpPane); !ok || help.scroll != 3*wheelRows || rested != 1 {
		t.Errorf("three notches moved the help by %d rows, and the frame ended %d times", help.scroll, rested)
	}
}

// Every key of the table can be pressed by its name.
func TestKeyPress(t *testing.T) {
	for _, act := range actions() {
		for _, k := range act.Keys() {
			if press, ok := keyPress(k); !ok || press.String() != k {
				t.Errorf("%s: the key %q becomes %q", act.id, k, press.String())
			}
		}
	}
	if _, ok := keyPress("↑↓"); ok {
		t.Error("two arrows are one key")
	}
}

// In the demo the keys that the strip tells of can be clicked too.
func TestClickStrip(t *testing.T) {
	r := newRig(t, acme(), func(c *Config) { c.Start = s3view.Location{Bucket: "acme-reports"} }).start(120, 36, true)
	r.app.cfg.Lesson = emptyLab{}
	r.sees("The lab")
	line := r.app.layout().strip.y + r.app.layout().strip.h - 1
	r.click("The lab", 1)
	if r.app.top() != nil {
		t.Error("a click on the title of the strip pressed a key")
	}
	r.click("every key", line).sees("ask why")
}

// emptyLab is a lab without lessons, of which only the presence matters.
type emptyLab struct{ Lesson }

func (emptyLab) Scenarios() []Scenario { return nil }

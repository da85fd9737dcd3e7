package ui

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"s403/diagnose"
	"s403/s3view"
)

// lessonLab is a lab whose lessons can be begun.
type lessonLab struct {
	Lesson
	conn *Connection
}

func (lessonLab) Scenarios() []Scenario                                  { return sampleLessons() }
func (l lessonLab) Connect(context.Context, string) (*Connection, error) { return l.conn, nil }
func (lessonLab) Reset(context.Context) error                            { return nil }
func (lessonLab) Apply(context.Context, diagnose.Fix) error              { return nil }
func (lessonLab) OpenToStrangers(context.Context, string) (bool, error)  { return false, nil }

// stages are all the screens that there are, each as she gets there.
var stages = []struct {
	name, keys string
	lab        bool
	start      s3view.Location
}{
	{name: "buckets"},
	{name: "bucket settings", keys: "down tab"},
	{name: "bucket settings scrolled", keys: "down tab G"},
	{name: "bucket acl", keys: "down ]"},
	{name: "keys", start: at("wide/")},
	{name: "keys in the middle", start: at("wide/"), keys: "pgdown pgdown up up up"},
	{name: "keys at the end", start: at("wide/"), keys: "G"},
	{name: "keys with marks", start: at("wide/"), keys: "space space down down space"},
	{name: "odd keys", start: s3view.Location{Bucket: "odd"}},
	{name: "head", start: at("2026/q3/"), keys: "G enter esc"},
	{name: "head with the focus", start: at("2026/q3/"), keys: "G tab"},
	{name: "refused head", start: at("2026/q3/forecast.parquet")},
	{name: "tags scrolled", start: at("wide/"), keys: "enter ] tab ctrl+d down"},
	{name: "tags at their end", start: at("wide/"), keys: "enter ] tab G"},
	{name: "filtered", start: at("wide/"), keys: "/ '7' enter down"},
	{name: "filter under the keys", start: at("wide/"), keys: "/ '7'"},
	{name: "sorted", start: at("wide/"), keys: "s S pgdown"},
	{name: "why", start: at("2026/q3/"), keys: "down w"},
	{name: "why, reading", start: at("2026/q3/"), keys: "down w enter 2 down down"},
	{name: "why, a fix at its end", start: at("2026/q3/"), keys: "down w 3 enter G"},
	{name: "why, the flow", start: at("2026/q3/"), keys: "down w f down down"},
	{name: "why, what if", start: at("2026/q3/"), keys: "down w x"},
	{name: "matrix", start: at("2026/q3/"), keys: "down m"},
	{name: "matrix at its end", start: at("2026/q3/"), keys: "down m G"},
	{name: "preview", start: at("wide/"), keys: "p"},
	{name: "preview in its middle", start: at("wide/"), keys: "p space space space"},
	{name: "preview at its end", start: at("wide/"), keys: "p G right"},
	{name: "versions", start: at("wide/"), keys: "v pgdown"},
	{name: "count", start: at("wide/"), keys: "u"},
	{name: "copy", start: at("wide/"), keys: "y"},
	{name: "download", start: at("wide/"), keys: "space space space D"},
	{name: "places", start: at("wide/"), keys: "b B"},
	{name: "who", keys: "i"},
	{name: "profiles", keys: "P"},
	{name: "regions", keys: "R pgdown pgdown"},
	{name: "regions, typed", keys: "R 'eu-' down"},
	{name: "readers", keys: "E down"},
	{name: "as", keys: "A 'arn:aws:iam::1'"},
	{name: "go to", start: at("wide/"), keys: "o"},
	{name: "go to, its offers", start: at("wide/"), keys: "o tab down down"},
	{name: "go to, wrong", keys: "o '?' enter"},
	{name: "palette", keys: ": pgdown"},
	{name: "palette, typed", keys: ": 'co'"},
	{name: "help", keys: "?"},
	{name: "help scrolled", keys: "? pgdown down"},
	{name: "notice", keys: "h"},
	{name: "lessons", lab: true},
	{name: "lessons at their end", lab: true, keys: "G"},
	{name: "lesson", lab: true, keys: "enter"},
	{name: "lesson, why", lab: true, keys: "enter w"},
	{name: "lesson, the editor", lab: true, keys: "enter w e"},
}

func at(key string) s3view.Location { return s3view.Location{Bucket: "acme-reports", Key: key} }

// stage is the explorer on one of the stages, at 120x36.
func stage(t *testing.T, i int) *rig {
	t.Helper()
	s := stages[i]
	store := wholeAcme()
	r := wholeRig(t, store, func(c *Config) {
		c.Start = s.start
		if s.lab {
			e := matrixEvidence(t)
			c.Lesson = lessonLab{conn: &Connection{Store: store, Session: fakeSession{}, Diagnose: evident{e}}}
		}
	}).start(120, 36, true)
	for key := range strings.FieldsSeq(s.keys) {
		r.feed(key)
		if w, ok := r.app.top().(*whyPanel); ok && key == "w" && !s.lab {
			w.setReport(sampleReport())
		}
	}
	return r
}

// stormSizes are sizes from 1x1 to 300x100 in an order of chance, the borders at
// which something changes among them.
func stormSizes(rng *rand.Rand, n int) [][2]int {
	out := [][2]int{{1, 1}, {300, 100}, {39, 10}, {40, 9}, {40, 10}, {99, 36}, {100, 36}, {120, 15}, {120, 16}, {120, 11}}
	for len(out) < n {
		out = append(out, [2]int{1 + rng.IntN(300), 1 + rng.IntN(100)})
		out = append(out, [2]int{1 + rng.IntN(130), 1 + rng.IntN(40)})
	}
	rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// However a terminal is resized on whatever screen, each frame fills it, the cursor
// stays in sight, and the first size shows the first frame again.
func TestResizeStormOnEveryScreen(t *testing.T) {
	for i, s := range stages {
		t.Run(s.name, func(t *testing.T) {
			r := stage(t, i)
			first, cursor := r.content(), r.app.browse.win.cursor
			for _, size := range stormSizes(rand.New(rand.NewPCG(4, uint64(i))), 40) {
				r.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				fillsScreen(t, r, s.name)
				w := &r.app.browse.win
				if !r.app.layout().tooSmall && w.height > 0 && (w.cursor < w.top || w.cursor >= w.top+w.height) {
					t.Fatalf("at %dx%d the cursor is on row %d, and rows %d to %d are seen", size[0], size[1], w.cursor, w.top, w.top+w.height)
				}
			}
			r.send(tea.WindowSizeMsg{Width: 120, Height: 36})
			if again := r.content(); again != first || r.app.browse.win.cursor != cursor {
				before := r.grid()
				t.Errorf("after the storm the screen is another, the cursor on %d instead of %d; it is\n%s\n(first differing line: %s)",
					r.app.browse.win.cursor, cursor, strings.Join(before, "\n"), firstDifference(first, again))
			}
		})
	}
}

func firstDifference(a, b string) string {
	was, is := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			return was[i] + "\nnow " + is[i]
		}
	}
	return "the number of lines"
}

// A side pane that has the keys is seen, however narrow the terminal becomes.
func TestFocusIsNeverOutOfSight(t *testing.T) {
	r := wholeRig(t, wholeAcme(), func(c *Config) { c.Start = at("wide/") }).start(120, 36, true).feed("]", "tab")
	r.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	r.sees("tag-01").feed("ctrl+d", "ctrl+d").misses("tag-01")
	r.feed("tab").misses("tag-").feed("tab").sees("tag-").feed("esc").misses("tag-").feed("down").sees("2/150")
	r.send(tea.WindowSizeMsg{Width: 120, Height: 36})
	r.sees("tag-01").feed("down").sees("3/150")
}

package ui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"s403/s3view"
)

// fillsScreen fails unless the view is exactly w×h cells.
func fillsScreen(t *testing.T, r *rig, what string) {
	t.Helper()
	lines := strings.Split(r.content(), "\n")
	if len(lines) != r.app.h {
		t.Fatalf("%s at %dx%d: %d lines", what, r.app.w, r.app.h, len(lines))
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n != r.app.w {
			t.Fatalf("%s at %dx%d: line %d has %d cells: %q", what, r.app.w, r.app.h, i, n, ansi.Strip(l))
		}
	}
}

// Every screen is exactly as large as the terminal, whatever its size.
func TestEverySizeIsFilled(t *testing.T) {
	screens := map[string][]string{
		"buckets": nil,
		"keys":    {"down", "enter"},
		"head":    {"down", "enter", "enter", "enter", "enter"},
		"odd":     {"down", "down", "enter"},
		"filter":  {"down", "enter", "/", "'zz'"},
		"palette": {":"},
		"help":    {"?"},
		"go to":   {"o", "'acme'"},
		"side":    {"down", "enter", "enter", "enter", "down", "tab"},
		"notice":  {"h"},
	}
	sizes := [][2]int{{1, 1}, {39, 10}, {40, 9}, {40, 10}, {41, 11}, {60, 15}, {62, 16}, {80, 24}, {99, 30}, {100, 31}, {120, 36}, {200, 50}, {300, 100}}
	for name, keys := range screens {
		for _, ascii := range []bool{false, true} {
			r := newRig(t, acme(), func(c *Config) { c.ASCII = ascii }).start(120, 36, true).feed(keys...)
			for _, s := range sizes {
				r.send(tea.WindowSizeMsg{Width: s[0], Height: s[1]})
				fillsScreen(t, r, name)
			}
		}
	}
}

func TestResizeStorm(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 3))
	keys := []string{"down", "up", "enter", "backspace", "tab", "/", "esc", ":", "?", "g", "s", "G", "ctrl+d", "pgup", "y", "w", "space", "L"}
	r := newRig(t, acme(), nil).start(120, 36, true)
	for i := range 600 {
		if i%3 == 0 {
			r.send(tea.WindowSizeMsg{Width: 1 + rng.IntN(160), Height: 1 + rng.IntN(60)})
		}
		k := keys[rng.IntN(len(keys))]
		r.feed(k)
		fillsScreen(t, r, "after "+k)
	}
}

// What comes from outside never reaches the terminal as it is.
func TestNothingRawReachesTheTerminal(t *testing.T) {
	r := newRig(t, acme(), func(c *Config) { c.Start = s3view.Location{Bucket: "odd"} }).start(120, 36, true)
	for range 5 {
		out := r.content()
		for _, raw := range []string{"\x1b[31mred", "\u202e", "\xff", "a\nb"} {
			if strings.Contains(out, raw) {
				t.Errorf("the view holds %q", raw)
			}
		}
		r.feed("down")
	}
	r.sees("a␊b", "c␛[31mred", "d<U+202E>gpj.exe", `f\xff`)
}

// An answer to a place that was left changes nothing.
func TestAnswersForPlacesLeftAreDropped(t *testing.T) {
	store := acme()
	r := newRig(t, store, nil).start(120, 36, true)
	r.hold = func(m tea.Msg) bool { _, page := m.(pageLoaded); return page }
	r.feed("enter") // acme-logs: its page is held
	r.feed("backspace")
	r.release()
	r.sees("acme-reports").misses("2026/")
}

// Holding an arrow key asks for no head; resting on a row asks for one.
func TestHeadsWaitForTheCursor(t *testing.T) {
	store := acme()
	r := newRig(t, store, func(c *Config) { c.Start = s3view.Location{Bucket: "acme-reports", Key: "2026/q3/"} }).start(120, 36, true)
	store.asked = nil
	r.hold = func(m tea.Msg) bool { _, rested := m.(cursorRested); return rested }
	r.feed("down", "down", "down")
	r.release()
	heads := 0
	for _, a := range store.asked {
		if strings.HasPrefix(a, "HEAD") {
			heads++
		}
	}
	if heads != 1 {
		t.Errorf("asked for %d heads, not 1: %q", heads, store.asked)
	}
}

func TestPagesComeAsTheCursorNearsTheEnd(t *testing.T) {
	store := &fakeStore{keys: map[string][]string{"big": many(1000)}, pageMax: 100}
	r := newRig(t, store, func(c *Config) { c.Start = s3view.Location{Bucket: "big"} }).start(120, 36, true)
	if n := r.app.browse.lens.total(); n != 100 {
		t.Fatalf("%d rows after opening, not one page", n)
	}
	r.sees("1/100", "more…")
	r.feed("G")
	if n := r.app.browse.lens.total(); n != 200 {
		t.Errorf("%d rows at the end of the first page", n)
	}
	r.feed("L")
	r.sees("/1,000").misses("more…")
}

func TestRefusedPageKeepsWhatIsThere(t *testing.T) {
	store := &fakeStore{keys: map[string][]string{"big": many(300)}, pageMax: 100, refuse: map[string]int{}}
	store.refuse["LIST s3://big after "+many(300)[99]] = 403
	r := newRig(t, store, func(c *Config) { c.Start = s3view.Location{Bucket: "big"} }).start(120, 36, true)
	r.feed("G").sees("100/100", "The next page did not come; ctrl+r asks again.")
}

func many(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("part-%07d.parquet", i)
	}
	return out
}

func TestFilterAndSort(t *testing.T) {
	store := acme()
	r := newRig(t, store, func(c *Config) { c.Start = s3view.Location{Bucket: "acme-reports", Key: "2026/q3/"} }).start(120, 36, true)
	r.feed("/", "'SUMM'").sees("/SUMM", "1/1", "summary.csv").misses("notes.md")
	r.feed("esc").sees("notes.md")
	r.feed("/", "'re:^n.*md$'", "enter").sees("1/1", "notes.md").misses("raw/")
	r.feed("esc").sees("raw/")
	r.feed("s").sees("by size↓", "/5", "forecast.parquet")
	r.feed("s", "s", "s").misses("by ")
}

func TestBlockedActionsSayWhy(t *testing.T) {
	r := newRig(t, acme(), nil).start(120, 36, true)
	r.feed("h").sees("this is the list of buckets, the topmost place")
	r.feed("-").sees("this is where it began")
}

func TestQuit(t *testing.T) {
	for _, keys := range [][]string{{"q"}, {"ctrl+c"}, {":", "ctrl+c"}, {"w", "q"}, {"?", "q"}, {"/", "ctrl+c"}} {
		r := newRig(t, acme(), nil).start(120, 36, true).feed(keys...)
		if !r.quit {
			t.Errorf("%q does not leave", keys)
		}
	}
	r := newRig(t, acme(), nil).start(120, 36, true).feed("/", "'q'")
	if r.quit {
		t.Error("q in a line of input leaves")
	}
}

func TestHistory(t *testing.T) {
	r := newRig(t, acme(), nil).start(120, 36, true)
	r.feed("down", "enter", "enter").sees("s3://acme-reports/2026/")
	r.feed("alt+left").sees("readme.md")
	r.feed("alt+right").sees("s3://acme-reports/2026/")
	r.feed("backspace", "backspace")
	if e, _ := r.app.browse.selected(); e.Key != "acme-reports" {
		t.Errorf("back at the buckets the cursor is on %q", e.Key)
	}
}

// Only a left click on a line that is shown runs it: neither another button nor
// the border, behind which the next line is hidden.
func TestPickerClicks(t *testing.T) {
	r := newRig(t, acme(), nil).start(80, 14, true).feed(":")
	r.sees("commands") // drawn, the palette knows its height
	p, ok := r.app.top().(*picker)
	if !ok || len(p.shown) <= p.win.height {
		t.Fatalf("the palette is %T, and all of its lines fit", r.app.top())
	}
	at := p.place(r.app.w, r.app.h-1)
	first := at.y + p.firstLine()
	r.send(tea.MouseClickMsg{X: at.x + 3, Y: first, Button: tea.MouseRight})
	r.send(tea.MouseClickMsg{X: at.x + 3, Y: first + p.win.height, Button: tea.MouseLeft})
	if r.app.top() != pane(p) {
		t.Fatal("a right click, or one on the border, ran a line of the palette")
	}
	r.send(tea.MouseClickMsg{X: at.x + 3, Y: first, Button: tea.MouseLeft})
	if r.app.top() == pane(p) {
		t.Error("a left click on the first line did not run it")
	}
}

// Without colour the selected row and a refusal can still be told.
func TestWithoutColour(t *testing.T) {
	r := newRig(t, acme(), func(c *Config) { c.Start = s3view.Location{Bucket: "acme-reports", Key: "2026/q3/"} }).start(80, 24, true)
	r.send(tea.ColorProfileMsg{Profile: colorprofile.ASCII})
	for _, seq := range []string{"38;", "48;", "\x1b[3", "\x1b[4;3"} {
		if strings.Contains(strings.ReplaceAll(r.content(), "\x1b[3m", ""), seq) {
			t.Errorf("the view holds the colour %q", seq)
		}
	}
	r.sees("▌✗ forecast.parquet")
}

func FuzzParseSettings(f *testing.F) {
	f.Add([]byte("theme = \"dark\"\n[keys]\nquit = [\"q\", \"x\"]\n"))
	f.Fuzz(func(_ *testing.T, text []byte) { ParseSettings(text) })
}

func FuzzClean(f *testing.F) {
	f.Add("a\x1b[31m\n\u202e\xff")
	t := NewTheme(Look{Dark: true, Profile: colorprofile.TrueColor})
	f.Fuzz(func(tt *testing.T, s string) {
		for _, r := range t.Clean(s) {
			if r < ' ' || r == 0x7f || invisible(r) {
				tt.Fatalf("Clean(%q) holds %U", s, r)
			}
		}
	})
}

package ui

import (
	"context"
	"slices"
	"strings"
	"testing"

	"s403/diagnose"
	"s403/s3view"
)

// watched is a stage, and what pressing keys on it does.
type watched struct {
	*rig
	store  *wholeStore
	copied int
}

func watchedStage(t *testing.T, i int) *watched {
	t.Helper()
	w := &watched{rig: stage(t, i)}
	if c := w.app.conn; c != nil {
		w.store, _ = c.Store.(*wholeStore)
		c.Diagnose = noted{c.Diagnose, w.store}
	}
	w.app.cfg.Clipboard = func(string) error { w.copied++; return nil }
	return w
}

// does tells whether a key changes the screen, asks something, copies or quits.
func (w *watched) does(key string) bool {
	w.t.Helper()
	asked, copied, before := len(w.store.asked), w.copied, w.content()
	w.feed(key)
	return w.content() != before || len(w.store.asked) > asked || w.copied > copied || w.quit
}

// noted is a Diagnoser whose store takes note that it was asked.
type noted struct {
	Diagnoser
	store *wholeStore
}

func (n noted) Diagnose(ctx context.Context, at s3view.Location, emit func(diagnose.Evidence)) {
	n.store.asks("DIAGNOSE " + at.String())
	n.Diagnoser.Diagnose(ctx, at, emit)
}

// keysOfHint are the keys that the label of a hint stands for.
func keysOfHint(label string) []string {
	if _, one := keyPress(label); one {
		return []string{label}
	}
	return strings.Split(label, "")
}

// atAnEnd are the hints that may do nothing on a stage: what scrolls is at its end or
// is all seen, and an editor is another program.
func atAnEnd(stage string, h hint) bool {
	end := strings.Contains(stage, "end") && (h.does == "scroll" || h.does == "page")
	return end || h.does == "$EDITOR"
}

// Every key that a footer tells of does something there: one of two arrows is enough
// at an end of a list.
func TestEveryHintDoesSomething(t *testing.T) {
	for i, s := range stages {
		for _, h := range stage(t, i).app.hints() {
			keys := keysOfHint(h.key)
			if !atAnEnd(s.name, h) && !slices.ContainsFunc(keys, func(key string) bool { return watchedStage(t, i).does(key) }) {
				t.Errorf("%s: %q (%s) does nothing that can be seen", s.name, h.key, h.does)
			}
		}
	}
}

// The picture of the way opens as often as it is asked for.
func TestFlowOpensAgain(t *testing.T) {
	for range 2 {
		r := wholeRig(t, wholeAcme(), func(c *Config) { c.Start = at("2026/q3/") }).start(120, 36, true).feed("down", "w")
		way := r.content()
		flow := r.feed("f").content()
		if back := r.feed("f").content(); way == flow || back != way || r.feed("f").content() != flow {
			t.Error("f does not turn the picture on and off and on")
		}
	}
}

// idle are the actions that may find nothing to do: she is at an end already, or
// there is nothing to stop.
var idle = []string{"up", "down", "top", "bottom", "half-up", "half-down", "page-up", "page-down", "escape"}

// In the browser every action, by its key and from the palette, does something that
// can be seen, or says why not; in dialogs and panes no key breaks the screen.
func TestEveryActionOnEveryStage(t *testing.T) {
	for i, s := range stages {
		w := watchedStage(t, i)
		if w.app.top() != nil || w.app.sideFocus {
			for _, act := range actions() {
				w.does(act.Keys()[0])
				fillsScreen(t, w.rig, s.name+", "+act.id)
			}
			continue
		}
		for n, act := range actions() {
			w := watchedStage(t, i)
			blocked := act.why(w.app) != ""
			did := w.does(act.Keys()[0])
			fillsScreen(t, w.rig, s.name+", "+act.id)
			if !did && !blocked && !slices.Contains(idle, act.id) {
				t.Errorf("%s: %s does nothing that can be seen", s.name, act.id)
			}
			if i%4 == 0 { // each fourth stage shows it as well as all of them
				throughPalette(t, i, n)
			}
		}
	}
}

// throughPalette runs an action from the palette: what it says is blocked is not run.
func throughPalette(t *testing.T, i, n int) {
	t.Helper()
	w := watchedStage(t, i)
	w.app.push(newPalette(w.app))
	p, _ := w.app.top().(*picker)
	if p.all[n].blocked != w.app.table[n].why(w.app) {
		t.Errorf("%s: the palette says %q of %s", stages[i].name, p.all[n].blocked, w.app.table[n].id)
	}
	_ = w.content()
	p.win.to(n)
	w.feed("enter")
	fillsScreen(t, w.rig, stages[i].name+", palette, "+w.app.table[n].id)
	if (p.all[n].blocked != "") != (w.app.top() == pane(p)) {
		t.Errorf("%s: chosen in the palette, %s: blocked %q, and the palette is open: %t", stages[i].name, w.app.table[n].id, p.all[n].blocked, w.app.top() == pane(p))
	}
}

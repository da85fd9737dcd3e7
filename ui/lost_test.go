package ui

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// lose takes the connection away, as a choice that cannot be connected with does.
func lose(r *rig) {
	_, t := r.app.fx.ask(&r.app.dial)
	r.send(connected{ticket: t, err: errors.New("the profile is gone")})
}

// What was asked while there was a connection may be answered when there is none.
func TestConnectionLostMeanwhile(t *testing.T) {
	var asked []string
	r := eyesRig(t, &asked)
	_, login := r.app.fx.ask(&r.app.login)
	lose(r)
	r.send(loginRested{login})
	for _, open := range []string{"E", "A"} {
		r = eyesRig(t, &asked)
		r.feed(open)
		lose(r)
		r.feed("'a'", "esc", "enter", "esc")
		r = eyesRig(t, &asked)
		pick := map[string]func(*App, []Profile){"E": (*App).pickReader, "A": (*App).pickAs}[open]
		lose(r)
		r.send(profilesRead{asked: r.app.moment(), pick: pick, profiles: []Profile{{Name: "audit"}}})
		r.feed("'audit'", "enter")
		if open == "E" && r.app.choice.Reader != "audit" {
			t.Errorf("the reader that was chosen is %q", r.app.choice.Reader)
		}
	}
}

// However the writes of the memory overtake each other, the newest stays, and
// the file is whole at every moment.
func TestMemoryIsKeptInOrder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "s403", "places.json")
	fx := newRig(t, acme(), nil).app.fx
	var m memory
	var writes []tea.Cmd
	for i := range 40 {
		m.visited("bucket-" + strconv.Itoa(i))
		writes = append(writes, fx.keep(file, m))
	}
	slices.Reverse(writes)
	var all sync.WaitGroup
	for _, write := range writes {
		all.Go(func() { _ = write() })
	}
	all.Wait()
	text, err := os.ReadFile(file)
	var got memory
	if err != nil || json.Unmarshal(text, &got) != nil || len(got.Recent) == 0 || got.Recent[0] != "bucket-39" {
		t.Errorf("%v: %.60s", err, text)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*")); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
}

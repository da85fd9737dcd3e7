package ui

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"s403/s3view"
)

// views are the situations in which every action is tried.
var views = []struct {
	name  string
	none  bool // there is no connection
	deny  bool // ListBuckets is refused
	start s3view.Location
	keys  string
}{
	{name: "no connection", none: true},
	{name: "buckets denied", deny: true},
	{name: "buckets"},
	{name: "a bucket in the side pane", keys: "tab"},
	{name: "a prefix", start: s3view.Location{Bucket: "acme-reports"}},
	{name: "an object", start: s3view.Location{Bucket: "acme-reports"}, keys: "G"},
	{name: "an object in the side pane", start: s3view.Location{Bucket: "acme-reports"}, keys: "G enter tab"},
	{name: "a refused head", start: s3view.Location{Bucket: "acme-reports", Key: "2026/q3/"}, keys: "down"},
	{name: "marks", start: s3view.Location{Bucket: "acme-reports"}, keys: "G space"},
	{name: "a filter that nothing matches", start: s3view.Location{Bucket: "acme-reports"}, keys: "/ 'zzz' enter"},
	{name: "nothing there", start: s3view.Location{Bucket: "acme-reports", Key: "none/"}},
	{name: "a bucket that is not there", start: s3view.Location{Bucket: "nobody"}},
	{name: "a history", keys: "down enter enter - -"},
}

// Every action runs in every view, or says why not; the screen stays whole; and esc,
// pressed often enough, always leads back to the list.
func TestEveryActionInEveryView(t *testing.T) {
	for _, v := range views {
		for _, size := range [][2]int{{120, 36}, {60, 16}} {
			for i := range actions() {
				store := acme()
				store.noList = v.deny
				var s Store = store
				if v.none {
					s = nil
				}
				r := newRig(t, s, func(c *Config) { c.Start = v.start }).start(size[0], size[1], true)
				r.feed(strings.Fields(v.keys)...)
				tryAction(t, r, v.name, i)
			}
		}
	}
}

func tryAction(t *testing.T, r *rig, view string, i int) {
	t.Helper()
	act := r.app.table[i]
	why := act.why(r.app)
	focused := r.app.sideFocus // there, keys may scroll the pane instead
	r.feed(act.Keys()[0])
	if why != "" && !focused && (r.app.notice == nil || r.app.notice.text != why) {
		t.Errorf("%s: %s is blocked (%s), and the footer does not say so", view, act.id, why)
	}
	if lines := strings.Split(r.content(), "\n"); len(lines) != r.app.h {
		t.Errorf("%s: after %s the screen has %d lines of %d", view, act.id, len(lines), r.app.h)
	}
	if r.quit != (act.id == "quit") {
		t.Errorf("%s: after %s, quit is %v", view, act.id, r.quit)
	}
	for range 6 {
		r.feed("esc")
	}
	if r.app.top() != nil || r.app.sideFocus || r.app.sideOpen || r.app.browse.lens.query() != "" || len(r.app.browse.taken) > 0 {
		t.Errorf("%s: after %s, esc does not lead back to the list:\n%s", view, act.id, strings.Join(r.grid(), "\n"))
	}
}

// The palette and the help tell every action of the table, and the footer only such
// as can be run now.
func TestTableIsToldEverywhere(t *testing.T) {
	r := newRig(t, acme(), nil).start(120, 36, true)
	helps := map[string]bool{}
	for _, g := range newHelp(r.app).groups {
		for _, l := range g.lines {
			helps[l.key+" "+l.does] = true
		}
	}
	palette := newPalette(r.app).all
	footer := map[hint]bool{}
	for _, h := range r.app.hints() {
		footer[h] = true
	}
	if len(helps) != len(r.app.table) || len(palette) != len(r.app.table) {
		t.Errorf("of %d actions the help tells %d and the palette %d", len(r.app.table), len(helps), len(palette))
	}
	for i, act := range r.app.table {
		if !helps[keysOf(act)+" "+act.name] {
			t.Errorf("the help does not tell of %s", act.id)
		}
		if palette[i].in != (runAction{act.id}) || palette[i].blocked != act.why(r.app) {
			t.Errorf("line %d of the palette is not %s", i+1, act.id)
		}
		if told := footer[hint{act.Help().Key, act.short}]; told != (act.short != "" && act.why(r.app) == "") {
			t.Errorf("that the footer tells of %s is %v", act.id, told)
		}
	}
}

// The keys that the README names are keys of the table, and do what it says.
func TestKeysOfTheReadme(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(text), "\n## Keys\n")
	part, _, _ = strings.Cut(part, "\n## ")
	told := regexp.MustCompile("`([^`]+)` ([a-z]+ ?[a-z]*)").FindAllStringSubmatch(strings.ReplaceAll(part, "\n", " "), -1)
	if len(told) < 8 {
		t.Fatalf("the README names %d keys", len(told))
	}
	byKey := map[string]action{}
	for _, act := range actions() {
		for _, k := range act.Keys() {
			byKey[k] = act
		}
	}
	for _, m := range told {
		key, does := m[1], strings.TrimSpace(m[2])
		act, ok := byKey[key]
		if key == "G" || key == "hjkl" || key == "?" {
			continue // told in other words, or several keys in one
		}
		first, _, _ := strings.Cut(does, " ")
		if !ok || !strings.Contains(strings.ToLower(act.short+" "+act.name), first) {
			t.Errorf("the README says that %q is %q, and the table %q", key, does, act.name)
		}
	}
}

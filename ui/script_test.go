package ui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"s403/s3view"
)

var rewrite = flag.Bool("rewrite", false, "write the screens of testdata/screens anew")

// TestScreens plays the scripts of testdata/screens. Each is a txtar archive: its
// comment is the script, its files are what the screen must show.
//
//	store acme|denied|none   what is browsed
//	open URI                 where the explorer opens
//	size WxH [light|dark]    the terminal
//	feed KEY…                keys by name; 'text' in quotes is typed
//	snapshot NAME            the screen must be the file NAME
//	sees TEXT                the screen must hold the text
func TestScreens(t *testing.T) {
	files, err := filepath.Glob("testdata/screens/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { play(t, file) })
	}
}

func play(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := script{t: t, store: acme(), shots: map[string]string{}, w: 80, h: 24, dark: true}
	for _, f := range archive.Files {
		s.shots[f.Name] = string(f.Data)
	}
	for _, line := range strings.Split(string(archive.Comment), "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			s.step(line)
		}
	}
	if *rewrite {
		out := &txtar.Archive{Comment: archive.Comment, Files: s.taken}
		if err := os.WriteFile(file, txtar.Format(out), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// script is one run of a script.
type script struct {
	t     *testing.T
	store *fakeStore
	start s3view.Location
	w, h  int
	dark  bool
	none  bool
	rig   *rig
	shots map[string]string
	taken []txtar.File
}

func (s *script) step(line string) {
	s.t.Helper()
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "store":
		s.store.noList = rest == "denied"
		s.none = rest == "none"
	case "open":
		at, err := s3view.ParseURI(rest)
		if err != nil {
			s.t.Fatal(err)
		}
		s.start = at
	case "size":
		mode := ""
		if n, _ := fmt.Sscanf(rest, "%dx%d %s", &s.w, &s.h, &mode); n < 2 {
			s.t.Fatalf("size %q", rest)
		}
		s.dark = mode != "light"
	case "feed":
		s.app().feed(strings.Fields(rest)...)
	case "sees":
		s.app().sees(rest)
	case "snapshot":
		s.snapshot(rest)
	default:
		s.t.Fatalf("no such step: %q", line)
	}
}

func (s *script) app() *rig {
	if s.rig == nil {
		var store Store = s.store
		if s.none {
			store = nil
		}
		s.rig = newRig(s.t, store, func(c *Config) { c.Start = s.start }).start(s.w, s.h, s.dark)
	}
	return s.rig
}

func (s *script) snapshot(name string) {
	s.t.Helper()
	got := strings.Join(s.app().grid(), "\n") + "\n"
	s.taken = append(s.taken, txtar.File{Name: name, Data: []byte(got)})
	if want := s.shots[name]; want != got && !*rewrite {
		s.t.Errorf("screen %q is not as it was (go test ./ui -run TestScreens -rewrite writes it anew)\n--- was\n%s--- is\n%s", name, want, got)
	}
}

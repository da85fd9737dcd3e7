package ui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/tools/txtar"

	"s403/s3view"
)

var rewrite = flag.Bool("rewrite", false, "write the screens of testdata/screens anew")

// TestScreens plays the scripts of testdata/screens. Each is a txtar archive: its
// comment is the script, its files are what the screen must show.
//
//	store acme|denied|none|full  what is browsed
//	open URI                 where the explorer opens
//	size WxH [LOOK]          the terminal; LOOK is one of those of TestLooks
//	feed KEY…                keys by name; 'text' in quotes is typed
//	snapshot NAME            the screen must be the file NAME
//	sizes NAME WxH…          so it must be at each of the sizes: NAME-WxH
//	colours NAME LOOK…       and with its colours in each of the looks: NAME-LOOK
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
	s := script{t: t, store: acme(), shots: map[string]string{}, w: 80, h: 24, mode: "dark"}
	for _, f := range archive.Files {
		s.shots[f.Name] = string(f.Data)
	}
	for line := range strings.SplitSeq(string(archive.Comment), "\n") {
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
	mode  string // the name of a look
	none  bool
	full  bool
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
		s.none, s.full = rest == "none", rest == "full"
	case "open":
		at, err := s3view.ParseURI(rest)
		if err != nil {
			s.t.Fatal(err)
		}
		s.start = at
	case "size":
		size, mode, _ := strings.Cut(rest, " ")
		s.resize(size)
		if s.mode = "dark"; mode != "" {
			s.mode = mode
		}
		s.wear()
	case "feed":
		s.app().feed(strings.Fields(rest)...)
	case "sees":
		s.app().sees(rest)
	case "snapshot":
		s.snapshot(rest)
	case "sizes":
		s.sizes(strings.Fields(rest))
	case "colours":
		s.colours(strings.Fields(rest))
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
		s.rig = newRig(s.t, store, func(c *Config) {
			if s.full {
				shownWorld(s.t, s.store)(c)
			}
			c.Start = s.start
		}).start(s.w, s.h, true)
		s.wear()
	}
	return s.rig
}

// resize gives the terminal another size.
func (s *script) resize(size string) {
	if n, _ := fmt.Sscanf(size, "%dx%d", &s.w, &s.h); n < 2 {
		s.t.Fatalf("size %q", size)
	}
	if s.rig != nil {
		s.rig.send(tea.WindowSizeMsg{Width: s.w, Height: s.h})
	}
}

// wear puts the look of the script on.
func (s *script) wear() {
	for _, l := range looks {
		if l.mode == s.mode && s.rig != nil {
			s.rig.wear(l.look)
		}
	}
}

func (s *script) sizes(args []string) {
	for _, size := range args[1:] {
		s.app()
		s.resize(size)
		s.snapshot(args[0] + "-" + size)
	}
}

// colours keeps the screen with its escape sequences, written as ␛.
func (s *script) colours(args []string) {
	s.app()
	for _, mode := range args[1:] {
		s.mode = mode
		s.wear()
		var lines []string
		for l := range strings.SplitSeq(strings.ReplaceAll(s.rig.content(), "\x1b", "␛"), "\n") {
			lines = append(lines, strings.TrimRight(l, " "))
		}
		s.keep(args[0]+"-"+mode, strings.Join(lines, "\n")+"\n")
	}
	s.mode = "dark"
	s.wear()
}

func (s *script) snapshot(name string) { s.keep(name, strings.Join(s.app().grid(), "\n")+"\n") }

// keep holds a screen against the file of its name.
func (s *script) keep(name, got string) {
	s.t.Helper()
	s.taken = append(s.taken, txtar.File{Name: name, Data: []byte(got)})
	if want := s.shots[name]; want != got && !*rewrite {
		s.t.Errorf("screen %q is not as it was (go test ./ui -run TestScreens -rewrite writes it anew)\n--- was\n%s--- is\n%s", name, want, got)
	}
}

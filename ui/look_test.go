package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"

	"s403/s3view"
)

// looks are the ways in which a terminal shows the same: modes by name, each at
// the sizes at which something is different.
var looks = []struct {
	mode  string
	look  Look
	sizes [][2]int
}{
	{"dark", Look{Dark: true, Profile: colorprofile.TrueColor}, [][2]int{{40, 10}, {60, 20}, {80, 24}, {120, 36}, {200, 50}, {300, 100}}},
	{"light", Look{Profile: colorprofile.TrueColor}, [][2]int{{40, 10}, {80, 24}, {120, 36}, {200, 50}}},
	{"sixteen", Look{Dark: true, Profile: colorprofile.ANSI}, [][2]int{{80, 24}}},
	{"sixteen-light", Look{Profile: colorprofile.ANSI}, [][2]int{{80, 24}}},
	{"no-color", Look{Dark: true, Profile: colorprofile.ASCII}, [][2]int{{80, 24}}},
	{"ascii", Look{Dark: true, Profile: colorprofile.ASCII, ASCII: true}, [][2]int{{40, 10}, {80, 24}, {120, 36}}},
}

// TestLooks holds the view's content, colours and all, in every look. Escape
// characters are written as ␛, so that the files can be read.
func TestLooks(t *testing.T) {
	for _, l := range looks {
		for _, size := range l.sizes {
			name := fmt.Sprintf("keys-%dx%d-%s.txt", size[0], size[1], l.mode)
			t.Run(name, func(t *testing.T) {
				start := s3view.Location{Bucket: "acme-reports", Key: "2026/q3/summary.csv"}
				r := newRig(t, acme(), func(c *Config) { c.Start = start }).start(size[0], size[1], l.look.Dark)
				r.wear(l.look)
				got := strings.ReplaceAll(r.content(), "\x1b", "␛") + "\n"
				file := filepath.Join("testdata", "looks", name)
				if *rewrite {
					if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if string(want) != got {
					t.Errorf("%s does not look as it did (go test ./ui -run TestLooks -rewrite writes it anew):\n%s", name, strings.Join(r.grid(), "\n"))
				}
			})
		}
	}
}

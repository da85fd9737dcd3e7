package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"s403/s3view"
)

// TestLooks holds the view's content, colours and all, at three sizes in light
// and dark. Escape characters are written as ␛, so that the files can be read.
func TestLooks(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 50}} {
		for _, mode := range []string{"dark", "light"} {
			name := fmt.Sprintf("keys-%dx%d-%s.txt", size[0], size[1], mode)
			t.Run(name, func(t *testing.T) {
				start := s3view.Location{Bucket: "acme-reports", Key: "2026/q3/summary.csv"}
				r := newRig(t, acme(), func(c *Config) { c.Start = start }).start(size[0], size[1], mode == "dark")
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

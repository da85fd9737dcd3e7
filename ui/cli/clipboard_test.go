//go:build unix

package cli

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Text goes to the terminal by OSC 52, and to the machine's own clipboard where
// one of its tools is there and works; the screen says which.
func TestClipboards(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<ListBucketResult><Contents><Key>here.txt</Key></Contents></ListBucketResult>")
	}))
	t.Cleanup(server.Close)
	const takes, fails = "#!/bin/sh\n/bin/cat > \"$COPIED\"\n", "#!/bin/sh\nexit 1\n"
	const uri = "s3://bucket/here.txt"
	for _, tt := range []struct {
		name  string
		tools map[string]string
		env   string
		says  string
	}{
		{"xclip", map[string]string{"xclip": takes}, "WAYLAND_DISPLAY=", "URI copied, to this machine's clipboard"},
		{"xsel", map[string]string{"xsel": takes}, "WAYLAND_DISPLAY=", "URI copied, to this machine's clipboard"},
		{"Wayland", map[string]string{"wl-copy": takes, "wl-paste": takes, "xclip": fails}, "WAYLAND_DISPLAY=wayland-0", "URI copied, to this machine's clipboard"},
		{"a tool without a display", map[string]string{"xclip": fails}, "WAYLAND_DISPLAY=", "this machine's did not take it"},
		{"no tool, as over ssh", nil, "WAYLAND_DISPLAY=", "URI sent to the terminal's clipboard (OSC 52), if it takes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home := t.TempDir()
			copied := filepath.Join(home, "copied")
			for name, text := range tt.tools {
				if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o700); err != nil { //nolint:gosec // it is run
					t.Fatal(err)
				}
			}
			p := inProcess(t, []string{tt.env, "PATH=" + home, "COPIED=" + copied, "HOME=" + home, "AWS_CONFIG_FILE=/dev/null", "AWS_PROFILE=",
				"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=s"}, "--endpoint-url", server.URL, "s3://bucket/")
			p.sees("here.txt")
			_, _ = p.tty.WriteString("y")
			p.sees("presigned URL")
			_, _ = p.tty.WriteString("u")
			p.sees("\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(uri)))
			p.shows(tt.says)
			_, _ = p.tty.WriteString("q")
			p.leaves(exitOK)
			text, _ := os.ReadFile(copied)
			if want := strings.Contains(tt.says, "copied"); (string(text) == uri) != want || !want && len(text) > 0 {
				t.Errorf("the machine's clipboard holds %q", text)
			}
		})
	}
}

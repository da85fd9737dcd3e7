package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A configuration that is no file, too large or wrong is told, and never waited for.
func TestReadSettings(t *testing.T) {
	for name, tt := range map[string]struct {
		make func(file string) error
		want string
	}{
		"missing":   {func(string) error { return nil }, ""},
		"a folder":  {func(f string) error { return os.Mkdir(f, 0o750) }, "is no file and was not read"},
		"a device":  {func(f string) error { return os.Symlink("/dev/zero", f) }, "is no file and was not read"},
		"too large": {func(f string) error { return os.WriteFile(f, make([]byte, settingsLimit+1), 0o600) }, "is larger than 1048576 bytes"},
		"wrong":     {func(f string) error { return os.WriteFile(f, []byte("\ntheme = 3\n"), 0o600) }, "line 2: theme is 3"},
		"right":     {func(f string) error { return os.WriteFile(f, []byte("theme = \"light\"\n"), 0o600) }, ""},
	} {
		dir := filepath.Join(t.TempDir(), "s403")
		if err := os.Mkdir(dir, 0o750); err != nil {
			t.Fatal(err)
		}
		if err := tt.make(filepath.Join(dir, "config.toml")); err != nil {
			t.Fatal(err)
		}
		_, warnings := readSettings(func(key string) string { return map[string]string{"XDG_CONFIG_HOME": filepath.Dir(dir)}[key] })
		if got := strings.Join(warnings, "\n"); !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

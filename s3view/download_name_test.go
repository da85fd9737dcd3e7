package s3view

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that is there already stays as it is, whenever it came.
func TestDownloadReplacesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "k")
	st, c := open(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		_ = os.WriteFile(path, []byte("mine"), 0o600) // meanwhile
		_, _ = w.Write([]byte("theirs"))
	})
	for range 2 {
		_, err := st.Download(t.Context(), at(t, "s3://bucket/k"), path, nil)
		text, _ := os.ReadFile(path)
		files, _ := os.ReadDir(dir)
		if err == nil || !strings.Contains(err.Error(), "exists already") || string(text) != "mine" || len(files) != 1 {
			t.Errorf("%v, %q, %d files", err, text, len(files))
		}
	}
	if len(c.seen) != 1 {
		t.Errorf("asked %q for a file that was there before", c.seen)
	}
	temp := filepath.Join(dir, "temp")
	if err := os.WriteFile(temp, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := renameOnto(temp, path); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("without hard links: %v", err)
	}
	if err := renameOnto(temp, path+"2"); err != nil {
		t.Error(err)
	}
}

// A key becomes a name that stays in its directory.
func TestLocalName(t *testing.T) {
	tests := map[string]string{"a/b.txt": "b.txt", "a/b/": "b", "..": "object", "a/..": "object", ".": "object", "x\x1b[31m\n": "x_[31m_",
		`c:\win`: "c__win", "": "object", "/": "object", "a/\u202egpj.exe": "_gpj.exe", "nul\x00byte": "nul_byte", "../../etc/passwd": "passwd",
		"\xff\xfe": "__", "日本語.txt": "日本語.txt"}
	for key, want := range tests {
		if got := LocalName(key); got != want {
			t.Errorf("LocalName(%q) = %q, want %q", key, got, want)
		}
	}
	for name, want := range map[string]string{"con": "_con", "NUL.txt": "_NUL.txt", "com1.": "_com1", "console": "console", `a<b>"|?*`: "a_b_____", "x. .": "x"} {
		if got := windowsName(name); got != want {
			t.Errorf("windowsName(%q) = %q, want %q", name, got, want)
		}
	}
	if got := LocalName(strings.Repeat("漢", 500)); len(got) > 240 {
		t.Errorf("%d bytes", len(got))
	}
}

// Keys that end alike get names of their own.
func TestFreeName(t *testing.T) {
	dir := t.TempDir()
	for _, want := range []string{"a.csv", "a (2).csv", "a (3).csv"} {
		path := FreeName(dir, "x/a.csv")
		if filepath.Base(path) != want {
			t.Errorf("%q, want %q", path, want)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

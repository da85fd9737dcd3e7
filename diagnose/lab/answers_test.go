package lab

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden holds got against a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("%s differs at line %d (go test -update writes it anew)\n got %q\nwant %q", path, i+1, at(g, i), at(w, i))
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

// TestAnswers holds what every scenario's actor is answered, to HEAD and to the
// GET of the first byte, against a file that reads like the documentation.
func TestAnswers(t *testing.T) {
	l, endpoint := served(t)
	var b strings.Builder
	for _, s := range l.Scenarios() {
		head, get := s.first().make(t, l, s, endpoint)
		fmt.Fprintf(&b, "%s\n  HEAD %s\n  GET  %s\n", s.Name, head, get)
	}
	golden(t, "answers.golden", b.String())
}

// String shows an outcome on a line.
func (o outcome) String() string {
	switch {
	case o.status == 0:
		return "no answer"
	case o.code == "":
		return fmt.Sprint(o.status)
	}
	return fmt.Sprintf("%d %s: %s", o.status, o.code, o.message)
}

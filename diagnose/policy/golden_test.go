package policy

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sections cuts a text at its "-- name --" lines, in their order.
func sections(text string) (names []string, bodies map[string]string) {
	bodies = make(map[string]string)
	name := ""
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		if n, ok := strings.CutPrefix(trimmed, "-- "); ok && strings.HasSuffix(n, " --") {
			name = strings.TrimSuffix(n, " --")
			names = append(names, name)
			continue
		}
		bodies[name] += line
	}
	return names, bodies
}

// golden runs answer on every file of a folder of testdata and compares what
// it says with the section "want", the last of the file.
func golden(t *testing.T, folder string, answer func(t *testing.T, parts map[string]string) string) {
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", folder, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, parts := sections(string(raw))
			got := answer(t, parts)
			if *update {
				head, _, _ := strings.Cut(string(raw), "-- want --")
				if err := os.WriteFile(file, []byte(head+"-- want --\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := parts["want"]; got != want {
				t.Errorf("got:\n%swant:\n%s", got, want)
			}
		})
	}
}

var kinds = map[string]Kind{"identity": IdentityKind, "bucket": BucketKind, "scp": SCPKind, "rcp": RCPKind, "": AnyKind}

// TestLint: each file holds a policy and the remarks about it.
func TestLint(t *testing.T) {
	golden(t, "lint", func(t *testing.T, parts map[string]string) string {
		var b strings.Builder
		d := mustParse(t, []byte(parts["policy"]))
		for _, r := range Lint(d, kinds[strings.TrimSpace(parts["kind"])]) {
			fmt.Fprintf(&b, "line %d, statement %d: %s: %s\n", r.Line, r.Statement, r.Code, r.Text)
			if r.Instead != "" {
				fmt.Fprintf(&b, "    instead: %s\n", r.Instead)
			}
		}
		return b.String()
	})
}

// TestMisses: each file holds policies and a request, and what a person is told:
// the decision, what matched and what almost did.
func TestMisses(t *testing.T) {
	golden(t, "misses", func(t *testing.T, parts map[string]string) string {
		var b strings.Builder
		r, s := readScene(t, parts)
		d := Evaluate(r, s)
		fmt.Fprintf(&b, "%s by %s\n", d.Effect, d.DecidedBy)
		for _, m := range d.Matched {
			fmt.Fprintf(&b, "matched %s, line %d of %s\n", m.Effect, m.Line, m.Policy)
			for _, term := range m.Terms {
				fmt.Fprintf(&b, "    line %d: %s\n", term.Line, term.Reason)
			}
		}
		for _, m := range d.Missed {
			fmt.Fprintf(&b, "missed %s, line %d of %s\n    line %d: %s\n", m.Effect, m.Line, m.Policy, m.ElementLine, m.Reason)
		}
		fmt.Fprintf(&b, "S3 says: %s\n", Message(r, d))
		return b.String()
	})
}

func readScene(t *testing.T, parts map[string]string) (Request, Set) {
	t.Helper()
	var r Request
	if err := json.Unmarshal([]byte(parts["request"]), &r); err != nil {
		t.Fatal(err)
	}
	var s Set
	one := func(name string) []Named {
		if parts[name] == "" {
			return nil
		}
		return []Named{{name, mustParse(t, []byte(parts[name]))}}
	}
	s.Identity, s.Boundaries, s.Session, s.VPCEndpoint = one("identity"), one("boundary"), one("session"), one("endpoint")
	if scp := one("scp"); scp != nil {
		s.SCPs = []Level{{"root", scp}}
	}
	if b := one("bucket"); b != nil {
		s.Resource = b[0].Document
	}
	if p := one("access point"); p != nil {
		s.AccessPoint = p[0].Document
	}
	return r, s
}

package message

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shape is one text of testdata/shapes and the fields that are wanted of it.
type shape struct {
	name, text string
	want       []string // field=value; a value may be several, parted by |
}

// readShapes cuts a file at its "-- name --" lines; the last line of a shape
// begins with "want:". In a wanted value _ stands for a space.
func readShapes(t *testing.T, file string) (list []shape) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		name, ok := strings.CutPrefix(strings.TrimSuffix(line, " --\n"), "-- ")
		if ok && strings.HasSuffix(line, " --\n") {
			list = append(list, shape{name: name})
			continue
		}
		last := &list[len(list)-1]
		if want, ok := strings.CutPrefix(line, "want:"); ok {
			last.want = strings.Fields(want)
			continue
		}
		last.text += line
	}
	return list
}

// TestShapes reads errors as tools, SDKs and services word them, none of them
// in the corpus. has and lacks are of the causes, first the foremost of them.
func TestShapes(t *testing.T) {
	files, err := filepath.Glob("testdata/shapes/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		for _, s := range readShapes(t, file) {
			t.Run(s.name, func(t *testing.T) {
				m := Parse([]byte(s.text))
				for _, want := range s.want {
					name, value, _ := strings.Cut(want, "=")
					if got, ok := fits(t, m, name, strings.ReplaceAll(value, "_", " ")); !ok {
						t.Errorf("%s is %q, want %s", name, got, value)
					}
				}
			})
		}
	}
}

// fits compares one field of a message with what is wanted.
func fits(t *testing.T, m Message, name, value string) (got string, ok bool) {
	t.Helper()
	all := strings.Join(m.Causes, " ")
	switch name {
	case "first":
		return all, len(m.Causes) > 0 && m.Causes[0] == value
	case "has", "lacks":
		for id := range strings.SplitSeq(value, ",") {
			if slices.Contains(m.Causes, id) != (name == "has") {
				return all, false
			}
		}
		return all, true
	}
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	got = fmt.Sprint(fields[name])
	return got, slices.Contains(strings.Split(value, "|"), got)
}

package lab

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestContent: what an object holds has its size, and is what its name promises.
func TestContent(t *testing.T) {
	for _, size := range []int{1, 7, 60, 310, 18240} {
		for _, key := range []string{"a.csv", "a.tsv", "a.json", "a.md", "a.bin", "a"} {
			got := content(Object{Key: key, Size: size})
			if len(got) != size {
				t.Errorf("%s of %d bytes has %d", key, size, len(got))
			}
			if key == "a.json" && size >= 60 && !json.Valid(got) {
				t.Errorf("%s of %d bytes is no JSON: %.80s", key, size, got)
			}
		}
	}
	lines := strings.Split(string(content(Object{Key: "q3/a.csv", Size: 400})), "\n")
	if lines[0] != "date,region,amount" || lines[1] == lines[5] || strings.Count(lines[1], ",") != 2 {
		t.Errorf("the table begins %q", lines[:3])
	}
	if got := string(content(Object{Key: "a.csv", Size: 9, Body: "mine"})); got != "mine" {
		t.Errorf("a body that is given becomes %q", got)
	}
}

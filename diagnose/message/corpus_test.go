package message

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// record is one line of the corpus of labelled errors.
type record struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	Base64 string `json:"base64"`
	Expand struct {
		Unit  string `json:"unit"`
		Times int    `json:"times"`
	} `json:"expand"`
	Expect map[string]json.RawMessage `json:"expect"`
}

func corpus(t testing.TB) []record {
	t.Helper()
	file, err := os.ReadFile("testdata/errors-open.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var all []record
	lines := bufio.NewScanner(bytes.NewReader(file))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func (r record) input(t testing.TB) []byte {
	t.Helper()
	if r.Base64 == "" {
		return []byte(r.Text + strings.Repeat(r.Expand.Unit, r.Expand.Times))
	}
	raw, err := base64.StdEncoding.DecodeString(r.Base64)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestCorpus compares every labelled field of every record, and only those.
func TestCorpus(t *testing.T) {
	for _, r := range corpus(t) {
		t.Run(r.ID, func(t *testing.T) {
			compare(t, r, Parse(r.input(t)))
		})
	}
}

func compare(t *testing.T, r record, m Message) {
	t.Helper()
	encoded, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]json.RawMessage
	if err := json.Unmarshal(encoded, &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range r.Expect {
		switch name {
		case "mustList":
			for _, id := range list(t, want) {
				if !slices.Contains(m.Causes, id) {
					t.Errorf("causes %v lack %q", m.Causes, id)
				}
			}
		case "first":
			if len(m.Causes) == 0 || !slices.Contains(list(t, want), m.Causes[0]) {
				t.Errorf("causes begin with %v, want one of %s", m.Causes, want)
			}
		default:
			if !slices.Contains(list(t, want), text(t, got[name])) {
				t.Errorf("%s = %s, want %s", name, got[name], want)
			}
		}
	}
	if t.Failed() {
		t.Logf("text: %.600s", r.Text)
	}
}

// list reads a label: one value, or a list of which any is right.
func list(t *testing.T, raw json.RawMessage) []string {
	t.Helper()
	var many []string
	if json.Unmarshal(raw, &many) == nil {
		return many
	}
	return []string{text(t, raw)}
}

func text(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

package ui

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/alecthomas/chroma/v2"

	"s403/s3view"
)

// browsing is an explorer in front of a store that answers over HTTP and holds
// one object. The cursor stands on it.
func browsing(t *testing.T, key, content string, change func(*Config)) *rig {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("list-type") {
			_, _ = fmt.Fprintf(w, "<ListBucketResult><Contents><Key>%s</Key><Size>%d</Size></Contents></ListBucketResult>", key, len(content))
			return
		}
		w.Header().Set("ETag", `"e"`)
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
	}))
	t.Cleanup(server.Close)
	return newRig(t, acme(), func(c *Config) {
		c.Start = s3view.Location{Bucket: "bucket", Key: key}
		c.Connect = func(ctx context.Context, _ Choice) (*Connection, error) {
			s, err := s3view.Connect(ctx, s3view.Options{EndpointURL: server.URL, Keys: &s3view.Keys{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "x"}})
			if err != nil {
				return nil, err
			}
			return &Connection{Store: s.Store(), Session: s, Diagnose: fakeDiagnoser{}}, nil
		}
		if change != nil {
			change(c)
		}
	}).start(100, 24, true)
}

// A preview shows tables aligned, JSON laid out, and any of them in hex.
func TestPreviewForms(t *testing.T) {
	tests := []struct {
		key, content string
		feed         []string
		want         []string // in this order on the screen, each on a line of its own
	}{
		{"orders.csv", "\ufeffid,name,total\r\n1,\"O'Hara, \"\"Jim\"\"\",17.5\r\n12,\"two\nlines\",1234\r\n3\r\n", nil, []string{
			"comma-separated values, 68 B fetched of 68 B",
			"│    id  name           total  ", "│ 1   1  O'Hara, \"Jim\"   17.5  ", "│ 2  12  two␊lines       1234  ", "│ 3   3  ",
			"all of it, 1 row has another number of columns"}},
		{"orders.csv", "id,name\n1,2\n", []string{"f"}, []string{"│ 1  id,name ", "│ 2  1,2 "}},
		{"orders.csv", "id,name\n1,2\n", []string{"f", "f"}, []string{"│ 00000000  69 64 2c 6e 61 6d 65 0a  31 2c 32 0a              id,name.1,2."}},
		{"log.jsonl", "{\"a\":1,\"b\":[]}\n{\"a\":2}\n", nil, []string{"│ 1  { ", `│ 2    "a": 1, `, `│ 3    "b": [] `, "│ 4  } ", "│ 5  { ", `│ 6    "a": 2 `}},
		{"log.jsonl", "{\"a\":1}\n{\"a\":2}\n", []string{"f"}, []string{`│ 1  {"a":1} `, `│ 2  {"a":2} `}},
		{"one.json", `{"a":{"b":1}}`, nil, []string{"│ 1  { ", `│ 3      "b": 1 `}},
		{"x.bin", "\x00\x01", nil, []string{"binary data, 2 B fetched of 2 B", "│ 00000000  00 01 "}},
	}
	for _, tt := range tests {
		r := browsing(t, tt.key, tt.content, nil).feed("p").feed(tt.feed...)
		screen := strings.Join(r.grid(), "\n")
		rest := screen
		for _, want := range tt.want {
			at := strings.Index(rest, want)
			if at < 0 {
				t.Errorf("%s %v: %q is not there, or not in its place:\n%s", tt.key, tt.feed, want, screen)
				break
			}
			rest = rest[at+len(want):]
		}
	}
}

// A preview says before it fetches how much that will be at most.
func TestPreviewAnnouncesWhatItFetches(t *testing.T) {
	r := browsing(t, "notes.md", "# notes\n", nil)
	r.hold = func(msg tea.Msg) bool { _, ok := msg.(previewFetched); return ok }
	r.feed("p").sees("fetching at most 256.0 KiB")
	r.release()
	r.sees("8 B fetched of 8 B", "# notes")
}

// The names of the columns stay while the rows scroll.
func TestPreviewKeepsTheHeader(t *testing.T) {
	var text strings.Builder
	text.WriteString("number,square\n")
	for i := range 100 {
		fmt.Fprintf(&text, "%d,%d\n", i, i*i)
	}
	r := browsing(t, "squares.csv", text.String(), nil).feed("p").sees("  1       0       0")
	r.feed("G").sees("number  square", "100      99    9801").misses("  1       0       0")
}

// JSON is coloured whatever the object is called.
func TestPreviewColoursByContent(t *testing.T) {
	p := s3view.Preview{Kind: s3view.PreviewNDJSON, Name: "x", Data: []byte("{\"a\":1}\n{\"b\":2}")}
	for _, form := range formsOf(p)[:2] {
		coloured := false
		for _, line := range form.lay(p, NewTheme(Look{})).lines {
			for _, token := range line {
				coloured = coloured || token.Type.InCategory(chroma.Literal)
			}
		}
		if !coloured {
			t.Errorf("as %s it has no colours", form)
		}
	}
}

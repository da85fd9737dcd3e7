package s3view

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// wire is a store of one object, which counts the bytes that it sends and notes
// the ranges that it is asked for.
type wire struct {
	mu      sync.Mutex
	content []byte
	etag    string
	sent    int64
	ranges  []string
	matches []string // If-Match of each request
}

type meter struct {
	http.ResponseWriter
	wire *wire
}

func (m meter) Write(p []byte) (int, error) {
	m.wire.mu.Lock()
	m.wire.sent += int64(len(p))
	m.wire.mu.Unlock()
	return m.ResponseWriter.Write(p)
}

func (s *wire) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.ranges = append(s.ranges, r.Header.Get("Range"))
	s.matches = append(s.matches, r.Header.Get("If-Match"))
	if s.etag != "" {
		w.Header().Set("ETag", s.etag)
	}
	s.mu.Unlock()
	http.ServeContent(meter{w, s}, r, "", time.Time{}, bytes.NewReader(s.content))
}

func gzipped(t *testing.T, content []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// picture is an image in one of the formats of the standard library.
func picture(t *testing.T, format string) string {
	t.Helper()
	var out bytes.Buffer
	img := image.NewPaletted(image.Rect(0, 0, 640, 480), color.Palette{color.Black})
	var err error
	switch format {
	case "png":
		err = png.Encode(&out, img)
	case "gif":
		err = gif.Encode(&out, img, nil)
	default:
		err = jpeg.Encode(&out, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A preview tells what the object is, opens gzip, and fetches in one request.
func TestPreviewKinds(t *testing.T) {
	packed := gzipped(t, bytes.Repeat([]byte("{\"a\":1}\n"), 1<<20)) // 8 MiB in 8 KiB
	damaged := gzipped(t, []byte("one line of text\n"))
	damaged[len(damaged)-5] ^= 1 // in the checksum
	tests := []struct {
		key, content string
		kind         PreviewKind
		note         string
	}{
		{"a.txt", "hello, wörld\n", PreviewText, "text"},
		{"a.txt", "ORCHARD", PreviewText, "text"},
		{"a.json", "{\n \"a\": 1}", PreviewJSON, "JSON"},
		{"x", "{\"a\":1}\n{\"a\":2}\n", PreviewNDJSON, "an object a line"},
		{"x", "a,b,c\n1,2,3\n4,5,6\n", PreviewCSV, "comma-separated"},
		{"x", "\xef\xbb\xbfa\tb\tc\r\n1\t2\t3\r\n4\t5\t6\r\n", PreviewCSV, "tab-separated"},
		{"x.csv", "a;b\n1;2\n", PreviewCSV, "semicolon-separated"},
		{"x", "a,\"b,b\",c\n1,2,3\n4,5,6\n", PreviewCSV, "comma-separated"},
		{"logs.json.gz", string(packed), PreviewNDJSON, "gzip, unpacked: JSON, an object a line"},
		{"l.gz", string(gzipped(t, []byte("hi"))), PreviewText, "gzip, unpacked: text"},
		{"l.gz", string(gzipped(t, nil)), PreviewEmpty, "gzip, unpacked: an empty object"},
		{"l.gz", string(damaged), PreviewText, "the gzip file is damaged: its checksum does not match"},
		{"l.gz", string(gzipped(t, bytes.Repeat([]byte("0123456789abcdef"), 100))[:40]), PreviewText, "the gzip file is damaged: it ends too soon"},
		{"l.gz", "\x1f\x8b\x00\x00\x00\x00\x00\x00\x00\x00", PreviewBinary, "gzip that cannot be opened: its header is no gzip header"},
		{"l.gz", "\x1f\x8b\x08", PreviewBinary, "gzip that cannot be opened: it ends too soon"},
		{"p", "PAR1\x15\x04", PreviewParquet, "Parquet file; cut off"},
		{"i", picture(t, "png"), PreviewImage, "PNG image, 640×480 pixels"},
		{"i", picture(t, "gif"), PreviewImage, "GIF image, 640×480 pixels"},
		{"i", picture(t, "jpeg"), PreviewImage, "JPEG image, 640×480 pixels"},
		{"i", "\xff\xd8\xff\xe1 cut off", PreviewImage, "JPEG image"},
		{"b", "\x00\x01\x02", PreviewBinary, "binary data"},
		{"z.zip", "PK\x03\x04aaaa", PreviewBinary, "zip archive"},
		{"t.tar", strings.Repeat("\x00", 257) + "ustar", PreviewBinary, "tar archive"},
		{"u", "\xff\xfeh\x00i\x00", PreviewText, "text"},
		{"e", "", PreviewEmpty, "empty"},
	}
	for _, tt := range tests {
		s := &wire{content: []byte(tt.content)}
		st, c := open(t, Options{}, s.serve)
		p, err := st.Preview(t.Context(), at(t, "s3://bucket/"+tt.key), 16<<10)
		if err != nil || p.Kind != tt.kind || !strings.Contains(p.Note, tt.note) || len(p.Data) > PreviewUnpacked {
			t.Errorf("%s %.20q: %s %q, %v; want %s %q", tt.key, tt.content, p.Kind, p.Note, err, tt.kind, tt.note)
		}
		if len(c.seen) != 1 {
			t.Errorf("%s: asked %q", tt.key, c.seen)
		}
	}
}

// What a preview says it fetched is what went over the wire, and never more
// than the limit.
func TestPreviewFetchesWhatItSays(t *testing.T) {
	const limit = 4096
	footer := parquetFile(t, 5000, 900)
	tests := []struct {
		name     string
		content  []byte
		ranges   string
		complete bool
	}{
		{"small", []byte("hello"), "bytes=0-3071", true},
		{"long text", bytes.Repeat([]byte("word "), 5000), "bytes=0-3071", false},
		{"text as long as what is fetched", bytes.Repeat([]byte("a"), 3072), "bytes=0-3071", true},
		{"gzip", gzipped(t, bytes.Repeat([]byte("word "), 5<<20)), "bytes=0-3071", false},
		{"Parquet", footer, fmt.Sprintf("bytes=0-3071 bytes=%d-%d", len(footer)-1024, len(footer)-1), false},
		{"Parquet of which little is missing", parquetFile(t, 2600, 500), "bytes=0-3071 bytes=3072-3103", true},
		{"small Parquet", parquetFile(t, 10, 90), "bytes=0-3071", true},
	}
	for _, tt := range tests {
		s := &wire{content: tt.content, etag: `"e"`}
		st, _ := open(t, Options{}, s.serve)
		p, err := st.Preview(t.Context(), at(t, "s3://bucket/k"), limit)
		if err != nil || p.Fetched != s.sent || s.sent > limit || p.Size != int64(len(tt.content)) || p.Complete != tt.complete {
			t.Errorf("%s: says %d of %d fetched, all: %t; %d were sent; %v", tt.name, p.Fetched, p.Size, p.Complete, s.sent, err)
		}
		if got := strings.Join(s.ranges, " "); got != tt.ranges {
			t.Errorf("%s: asked for %s, want %s", tt.name, got, tt.ranges)
		}
		if n := len(s.matches); n == 2 && s.matches[1] != `"e"` {
			t.Errorf("%s: the footer was asked of any content", tt.name)
		}
	}
}

// Text that ends within a character shows none of it.
func TestPreviewEndsAtACharacter(t *testing.T) {
	s := &wire{content: bytes.Repeat([]byte("漢"), 2000)}
	st, _ := open(t, Options{}, s.serve)
	p, err := st.Preview(t.Context(), at(t, "s3://bucket/k"), 1001)
	if err != nil || p.Kind != PreviewText || p.Fetched != 751 || string(p.Data) != strings.Repeat("漢", 250) {
		t.Fatalf("%s, %d fetched, %d kept, %v", p.Kind, p.Fetched, len(p.Data), err)
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("a,b\n1,2"), "x.csv")
	f.Add([]byte("\"a\nb\t\"\"\tc"), "x.tsv")
	f.Add([]byte("\x1f\x8b\x08\x00"), "x.gz")
	f.Add([]byte("\x89PNG\r\n\x1a\n"), "x")
	f.Add([]byte("II*\x00\x08\x00\x00\x00\xff\xff"), "x")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		p := Preview{Data: data, Name: name}
		p.open()
		if p.Kind == "" || len(p.Data) > max(PreviewUnpacked, 2*len(data)+8) {
			t.Fatalf("%q, %d bytes of %d", p.Kind, len(p.Data), len(data))
		}
		HexDump(p.Data, 20)
		if n := len(IndentJSON(data)); n > jsonLong+2*jsonDepth+4 {
			t.Fatalf("laid out to %d bytes", n)
		}
	})
}

package s3view

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // their sizes are told, not their pictures shown
	_ "image/jpeg"
	_ "image/png"
	"io"
	"net/http"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	_ "golang.org/x/image/webp" // as above
)

// PreviewKind is what the first bytes of an object turned out to be.
type PreviewKind string

// The kinds of preview. Everything but text, JSON, NDJSON and CSV is shown as a
// hex dump under its Note.
const (
	PreviewEmpty   PreviewKind = "empty"
	PreviewText    PreviewKind = "text"
	PreviewJSON    PreviewKind = "json"
	PreviewNDJSON  PreviewKind = "ndjson"
	PreviewCSV     PreviewKind = "csv"
	PreviewParquet PreviewKind = "parquet"
	PreviewImage   PreviewKind = "image"
	PreviewBinary  PreviewKind = "binary"
)

// A Preview is the beginning of an object.
type Preview struct {
	At       Location
	Kind     PreviewKind
	Name     string // the file name without .gz, by which a highlighter picks the language
	Data     []byte // at most the limit, or PreviewUnpacked of a gzip file
	Fetched  int64  // bytes that were transferred
	Size     int64  // of the object
	Gzip     bool   // Data was unpacked
	Complete bool   // Data is all there is
	Note     string // one line about what it is: "PNG image, 640×480"
}

// Bounds of a preview, in bytes.
const (
	PreviewLimit    = 256 << 10 // fetched unless said otherwise
	PreviewUnpacked = 1 << 20   // shown of a gzip file
	previewTimeout  = 30 * time.Second
)

// Preview fetches the first limit bytes of the object at the location and not
// one more, and tells what they are. limit 0 means PreviewLimit.
func (st *Store) Preview(ctx context.Context, at Location, limit int64) (Preview, error) {
	if limit <= 0 {
		limit = PreviewLimit
	}
	ctx, cancel := context.WithTimeout(ctx, previewTimeout)
	defer cancel()
	in := st.getInput(at)
	in.Range = aws.String(fmt.Sprintf("bytes=0-%d", limit-1))
	out, _, err := do(ctx, st, "GetObject", at, func(ctx context.Context, c *s3.Client) (*s3.GetObjectOutput, error) {
		return c.GetObject(ctx, in, func(o *s3.Options) {
			o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired // of the whole, not of a range
		})
	})
	if e := AsError(err); e != nil && e.Status == http.StatusRequestedRangeNotSatisfiable {
		return Preview{At: at, Kind: PreviewEmpty, Complete: true, Note: "an empty object"}, nil
	}
	if err != nil {
		return Preview{}, err
	}
	defer out.Body.Close() //nolint:errcheck // read only
	data, err := io.ReadAll(io.LimitReader(out.Body, limit))
	if err != nil {
		return Preview{}, newError("GetObject", at, err)
	}
	p := Preview{At: at, Data: data, Fetched: int64(len(data)), Size: sizeOf(out), Name: at.Name()}
	p.Complete = p.Fetched >= p.Size
	p.open()
	return p, nil
}

// getInput is a GetObject with the session's options.
func (st *Store) getInput(at Location) *s3.GetObjectInput {
	return &s3.GetObjectInput{Bucket: &at.Bucket, Key: &at.Key, VersionId: optional(at.VersionID),
		ExpectedBucketOwner: optional(st.session.opts.ExpectedOwner), RequestPayer: st.payer()}
}

// sizeOf is the object's size: the total of a Content-Range, else the length.
func sizeOf(out *s3.GetObjectOutput) int64 {
	var total int64
	r := aws.ToString(out.ContentRange)
	if _, err := fmt.Sscanf(r[strings.LastIndexByte(r, '/')+1:], "%d", &total); err == nil {
		return total
	}
	return aws.ToInt64(out.ContentLength)
}

// open unpacks what is packed and tells what it is.
func (p *Preview) open() {
	if bytes.HasPrefix(p.Data, []byte{0x1f, 0x8b}) {
		p.gunzip()
	}
	p.Data = fromUTF16(p.Data)
	p.Kind, p.Note = p.sniff()
	if p.Gzip {
		p.Note = "gzip, unpacked: " + p.Note
	}
}

// gunzip unpacks as far as the data and the bound go. A gzip file that was cut
// off gives what is there.
func (p *Preview) gunzip() {
	z, err := gzip.NewReader(bytes.NewReader(p.Data))
	if err != nil {
		return
	}
	unpacked, err := io.ReadAll(io.LimitReader(z, PreviewUnpacked+1))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && len(unpacked) == 0 {
		return
	}
	p.Complete = p.Complete && err == nil && len(unpacked) <= PreviewUnpacked
	p.Data, p.Gzip = unpacked[:min(len(unpacked), PreviewUnpacked)], true
	p.Name = strings.TrimSuffix(strings.TrimSuffix(p.Name, ".gz"), ".gzip")
}

// magics are the first bytes of files that are no text.
var magics = []struct{ magic, name string }{
	{"PK\x03\x04", "zip archive"}, {"%PDF-", "PDF document"}, {"\x7fELF", "ELF program"}, {"BZh", "bzip2 file"},
	{"\xfd7zXZ\x00", "xz file"}, {"\x28\xb5\x2f\xfd", "zstd file"}, {"Obj\x01", "Avro file"}, {"ORC", "ORC file"},
	{"SQLite format 3\x00", "SQLite database"}, {"\xff\x06\x00\x00sNaPpY", "snappy file"}, {"\x89HDF\r\n", "HDF5 file"},
	{"ID3", "MP3 audio"}, {"OggS", "Ogg media"}, {"RIFF", "RIFF media"}, {"\xca\xfe\xba\xbe", "Java class"},
}

// sniff tells what the data is, by its first bytes and then by its looks; the
// name only breaks ties. Content-Type is not asked: it is what the uploader's
// program guessed.
func (p *Preview) sniff() (PreviewKind, string) {
	d := p.Data
	switch {
	case len(d) == 0:
		return PreviewEmpty, "an empty object"
	case bytes.HasPrefix(d, []byte("PAR1")):
		return PreviewParquet, "Parquet file"
	}
	if c, format, err := image.DecodeConfig(bytes.NewReader(d)); err == nil {
		return PreviewImage, fmt.Sprintf("%s image, %d×%d", strings.ToUpper(format), c.Width, c.Height)
	}
	for _, m := range magics {
		if bytes.HasPrefix(d, []byte(m.magic)) {
			return PreviewBinary, m.name
		}
	}
	if !looksLikeText(d) {
		return PreviewBinary, "binary data"
	}
	return textKind(d, strings.ToLower(path.Ext(p.Name)))
}

// looksLikeText wants UTF-8 (its last character may be cut off) with next to no
// control characters.
func looksLikeText(d []byte) bool {
	odd, n := 0, 0
	for len(d) > 0 {
		r, size := utf8.DecodeRune(d)
		switch {
		case r == utf8.RuneError && size == 1 && !utf8.FullRune(d):
			return odd*50 <= n // cut off
		case r == 0:
			return false
		case r == utf8.RuneError && size == 1,
			unicode.IsControl(r) && !unicode.IsSpace(r) && r != 0x1b && r != '\b':
			odd++
		}
		n++
		d = d[size:]
	}
	return odd*50 <= n
}

// textKind tells tables and JSON from prose by their first lines.
func textKind(d []byte, ext string) (PreviewKind, string) {
	lines := strings.SplitN(strings.TrimSpace(string(d[:min(len(d), 8<<10)])), "\n", 12)
	braces := 0
	for _, l := range lines {
		if l = strings.TrimSpace(l); strings.HasPrefix(l, "{") && strings.HasSuffix(l, "}") {
			braces++
		}
	}
	first := ""
	if len(lines) > 0 {
		first = strings.TrimSpace(lines[0])
	}
	switch {
	case braces >= 2 || ext == ".ndjson" || ext == ".jsonl":
		return PreviewNDJSON, "JSON, an object a line"
	case strings.HasPrefix(first, "{") || strings.HasPrefix(first, "[{") || strings.HasPrefix(first, "[") && ext == ".json":
		return PreviewJSON, "JSON"
	case ext == ".csv" || ext == ".tsv" || tabular(lines, ","), tabular(lines, "\t"):
		return PreviewCSV, "a table of comma- or tab-separated values"
	}
	return PreviewText, "text"
}

// tabular tells whether the lines hold the separator equally often, twice at
// least. The last line may be cut off.
func tabular(lines []string, separator string) bool {
	if len(lines) < 3 {
		return false
	}
	n := strings.Count(lines[0], separator)
	for _, l := range lines[:len(lines)-1] {
		if strings.Count(l, separator) != n {
			return false
		}
	}
	return n >= 2
}

// fromUTF16 turns text that begins with a UTF-16 byte order mark into UTF-8, and
// drops the mark of UTF-8.
func fromUTF16(d []byte) []byte {
	d = bytes.TrimPrefix(d, []byte("\xef\xbb\xbf"))
	if len(d) < 2 || d[0]^d[1] != 0xff^0xfe || min(d[0], d[1]) != 0xfe {
		return d
	}
	units := make([]uint16, 0, len(d)/2)
	for i := 2; i+1 < len(d); i += 2 {
		lo, hi := d[i], d[i+1]
		if d[0] == 0xfe {
			lo, hi = hi, lo
		}
		units = append(units, uint16(hi)<<8|uint16(lo))
	}
	return []byte(string(utf16.Decode(units)))
}

// HexDump prints bytes as hexdump -C does, 16 a line, at most lines lines.
func HexDump(d []byte, lines int) string {
	var b strings.Builder
	for at := 0; at < len(d) && at/16 < lines; at += 16 {
		row := d[at:min(at+16, len(d))]
		fmt.Fprintf(&b, "%08x  ", at)
		for i := range 16 {
			if i < len(row) {
				fmt.Fprintf(&b, "%02x ", row[i])
			} else {
				b.WriteString("   ")
			}
			if i == 7 {
				b.WriteByte(' ')
			}
		}
		b.WriteString(" ")
		for _, c := range row {
			if c < ' ' || c > '~' {
				c = '.'
			}
			b.WriteByte(c)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

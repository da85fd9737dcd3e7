package s3view

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// PreviewKind is what the first bytes of an object turned out to be.
type PreviewKind string

// The kinds of preview. Everything but text, JSON, NDJSON and tables is shown as
// a hex dump under its Note.
const (
	PreviewEmpty   PreviewKind = "empty"
	PreviewText    PreviewKind = "text"
	PreviewJSON    PreviewKind = "json"
	PreviewNDJSON  PreviewKind = "ndjson"
	PreviewCSV     PreviewKind = "csv" // values with a separator, which Separator names
	PreviewParquet PreviewKind = "parquet"
	PreviewImage   PreviewKind = "image"
	PreviewBinary  PreviewKind = "binary"
)

// A Preview is the beginning of an object.
type Preview struct {
	At        Location
	Kind      PreviewKind
	Name      string // the file name without .gz, by which a highlighter picks the language
	Data      []byte // at most the limit, or PreviewUnpacked of a gzip file
	Fetched   int64  // bytes that were transferred, the footer of a Parquet file among them
	Size      int64  // of the object
	Gzip      bool   // Data was unpacked
	Complete  bool   // Data is all there is
	Note      string // one line about what it is: "PNG image, 640×480"
	Separator rune   // between the values of a line, where Kind is PreviewCSV
	Table     *Table // the rows, where Kind is PreviewCSV; the columns of a Parquet file whose footer could be read
}

// Bounds of a preview, in bytes.
const (
	PreviewLimit    = 256 << 10 // fetched in all, unless said otherwise
	PreviewUnpacked = 1 << 20   // shown of a gzip file
	previewTimeout  = 30 * time.Second
)

// Preview fetches the beginning of the object at the location, and tells what
// it is. A quarter of the limit is kept back for the footer of a Parquet file,
// which holds its schema: all that is fetched is never more than limit bytes. A
// limit of 0 means PreviewLimit.
func (st *Store) Preview(ctx context.Context, at Location, limit int64) (Preview, error) {
	if limit <= 0 {
		limit = PreviewLimit
	}
	ctx, cancel := context.WithTimeout(ctx, previewTimeout)
	defer cancel()
	p := Preview{At: at, Name: at.Name()}
	data, out, err := st.span(ctx, at, 0, limit-limit/4-1, "")
	if e := AsError(err); e != nil && e.Status == http.StatusRequestedRangeNotSatisfiable {
		p.Kind, p.Complete, p.Note = PreviewEmpty, true, "an empty object"
		return p, nil
	}
	if err != nil {
		return Preview{}, err
	}
	p.Data, p.Fetched, p.Size = data, int64(len(data)), sizeOf(out)
	p.Complete = p.Fetched >= p.Size
	p.open()
	if p.Kind == PreviewParquet && !p.Gzip {
		st.addFooter(ctx, &p, limit/4, aws.ToString(out.ETag))
	}
	return p, nil
}

// span fetches the bytes from first to last, both included, and not one more.
// etag, if not empty, is the content that they must be of.
func (st *Store) span(ctx context.Context, at Location, first, last int64, etag string) ([]byte, *s3.GetObjectOutput, error) {
	in := st.getInput(at)
	in.Range, in.IfMatch = aws.String(fmt.Sprintf("bytes=%d-%d", first, last)), optional(etag)
	out, _, err := do(ctx, st, "GetObject", at, func(ctx context.Context, c *s3.Client) (*s3.GetObjectOutput, error) {
		return c.GetObject(ctx, in, func(o *s3.Options) {
			o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired // of the whole, not of a range
		})
	})
	if err != nil {
		return nil, nil, err
	}
	defer out.Body.Close() //nolint:errcheck // read only
	data, err := io.ReadAll(io.LimitReader(out.Body, last-first+1))
	if err != nil {
		return nil, nil, newError("GetObject", at, err)
	}
	return data, out, nil
}

// addFooter reads the end of a Parquet file, at most limit bytes of it, and what
// it says of the columns. What cannot be read is told in the note.
func (st *Store) addFooter(ctx context.Context, p *Preview, limit int64, etag string) {
	end := p.Data
	if missing := p.Size - p.Fetched; missing > 0 {
		n := min(missing, limit)
		tail, out, err := st.span(ctx, p.At, p.Size-n, p.Size-1, etag)
		if err != nil {
			p.Note += "; its footer was not read: " + newError("GetObject", p.At, err).answer()
			return
		}
		if out.ContentRange == nil {
			p.Note += "; its footer was not read: this store sends no ranges"
			return
		}
		p.Fetched += int64(len(tail))
		end = tail
		if n == missing {
			end = append(bytes.Clone(p.Data), tail...)
			p.Data, p.Complete = end, true
		}
	}
	note, table := parquetFooter(end)
	p.Note, p.Table = p.Note+note, table
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

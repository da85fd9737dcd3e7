package s3view

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// The SDK takes some 10 µs for each key of a listing, which at a million keys is
// more than the network takes when many pages are under way at once. readList
// reads the same answer at some 0.5 µs a key.

// listReader is a step right above the transport. It reads a successful listing
// into page and leaves an empty one to the SDK. What it does not understand, and
// every error, it leaves as it is.
type listReader struct {
	page *Page
	read bool
}

// longestList bounds the answer to one ListObjectsV2: 1000 keys of 1024 bytes,
// each byte escaped, with what goes around them.
const longestList = 16 << 20

// listRoot is the element that every listing is, with or without keys.
var listRoot = []byte("ListBucketResult")

var errNoListing = errors.New("the answer is no listing")

const emptyList = `<ListBucketResult></ListBucketResult>`

// ID names the step.
func (*listReader) ID() string { return "s403ListReader" }

// HandleDeserialize reads the answer.
func (l *listReader) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	out middleware.DeserializeOutput, meta middleware.Metadata, err error,
) {
	out, meta, err = next.HandleDeserialize(ctx, in)
	r, ok := out.RawResponse.(*smithyhttp.Response)
	if err != nil || !ok || r.StatusCode != 200 {
		return out, meta, err
	}
	buf, _ := listBodies.Get().(*bytes.Buffer)
	buf.Reset()
	_, err = buf.ReadFrom(io.LimitReader(r.Body, longestList))
	_ = r.Body.Close()
	if err != nil {
		return out, meta, err
	}
	if !bytes.Contains(buf.Bytes(), listRoot) {
		return out, meta, errNoListing // which the SDK would take for an empty one
	}
	if *l.page, l.read = readList(buf.Bytes()); !l.read {
		r.Body = io.NopCloser(buf) // the SDK's now
		return out, meta, nil
	}
	listBodies.Put(buf)
	r.Body = io.NopCloser(strings.NewReader(emptyList))
	return out, meta, nil
}

// listBodies and listScans are used again for the next page: at hundreds of
// pages a second, the memory of each would keep the garbage collector busy.
var (
	listBodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	listScans  = sync.Pool{New: func() any { return new(listScan) }}
)

// addTo puts the step into an operation.
func (l *listReader) addTo(s *middleware.Stack) error { return s.Deserialize.Add(l, middleware.After) }

// listScan is the state of readList. Keys and ETags are gathered in one text for
// the whole page, so that a page is a handful of allocations.
type listScan struct {
	page    Page
	encoded bool
	text    []byte
	keys    []span
	etags   []span
	entry   Entry
	key     span
	etag    span
}

type span struct{ from, to int }

// encodedByURL is looked for without its <, with which every element begins.
var encodedByURL = []byte("EncodingType>url</EncodingType>")

// reset forgets the page before and keeps its memory.
func (s *listScan) reset(encoded bool) {
	*s = listScan{encoded: encoded, page: Page{Entries: s.page.Entries[:0]}, text: s.text[:0], keys: s.keys[:0], etags: s.etags[:0]}
}

// readList reads a ListBucketResult. It knows the elements that a Page holds and
// passes over all others. ok is false for what is no listing, or not written as
// S3 and its like write it.
func readList(body []byte) (page Page, ok bool) {
	s, _ := listScans.Get().(*listScan)
	defer listScans.Put(s)
	s.reset(bytes.Contains(body, encodedByURL))
	var path [8]string
	depth := 0
	for {
		open := bytes.IndexByte(body, '<')
		if open < 0 {
			break
		}
		text := body[:open]
		end := bytes.IndexByte(body[open:], '>')
		if end < 2 {
			return page, false
		}
		tag := body[open+1 : open+end]
		body = body[open+end+1:]
		switch {
		case tag[0] == '?':
		case tag[0] == '!' || depth >= len(path)-1:
			return page, false
		case tag[0] == '/':
			if depth == 0 || path[depth-1] != string(tag[1:]) || !s.leave(path[:depth], text) {
				return page, false
			}
			depth--
		case tag[len(tag)-1] == '/':
		default:
			if i := bytes.IndexByte(tag, ' '); i > 0 { // before attributes
				tag = tag[:i]
			}
			path[depth] = elementName(tag)
			depth++
			if depth == 2 {
				s.entry, s.key, s.etag = Entry{}, span{}, span{}
			}
		}
	}
	if depth != 0 || path[0] != "ListBucketResult" {
		return page, false
	}
	return s.finish(), true
}

// elementName avoids an allocation for each of the elements that come often.
func elementName(tag []byte) string {
	switch string(tag) {
	case "Contents":
		return "Contents"
	case "Key":
		return "Key"
	case "LastModified":
		return "LastModified"
	case "ETag":
		return "ETag"
	case "Size":
		return "Size"
	case "StorageClass":
		return "StorageClass"
	}
	return string(tag)
}

// leave takes in an element that ends. text is what stood right before its end.
func (s *listScan) leave(path []string, text []byte) bool {
	switch len(path) {
	case 2:
		return s.leaveTop(path[1], text)
	case 3:
		return s.leaveInner(path[1], path[2], text)
	}
	return true
}

func (s *listScan) leaveTop(name string, text []byte) bool {
	switch name {
	case "IsTruncated":
		s.page.More = string(text) == "true"
	case "NextContinuationToken":
		token, ok := appendUnescaped(nil, text)
		s.page.Next = string(token)
		return ok
	case "Contents", "CommonPrefixes":
		s.entry.Prefix = name == "CommonPrefixes"
		s.page.Entries = append(s.page.Entries, s.entry)
		s.keys, s.etags = append(s.keys, s.key), append(s.etags, s.etag)
	}
	return true
}

func (s *listScan) leaveInner(parent, name string, text []byte) (ok bool) {
	ok = true
	switch {
	case parent == "Contents" && name == "Key" || parent == "CommonPrefixes" && name == "Prefix":
		s.key, ok = s.add(text, s.encoded)
	case parent != "Contents":
	case name == "ETag":
		s.etag, ok = s.add(text, false)
	case name == "Size":
		s.entry.Size, _ = strconv.ParseInt(string(text), 10, 64)
	case name == "LastModified":
		s.entry.Modified, _ = time.Parse(time.RFC3339, string(text))
		s.entry.Modified = s.entry.Modified.UTC()
	case name == "StorageClass":
		if n := len(s.page.Entries); n > 0 && s.page.Entries[n-1].Class == string(text) {
			s.entry.Class = s.page.Entries[n-1].Class
		} else {
			s.entry.Class = string(text)
		}
	}
	return ok
}

// add appends a value to the text of the page.
func (s *listScan) add(value []byte, encoded bool) (span, bool) {
	from := len(s.text)
	var ok bool
	s.text, ok = appendUnescaped(s.text, value)
	if encoded {
		s.text = s.text[:from+unquote(s.text[from:])]
	}
	return span{from, len(s.text)}, ok
}

// finish gives each entry its strings and puts prefixes among the objects.
func (s *listScan) finish() Page {
	text := string(s.text)
	page := s.page
	page.Entries = slices.Clone(page.Entries)
	sorted := true
	for i := range page.Entries {
		e := &page.Entries[i]
		e.Key = text[s.keys[i].from:s.keys[i].to]
		e.ETag = strings.Trim(text[s.etags[i].from:s.etags[i].to], `"`)
		sorted = sorted && (i == 0 || !e.Prefix)
	}
	clear(s.page.Entries) // holds no strings of this page
	if !sorted {
		sort.SliceStable(page.Entries, func(i, j int) bool { return page.Entries[i].Key < page.Entries[j].Key })
	}
	if !page.More {
		page.Next = ""
	}
	return page
}

// appendUnescaped appends text with its XML entities resolved.
func appendUnescaped(to, text []byte) ([]byte, bool) {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(to, text...), true
		}
		to = append(to, text[:i]...)
		end := bytes.IndexByte(text[i:], ';')
		if end < 0 {
			return to, false
		}
		r, ok := entity(string(text[i+1 : i+end]))
		if !ok {
			return to, false
		}
		to = utf8.AppendRune(to, r)
		text = text[i+end+1:]
	}
}

// entity resolves the five named entities of XML and numbers.
func entity(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, found := strings.CutPrefix(name, "#")
	if !found {
		return 0, false
	}
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	return rune(n), err == nil && n <= utf8.MaxRune //nolint:gosec // 21 bits
}

// unquote undoes url encoding in place and returns the new length. A text that is
// not url encoded stays as it is.
func unquote(b []byte) int {
	for i := range b {
		if b[i] == '%' && (i+2 >= len(b) || !isHex(b[i+1]) || !isHex(b[i+2])) {
			return len(b)
		}
	}
	n := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '+':
			b[n] = ' '
		case '%':
			b[n] = unhex(b[i+1])<<4 | unhex(b[i+2])
			i += 2
		default:
			b[n] = b[i]
		}
		n++
	}
	return n
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&7 + 9
}

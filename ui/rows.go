package ui

import (
	"bytes"
	"time"

	"s403/s3view"
)

// rows is what a list shows: the list of buckets, or the entries of a prefix.
// Rows are only ever added, so a sort may read the rows there were while more
// arrive.
type rows interface {
	// len is the number of rows.
	len() int
	// at is row i as it is shown.
	at(i int) s3view.Entry
	// name is what row i is called, as bytes that must not be changed.
	name(i int) []byte
	// size, modified (Unix seconds) and class are what rows are sorted by.
	size(i int) int64
	modified(i int) int64
	class(i int) string
}

// A keyRow is one entry of a prefix in 24 bytes. A million s3view.Entry would
// take some 140 MB; these and their names take about 60.
type keyRow struct {
	name     uint32 // page<<pageBits | offset
	length   uint16 // S3 keys have at most 1,024 bytes
	class    uint8  // index into keyRows.classes
	prefix   bool
	size     int64
	modified int64 // Unix seconds; 0: not said
}

const (
	pageBits  = 20 // names lie in pages of 1 MiB
	chunkBits = 13 // rows lie in chunks of 8,192
	chunkRows = 1 << chunkBits
)

// keyRows holds the entries of one prefix. Rows and names lie in chunks that
// are never moved, so adding does not copy what is there and readers of
// earlier rows are not disturbed.
type keyRows struct {
	prefix  string
	n       int
	chunks  [][]keyRow
	pages   [][]byte
	classes []string
	bytes   int64 // sum of the sizes
}

func newKeyRows(prefix string) *keyRows { return &keyRows{prefix: prefix} }

// add appends a page of entries.
func (r *keyRows) add(entries []s3view.Entry) {
	for _, e := range entries {
		r.addOne(e)
	}
}

func (r *keyRows) addOne(e s3view.Entry) {
	row := keyRow{prefix: e.Prefix, size: e.Size, class: r.classOf(e.Class)}
	if !e.Modified.IsZero() {
		row.modified = e.Modified.Unix()
	}
	row.name, row.length = r.store(e.Name(r.prefix))
	if r.n>>chunkBits == len(r.chunks) {
		r.chunks = append(r.chunks, make([]keyRow, 0, chunkRows))
	}
	c := r.n >> chunkBits
	r.chunks[c] = append(r.chunks[c], row)
	r.bytes += max(0, e.Size)
	r.n++
}

// store puts a name into the current page, or a new one where it does not fit.
// Stores may answer anything: names beyond 64 KiB are cut.
func (r *keyRows) store(name string) (at uint32, length uint16) {
	name = name[:min(len(name), 1<<16-1)]
	last := len(r.pages) - 1
	if last < 0 || len(r.pages[last])+len(name) > 1<<pageBits {
		r.pages = append(r.pages, make([]byte, 0, 1<<pageBits))
		last++
	}
	at = uint32(last)<<pageBits | uint32(len(r.pages[last])) //nolint:gosec // a page has 1 MiB
	r.pages[last] = append(r.pages[last], name...)
	return at, uint16(len(name))
}

func (r *keyRows) classOf(name string) uint8 {
	for i, c := range r.classes {
		if c == name {
			return uint8(i)
		}
	}
	if len(r.classes) == 255 {
		return 0
	}
	r.classes = append(r.classes, name)
	return uint8(len(r.classes) - 1)
}

func (r *keyRows) len() int { return r.n }

func (r *keyRows) row(i int) *keyRow { return &r.chunks[i>>chunkBits][i&(chunkRows-1)] }

func (r *keyRows) name(i int) []byte {
	row := r.row(i)
	page, off := row.name>>pageBits, row.name&(1<<pageBits-1)
	return r.pages[page][off : off+uint32(row.length)]
}

func (r *keyRows) at(i int) s3view.Entry {
	row := r.row(i)
	e := s3view.Entry{Key: r.prefix + string(r.name(i)), Prefix: row.prefix, Size: row.size, Class: r.classes[row.class]}
	if row.modified != 0 {
		e.Modified = time.Unix(row.modified, 0).UTC()
	}
	return e
}

func (r *keyRows) size(i int) int64     { return r.row(i).size }
func (r *keyRows) modified(i int) int64 { return r.row(i).modified }
func (r *keyRows) class(i int) string   { return r.classes[r.row(i).class] }

// snapshot is the rows there are now, for a reader in another goroutine.
func (r *keyRows) snapshot() *keyRows {
	c := *r
	c.chunks = append([][]keyRow(nil), r.chunks...)
	c.pages = append([][]byte(nil), r.pages...)
	return &c
}

// bucketRows are the buckets of the caller, or those she went to before where
// she may not list them.
type bucketRows []s3view.Bucket

func (r bucketRows) len() int          { return len(r) }
func (r bucketRows) name(i int) []byte { return []byte(r[i].Name) }
func (r bucketRows) at(i int) s3view.Entry {
	return s3view.Entry{Key: r[i].Name, Prefix: true, Modified: r[i].Created, Class: r[i].Region}
}
func (r bucketRows) size(int) int64     { return 0 }
func (r bucketRows) class(i int) string { return r[i].Region }
func (r bucketRows) modified(i int) int64 {
	if r[i].Created.IsZero() {
		return 0
	}
	return r[i].Created.Unix()
}

// find returns the row that has the name, or -1.
func find(r rows, name string) int {
	want := []byte(name)
	for i := range r.len() {
		if bytes.Equal(r.name(i), want) {
			return i
		}
	}
	return -1
}

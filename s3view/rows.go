package s3view

import (
	"encoding/binary"
	"slices"
	"sort"
	"time"
)

// Rows holds a listing in little memory: some 35 bytes a key where an Entry and
// its strings take 200. Each page becomes one immutable block, in which a key is
// stored as what it does not share with the one before it, so that nothing is
// allocated for a single key and the garbage collector sees five objects a page.
// ETags are not kept: HeadObject shows them.
//
// Append and the readers must not run at the same time, but a Snapshot can be
// read while the original grows.
type Rows struct {
	prefix  string // of the listing: filters and names begin after it
	blocks  []*block
	starts  []int // the first row of each block
	n       int
	classes []string // storage classes, in the order in which they appeared
	last    string
	ordered bool // keys came in order
}

// restartEvery is after how many rows a key is stored whole, so that any row is
// decoded in a few steps.
const restartEvery = 16

// block is a page.
type block struct {
	n        int
	keys     []byte   // per row: shared length, suffix length, suffix
	restarts []uint32 // where every 16th row begins in keys
	sizes    []byte   // width bytes a row, little endian
	width    int
	when     []uint32 // seconds since 1970; 0 is unknown
	class    []uint8  // index into Rows.classes; prefixRow for a common prefix
	ascii    bool     // all keys are ASCII
}

const prefixRow = 0xff

// NewRows makes an empty store for the listing of a prefix.
func NewRows(prefix string) *Rows { return &Rows{prefix: prefix, ordered: true} }

// Len is the number of rows.
func (r *Rows) Len() int { return r.n }

// Prefix is the listed prefix.
func (r *Rows) Prefix() string { return r.prefix }

// Snapshot is the rows so far. Reading it does not race with Append to r.
func (r *Rows) Snapshot() *Rows {
	s := *r
	s.blocks, s.starts, s.classes = slices.Clip(r.blocks), slices.Clip(r.starts), slices.Clip(r.classes)
	return &s
}

// Append adds a page. It keeps nothing of page.
func (r *Rows) Append(page []Entry) {
	if len(page) == 0 {
		return
	}
	b := &block{n: len(page), ascii: true, when: make([]uint32, len(page)), class: make([]uint8, len(page))}
	var largest int64
	for i := range page {
		largest = max(largest, page[i].Size)
	}
	for b.width = 0; b.width < 8 && largest>>(8*b.width) != 0; b.width++ {
	}
	b.sizes = make([]byte, 0, b.width*len(page))
	b.restarts = make([]uint32, 0, (len(page)+restartEvery-1)/restartEvery)
	keys := make([]byte, 0, 32*len(page))
	var word [8]byte
	for i := range page {
		e := &page[i]
		r.ordered = r.ordered && e.Key >= r.last
		keys = b.addKey(keys, i, e.Key, r.last)
		r.last = e.Key
		binary.LittleEndian.PutUint64(word[:], uint64(max(0, e.Size))) //nolint:gosec // not negative
		b.sizes = append(b.sizes, word[:b.width]...)
		b.when[i] = seconds(e.Modified)
		b.class[i] = r.classOf(e)
	}
	b.keys = slices.Clone(keys)
	r.blocks, r.starts = append(r.blocks, b), append(r.starts, r.n)
	r.n += len(page)
}

func (b *block) addKey(keys []byte, i int, key, before string) []byte {
	shared := 0
	if i%restartEvery == 0 {
		b.restarts = append(b.restarts, uint32(len(keys))) //nolint:gosec // a page is a few megabytes at most
	} else {
		for shared < min(len(key), len(before)) && key[shared] == before[shared] {
			shared++
		}
	}
	for j := shared; j < len(key) && b.ascii; j++ {
		b.ascii = key[j] < 0x80
	}
	keys = binary.AppendUvarint(keys, uint64(shared))          //nolint:gosec // a length
	keys = binary.AppendUvarint(keys, uint64(len(key)-shared)) //nolint:gosec // a length
	return append(keys, key[shared:]...)
}

func seconds(t time.Time) uint32 {
	if t.IsZero() {
		return 0
	}
	return uint32(min(max(0, t.Unix()), 1<<32-1)) //nolint:gosec // held between the bounds
}

// classOf numbers the storage class; past 254 classes the rest are unknown.
func (r *Rows) classOf(e *Entry) uint8 {
	if e.Prefix {
		return prefixRow
	}
	for i, c := range r.classes {
		if c == e.Class {
			return uint8(i) //nolint:gosec // at most 254
		}
	}
	if len(r.classes) >= prefixRow {
		return prefixRow - 1
	}
	r.classes = append(r.classes, e.Class)
	return uint8(len(r.classes) - 1) //nolint:gosec // at most 254
}

// Row returns row i, without its ETag. It panics when i is out of range, as a
// slice does.
func (r *Rows) Row(i int) Entry {
	b, j := r.find(i)
	e := Entry{Key: b.key(j), Prefix: b.class[j] == prefixRow, Size: b.size(j)}
	if b.when[j] > 0 {
		e.Modified = time.Unix(int64(b.when[j]), 0).UTC()
	}
	if !e.Prefix {
		e.Class = r.classes[b.class[j]]
	}
	return e
}

// find returns the block that holds row i, and which of its rows it is.
func (r *Rows) find(i int) (*block, int) {
	n := sort.SearchInts(r.starts, i+1) - 1
	return r.blocks[n], i - r.starts[n]
}

// Seek returns the first row whose key is not before key; Len when there is
// none. The rows must have come in order.
func (r *Rows) Seek(key string) int {
	return sort.Search(r.n, func(i int) bool {
		b, j := r.find(i)
		return b.key(j) >= key
	})
}

func (b *block) size(j int) int64 {
	var word [8]byte
	copy(word[:], b.sizes[j*b.width:(j+1)*b.width])
	return int64(binary.LittleEndian.Uint64(word[:])) //nolint:gosec // was made of an int64
}

func (b *block) key(j int) string {
	c := cursor{b: b, row: -1}
	var buf [256]byte
	c.text = buf[:0]
	c.seek(j)
	return string(c.text)
}

// A cursor decodes the keys of a block one after the other.
type cursor struct {
	b      *block
	row    int // the row that text holds; -1 before the first
	at     int // where the next row begins
	shared int // bytes of text that were there already in the row before
	text   []byte
}

// seek moves to row j, from where the cursor stands or from the last whole key
// before j.
func (c *cursor) seek(j int) {
	if j < c.row || j/restartEvery != c.row/restartEvery || c.row < 0 {
		c.row = j/restartEvery*restartEvery - 1
		c.at = int(c.b.restarts[j/restartEvery])
	}
	for c.row < j {
		c.next()
	}
}

// next moves to the next row.
func (c *cursor) next() {
	keys := c.b.keys
	shared, n := uvarint(keys[c.at:])
	c.at += n
	length, n := uvarint(keys[c.at:])
	c.at += n
	c.text = append(c.text[:shared], keys[c.at:c.at+length]...)
	c.at += length
	c.shared = shared
	c.row++
}

// uvarint reads a length; most take one byte.
func uvarint(b []byte) (value, n int) {
	if b[0] < 0x80 {
		return int(b[0]), 1
	}
	v, n := binary.Uvarint(b)
	return int(v), n //nolint:gosec // a length
}

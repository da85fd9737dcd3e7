package s3view

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// block is a page of rows. A name is stored as what it does not share with the
// one before it, so that nothing is allocated for a single key, the garbage
// collector sees six objects a page, and a filter has only the new bytes to look
// at (see finder). So that a match across the seam of shared and new bytes is
// seen without putting the name together, the last few shared bytes are repeated
// in front of the new ones.
type block struct {
	n      int
	prefix string   // what all keys begin with and the text leaves out
	text   []byte   // per row: up to overlap shared bytes again, then the new ones
	ends   []uint32 // where each row ends in text
	shared []uint16 // how many bytes of a name are those of the one before it
	sizes  []byte   // width bytes a row, little endian, and eight more to read over the end
	width  int
	when   []uint32 // seconds since 1970; 0 is unknown
	class  []uint8  // index into Rows.classes; prefixRow for a common prefix
	ascii  bool     // all names are ASCII
	folded bool     // no name has a capital letter
}

const (
	prefixRow    = 0xff
	restartEvery = 16 // every so many rows a name is whole, so that any row is put together in a few steps
	overlap      = 3  // repeated shared bytes
)

// newBlock packs a page. The classes are left to the caller.
func newBlock(page []Entry, prefix string) *block {
	b := &block{n: len(page), prefix: prefix, class: make([]uint8, len(page)), when: make([]uint32, len(page)),
		ends: make([]uint32, len(page)), shared: make([]uint16, len(page))}
	var largest int64
	for i := range page {
		largest = max(largest, page[i].Size)
		if !strings.HasPrefix(page[i].Key, prefix) {
			b.prefix = "" // a store that lists what was not asked for
		}
	}
	for b.width = 0; b.width < 8 && largest>>(8*b.width) != 0; b.width++ {
	}
	b.sizes = make([]byte, b.width*len(page)+8)
	text := make([]byte, 0, 24*len(page))
	before := ""
	for i := range page {
		name := page[i].Key[len(b.prefix):]
		text = b.addName(text, i, name, before)
		before = name
		binary.LittleEndian.PutUint64(b.sizes[i*b.width:], uint64(max(0, page[i].Size))) //nolint:gosec // not negative
		b.when[i] = seconds(page[i].Modified)
	}
	b.text = slices.Clone(text)
	b.ascii = isASCII(b.text)
	b.folded = b.ascii && !hasCapitals(b.text)
	return b
}

// addName appends what is new in a name. It never cuts a character in two: a
// filter folds the case of what it finds here.
func (b *block) addName(text []byte, i int, name, before string) []byte {
	shared := 0
	if i%restartEvery != 0 {
		most := min(len(name), len(before), 1<<16-1)
		for shared < most && name[shared] == before[shared] {
			shared++
		}
		for shared > 0 && shared < len(name) && !utf8.RuneStart(name[shared]) {
			shared--
		}
	}
	b.shared[i] = uint16(shared) //nolint:gosec // bounded above
	text = append(text, name[shared-min(shared, overlap):]...)
	b.ends[i] = uint32(len(text)) //nolint:gosec // a page is a few megabytes at most
	return text
}

func seconds(t time.Time) uint32 {
	if t.IsZero() {
		return 0
	}
	return uint32(min(max(0, t.Unix()), 1<<32-1)) //nolint:gosec // held between the bounds
}

// start is where row j begins in the text.
func (b *block) start(j int) int {
	if j == 0 {
		return 0
	}
	return int(b.ends[j-1])
}

func (b *block) size(j int) int64 {
	word := binary.LittleEndian.Uint64(b.sizes[j*b.width:])
	return int64(word & (1<<(8*b.width) - 1)) //nolint:gosec // was made of an int64
}

func (b *block) key(j int) string {
	var buf [256]byte
	c := newCursor(b, b.text, buf[:0])
	c.seek(j)
	return b.prefix + string(c.name)
}

// A cursor puts the names of a block together, one after the other.
type cursor struct {
	b    *block
	text []byte // the block's text, or the same with its case folded
	row  int    // the row that name holds; -1 before the first
	name []byte
}

func newCursor(b *block, text, buf []byte) cursor { return cursor{b, text, -1, buf[:0]} }

// seek moves to row j, from where the cursor stands or from the last whole name
// before j.
func (c *cursor) seek(j int) {
	if j < c.row || j/restartEvery != c.row/restartEvery || c.row < 0 {
		c.row = j/restartEvery*restartEvery - 1
	}
	for c.row < j {
		c.next()
	}
}

// next moves to the next row.
func (c *cursor) next() {
	c.row++
	shared := int(c.b.shared[c.row])
	fresh := c.text[c.b.start(c.row)+min(shared, overlap) : c.b.ends[c.row]]
	c.name = append(c.name[:shared], fresh...)
}

package s3view

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"
)

// A heldPage is a page that waits for those before it. What waits is packed, to
// some 40 bytes an entry instead of 160, all ETags and dates included.
type heldPage struct {
	n       int
	entries []Entry // nil when packed
	packed  []byte
	classes []string
}

// holdPage keeps a page, packed or as it is.
func holdPage(page []Entry, pack bool) heldPage {
	h := heldPage{n: len(page), entries: page}
	if !pack {
		return h
	}
	h.entries = nil
	buf := make([]byte, 0, 64*len(page))
	before := ""
	for i := range page {
		e := &page[i]
		shared := 0
		for shared < min(len(e.Key), len(before)) && e.Key[shared] == before[shared] {
			shared++
		}
		before = e.Key
		buf = binary.AppendUvarint(buf, uint64(shared)) //nolint:gosec // a length
		buf = appendText(buf, e.Key[shared:])
		buf = binary.AppendVarint(buf, e.Size)
		buf = binary.AppendVarint(buf, millis(e.Modified))
		buf = appendETag(buf, e.ETag)
		buf = append(buf, h.classOf(e.Class))
	}
	h.packed = slices.Clone(buf)
	return h
}

func appendText(buf []byte, s string) []byte {
	buf = binary.AppendUvarint(buf, uint64(len(s)))
	return append(buf, s...)
}

// noTime stands for the zero time.
const noTime = -1 << 62

func millis(t time.Time) int64 {
	if t.IsZero() {
		return noTime
	}
	return t.UnixMilli()
}

// appendETag packs an MD5, which most ETags are, into its 16 bytes behind a
// length that no other has.
func appendETag(buf []byte, etag string) []byte {
	if raw, err := hex.DecodeString(etag); err == nil && len(raw) == 16 && hex.EncodeToString(raw) == etag {
		return append(append(buf, 0xff, 0x7f), raw...) // uvarint 16383: longer than any header
	}
	return appendText(buf, etag[:min(len(etag), md5Mark-1)])
}

const md5Mark = 0x3fff

// classOf numbers a storage class within the page.
func (h *heldPage) classOf(class string) byte {
	i := slices.Index(h.classes, class)
	if i < 0 && len(h.classes) < 255 {
		i = len(h.classes)
		h.classes = append(h.classes, class)
	}
	return byte(max(0, i)) //nolint:gosec // at most 254
}

// An opener opens one page after the other in the same memory.
type opener struct {
	entries     []Entry
	text        []byte
	keys, etags []span
}

// open returns the entries, which are good until the next page is opened; their
// strings, which share one text, for as long as anybody holds them.
func (o *opener) open(h heldPage) []Entry {
	if h.packed == nil {
		return h.entries
	}
	o.entries = slices.Grow(o.entries[:0], h.n)[:h.n]
	o.keys, o.etags = slices.Grow(o.keys[:0], h.n)[:h.n], slices.Grow(o.etags[:0], h.n)[:h.n]
	entries, keys, etags, text := o.entries, o.keys, o.etags, o.text[:0]
	clear(entries)
	u := unpacker{h.packed}
	before := span{}
	for i := range entries {
		e := &entries[i]
		shared := u.length()
		from := len(text)
		text = append(text, text[before.from:before.from+shared]...)
		text = append(text, u.bytes(u.length())...)
		keys[i] = span{from, len(text)}
		before = keys[i]
		e.Size = u.number()
		if ms := u.number(); ms != noTime {
			e.Modified = time.UnixMilli(ms).UTC()
		}
		from = len(text)
		if n := u.length(); n == md5Mark {
			text = hex.AppendEncode(text, u.bytes(16))
		} else {
			text = append(text, u.bytes(n)...)
		}
		etags[i] = span{from, len(text)}
		e.Class = h.classes[u.bytes(1)[0]]
	}
	o.text = text
	all := string(text)
	for i := range entries {
		entries[i].Key, entries[i].ETag = all[keys[i].from:keys[i].to], all[etags[i].from:etags[i].to]
	}
	return entries
}

// unpacker reads what holdPage wrote.
type unpacker struct{ rest []byte }

func (u *unpacker) length() int {
	v, n := uvarint(u.rest)
	u.rest = u.rest[n:]
	return v
}

func (u *unpacker) number() int64 {
	v, n := binary.Varint(u.rest)
	u.rest = u.rest[n:]
	return v
}

func (u *unpacker) bytes(n int) []byte {
	b := u.rest[:n]
	u.rest = u.rest[n:]
	return b
}

// uvarint reads a length; most take one byte.
func uvarint(b []byte) (value, n int) {
	if b[0] < 0x80 {
		return int(b[0]), 1
	}
	v, n := binary.Uvarint(b)
	return int(v), n //nolint:gosec // a length
}

package s3view

import (
	"encoding/binary"
	"math"
)

// The types of the Thrift compact protocol ("Thrift compact protocol
// encoding", Apache Thrift specification).
const (
	thriftStop = iota
	thriftTrue
	thriftFalse
	thriftByte
	thriftI16
	thriftI32
	thriftI64
	thriftDouble
	thriftBinary
	thriftList
	thriftSet
	thriftMap
	thriftStruct
	thriftUUID
)

// thriftDepth is how deep structs may lie in one another.
const thriftDepth = 32

// A thriftReader reads the compact protocol from bytes that nobody vouches for:
// it allocates nothing and believes no length beyond what is there, which
// general libraries do. After something that cannot be, bad is set and only
// zeros are read.
type thriftReader struct {
	rest  []byte
	depth int
	bad   bool
}

func (r *thriftReader) fail() { r.rest, r.bad = nil, true }

func (r *thriftReader) byte() byte {
	if len(r.rest) == 0 {
		r.fail()
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *thriftReader) unsigned() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// integer reads an i16, i32 or i64: zigzag, as binary.Varint has it.
func (r *thriftReader) integer() int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *thriftReader) bytes(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.fail()
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *thriftReader) text() string { return string(r.bytes(r.unsigned())) }

// list reads the head of a list or a set. Every element takes a byte at least.
func (r *thriftReader) list() (n int, kind byte) {
	head := r.byte()
	long := uint64(head >> 4)
	if long == 15 {
		long = r.unsigned()
	}
	if long > uint64(len(r.rest)) {
		r.fail()
		return 0, thriftStop
	}
	return int(long), head & 15 //nolint:gosec // bounded by a length
}

// fields reads a struct: each hears of every field, and reads or skips its value.
func (r *thriftReader) fields(each func(id int16, kind byte)) {
	if r.depth++; r.depth > thriftDepth {
		r.fail()
	}
	defer func() { r.depth-- }()
	var id int16
	for !r.bad {
		head := r.byte()
		if head == thriftStop {
			return
		}
		if head>>4 != 0 {
			id += int16(head >> 4)
		} else {
			next := r.integer()
			if next < math.MinInt16 || next > math.MaxInt16 {
				r.fail()
			}
			id = int16(next) //nolint:gosec // held to it above
		}
		each(id, head&15)
	}
}

// skip reads a value and forgets it.
func (r *thriftReader) skip(kind byte) {
	switch kind {
	case thriftTrue, thriftFalse: // the type is the value
	case thriftByte:
		r.byte()
	case thriftI16, thriftI32, thriftI64:
		r.integer()
	case thriftDouble:
		r.bytes(8)
	case thriftUUID:
		r.bytes(16)
	case thriftBinary:
		r.bytes(r.unsigned())
	case thriftList, thriftSet:
		for n, of := r.list(); n > 0 && !r.bad; n-- {
			r.skipElement(of)
		}
	case thriftMap:
		r.skipMap()
	case thriftStruct:
		r.fields(func(_ int16, kind byte) { r.skip(kind) })
	default:
		r.fail()
	}
}

// skipElement is skip within a list, where a truth value takes a byte.
func (r *thriftReader) skipElement(kind byte) {
	switch kind {
	case thriftTrue, thriftFalse:
		r.byte()
	case thriftList, thriftSet, thriftMap:
		if r.depth++; r.depth > thriftDepth {
			r.fail()
		}
		r.skip(kind)
		r.depth--
	default:
		r.skip(kind)
	}
}

func (r *thriftReader) skipMap() {
	n := r.unsigned()
	if n == 0 {
		return
	}
	kinds := r.byte()
	for ; n > 0 && !r.bad; n-- {
		r.skipElement(kinds >> 4)
		r.skipElement(kinds & 15)
	}
}

package s3view

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
)

// parquetColumn is one node of a Parquet schema: SchemaElement of parquet.thrift
// (Apache Parquet, "File format").
type parquetColumn struct {
	name       string
	kind       int64 // physical type; -1 for a group
	length     int64 // of a FIXED_LEN_BYTE_ARRAY, in bytes
	repetition int64
	children   int64
	converted  int64 // the older way to tell the meaning; -1 for none
	scale      int64
	precision  int64
	logical    string // the newer way
}

// parquetMeta is what is told of a Parquet file: FileMetaData of parquet.thrift.
type parquetMeta struct {
	rows    int64
	groups  int
	writer  string
	columns []parquetColumn // depth first, the root first
}

// parquetFooter reads the end of a Parquet file: metadata, its length in four
// bytes, and the magic. The note goes on where "Parquet file" ends.
func parquetFooter(end []byte) (note string, columns *Table) {
	n := len(end)
	switch {
	case n < 8:
		return "; cut off: it has no footer", nil
	case bytes.HasSuffix(end, []byte("PARE")):
		return "; its footer is encrypted", nil
	case !bytes.HasSuffix(end, []byte("PAR1")):
		return "; cut off or damaged: it has no footer", nil
	}
	long := int64(binary.LittleEndian.Uint32(end[n-8:]))
	if long > int64(n-8) {
		return fmt.Sprintf("; its footer has %s, more than a preview fetches", humanize.IBytes(uint64(long))), nil //nolint:gosec // positive
	}
	meta, ok := readParquetMeta(end[int64(n-8)-long : n-8])
	if !ok {
		return "; its footer cannot be read", nil
	}
	note = fmt.Sprintf(", %s in %s, %s", counts(meta.rows, "row"), counts(int64(meta.groups), "row group"), counts(int64(len(meta.leaves())), "column"))
	if meta.writer != "" {
		note += ", written by " + clip(oneLine(meta.writer), 60)
	}
	return note, meta.table()
}

// counts is "1 row", "1,204 rows".
func counts(n int64, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return humanize.Comma(n) + " " + thing
}

func readParquetMeta(b []byte) (m parquetMeta, ok bool) {
	r := &thriftReader{rest: b}
	r.fields(func(id int16, kind byte) {
		switch {
		case id == 2 && kind == thriftList:
			n, of := r.list()
			for ; n > 0 && !r.bad && of == thriftStruct; n-- {
				m.columns = append(m.columns, readParquetColumn(r))
			}
		case id == 3 && kind == thriftI64:
			m.rows = r.integer()
		case id == 4 && kind == thriftList:
			n, of := r.list()
			for m.groups = n; n > 0 && !r.bad; n-- {
				r.skipElement(of)
			}
		case id == 6 && kind == thriftBinary:
			m.writer = r.text()
		default:
			r.skip(kind)
		}
	})
	return m, !r.bad && len(m.columns) > 0 && m.rows >= 0
}

func readParquetColumn(r *thriftReader) parquetColumn {
	c := parquetColumn{kind: -1, converted: -1}
	numbers := map[int16]*int64{1: &c.kind, 2: &c.length, 3: &c.repetition, 5: &c.children, 6: &c.converted, 7: &c.scale, 8: &c.precision}
	r.fields(func(id int16, kind byte) {
		switch {
		case numbers[id] != nil && kind == thriftI32:
			*numbers[id] = r.integer()
		case id == 4 && kind == thriftBinary:
			c.name = r.text()
		case id == 10 && kind == thriftStruct:
			c.logical = readLogicalType(r)
		default:
			r.skip(kind)
		}
	})
	return c
}

// logicalTypes are the members of the union LogicalType of parquet.thrift.
var logicalTypes = []string{1: "STRING", 2: "MAP", 3: "LIST", 4: "ENUM", 5: "DECIMAL", 6: "DATE", 7: "TIME", 8: "TIMESTAMP",
	10: "INTEGER", 11: "NULL", 12: "JSON", 13: "BSON", 14: "UUID", 15: "FLOAT16", 16: "VARIANT", 17: "GEOMETRY", 18: "GEOGRAPHY"}

// readLogicalType reads the one member that is set. The unit of a time and the
// width of an integer are read too; scale and precision stand in the column.
func readLogicalType(r *thriftReader) (name string) {
	r.fields(func(id int16, kind byte) {
		if id > 0 && int(id) < len(logicalTypes) {
			name = logicalTypes[id]
		}
		if kind != thriftStruct {
			r.skip(kind)
			return
		}
		r.fields(func(part int16, kind byte) {
			switch {
			case (id == 7 || id == 8) && part == 2 && kind == thriftStruct:
				r.fields(func(unit int16, kind byte) {
					name += map[int16]string{1: " ms", 2: " µs", 3: " ns"}[unit]
					r.skip(kind)
				})
			case id == 8 && part == 1 && kind == thriftTrue:
				name += " UTC"
			case id == 10 && part == 1 && kind == thriftByte:
				name = "INT" + strconv.Itoa(int(r.byte()))
			case id == 10 && part == 2 && kind == thriftFalse:
				name = "U" + name
			default:
				r.skip(kind)
			}
		})
	})
	return name
}

// The enums Type, ConvertedType and FieldRepetitionType of parquet.thrift.
var (
	physicalTypes  = []string{"BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"}
	convertedTypes = []string{"STRING", "MAP", "MAP_KEY_VALUE", "LIST", "ENUM", "DECIMAL", "DATE", "TIME ms", "TIME µs", "TIMESTAMP ms",
		"TIMESTAMP µs", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "JSON", "BSON", "INTERVAL"}
	repetitions = []string{"required", "optional", "repeated"}
)

// entry is the i-th name; a number that the specification does not know is shown.
func entry(names []string, i int64) string {
	switch {
	case i < 0:
		return ""
	case i >= int64(len(names)):
		return fmt.Sprintf("unknown (%d)", i)
	}
	return names[i]
}

func (c *parquetColumn) physical() string {
	name := entry(physicalTypes, c.kind)
	if c.length > 0 && c.kind == 7 {
		name += fmt.Sprintf("(%d)", c.length)
	}
	return name
}

func (c *parquetColumn) meaning() string {
	name := c.logical
	if name == "" {
		name = entry(convertedTypes, c.converted)
	}
	if name == "DECIMAL" {
		name += fmt.Sprintf("(%d,%d)", c.precision, c.scale)
	}
	return name
}

// leaves are the columns that hold values, each named with the groups around it:
// "address.city".
func (m *parquetMeta) leaves() []parquetColumn {
	var out []parquetColumn
	var path []string // of the groups that are open
	var left []int64  // how many children each still has
	for i := 1; i < len(m.columns); i++ {
		c := m.columns[i]
		for len(left) > 0 && left[len(left)-1] <= 0 {
			left, path = left[:len(left)-1], path[:len(path)-1]
		}
		if len(left) > 0 {
			left[len(left)-1]--
		}
		if c.children > 0 && len(path) < thriftDepth {
			left, path = append(left, c.children), append(path, c.name)
			continue
		}
		c.name = strings.Join(append(path[:len(path):len(path)], c.name), ".")
		out = append(out, c)
	}
	return out
}

func (m *parquetMeta) table() *Table {
	t := &Table{Header: []string{"column", "type", "meaning", ""}}
	for _, c := range m.leaves() {
		t.add([]string{c.name, c.physical(), c.meaning(), entry(repetitions, c.repetition)})
	}
	return t
}

package s3view

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
)

// thriftWriter writes what a Parquet footer is made of.
type thriftWriter struct{ out []byte }

func (w *thriftWriter) field(delta, kind byte) *thriftWriter {
	w.out = append(w.out, delta<<4|kind)
	return w
}

func (w *thriftWriter) number(v int64) *thriftWriter {
	w.out = binary.AppendVarint(w.out, v)
	return w
}

func (w *thriftWriter) text(s string) *thriftWriter {
	w.out = append(binary.AppendUvarint(w.out, uint64(len(s))), s...)
	return w
}

func (w *thriftWriter) raw(b ...byte) *thriftWriter {
	w.out = append(w.out, b...)
	return w
}

// footer is the metadata of a table of orders: a plain column, a group with a
// time stamp, and a decimal that is told the older way.
func parquetMetadata() []byte {
	w := &thriftWriter{}
	w.field(1, thriftI32).number(2)                                                         // version
	w.field(1, thriftList).raw(5<<4 | thriftStruct)                                         // schema
	w.field(4, thriftBinary).text("root").field(1, thriftI32).number(3).raw(0)              // three children
	w.field(1, thriftI32).number(6).field(2, thriftI32).number(0)                           // BYTE_ARRAY, required
	w.field(1, thriftBinary).text("id").field(6, thriftStruct).field(1, thriftStruct)       // STRING
	w.raw(0, 0, 0)                                                                          //
	w.field(3, thriftI32).number(1).field(1, thriftBinary).text("when")                     // optional group
	w.field(1, thriftI32).number(1).raw(0)                                                  // of one
	w.field(1, thriftI32).number(2).field(2, thriftI32).number(0)                           // INT64
	w.field(1, thriftBinary).text("at").field(6, thriftStruct).field(8, thriftStruct)       // TIMESTAMP
	w.field(1, thriftTrue).field(1, thriftStruct).field(2, thriftStruct).raw(0, 0, 0, 0, 0) // UTC, µs
	w.field(1, thriftI32).number(7).field(1, thriftI32).number(16).field(1, thriftI32).number(1)
	w.field(1, thriftBinary).text("price").field(2, thriftI32).number(5) // FIXED_LEN_BYTE_ARRAY(16), DECIMAL
	w.field(1, thriftI32).number(2).field(1, thriftI32).number(18).raw(0)
	w.field(1, thriftI64).number(1_234_567)                                  // rows
	w.field(1, thriftList).raw(2<<4|thriftStruct, 0)                         // two row groups, the first empty
	w.field(3, thriftI64).number(9).raw(0)                                   //
	w.field(2, thriftBinary).text("parquet-cpp-arrow version 17.0.0").raw(0) // written by
	return w.out
}

// parquetFile is a file whose pages have so many bytes, and its footer at least
// footer bytes.
func parquetFile(t *testing.T, pages, footer int) []byte {
	t.Helper()
	meta := parquetMetadata()
	if footer < len(meta)+8 {
		footer = len(meta) + 8
	}
	padded := slices.Concat(meta[:len(meta)-1], []byte{1<<4 | thriftBinary}) // a field that nobody knows
	room := footer - 8 - len(meta) - 3
	padded = append(binary.AppendUvarint(padded, uint64(max(0, room))), make([]byte, max(0, room))...) //nolint:gosec // small
	padded = append(padded, 0)
	file := append([]byte("PAR1"), make([]byte, pages)...)
	file = append(file, padded...)
	file = binary.LittleEndian.AppendUint32(file, uint32(len(padded))) //nolint:gosec // small
	return append(file, "PAR1"...)
}

// The footer of a Parquet file tells rows and columns.
func TestParquetFooter(t *testing.T) {
	note, table := parquetFooter(parquetFile(t, 100, 0))
	if want := ", 1,234,567 rows in 2 row groups, 3 columns, written by parquet-cpp-arrow version 17.0.0"; note != want {
		t.Errorf("note %q, want %q", note, want)
	}
	var lines []string
	for _, row := range table.Rows {
		lines = append(lines, strings.Join(row, " · "))
	}
	want := "id · BYTE_ARRAY · STRING · required\nwhen.at · INT64 · TIMESTAMP UTC µs · required\n" +
		"price · FIXED_LEN_BYTE_ARRAY(16) · DECIMAL(18,2) · optional"
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("columns:\n%s\nwant\n%s", got, want)
	}
}

// A footer that cannot be had says why.
func TestParquetWithoutFooter(t *testing.T) {
	whole := parquetFile(t, 100, 0)
	huge := append([]byte("PAR1"), "\xff\xff\xff\x7fPAR1"...)
	for name, tt := range map[string]struct {
		end  []byte
		want string
	}{
		"cut off":   {whole[:len(whole)-1], "; cut off or damaged: it has no footer"},
		"too long":  {huge, "; its footer has 2.0 GiB, more than a preview fetches"},
		"encrypted": {append(whole[:len(whole)-1:len(whole)-1], 'E'), "; its footer is encrypted"},
		"nonsense":  {[]byte("PAR1\xff\xff\xff\xff\x04\x00\x00\x00PAR1"), "; its footer cannot be read"},
		"short":     {[]byte("PAR1"), "; cut off: it has no footer"},
	} {
		if note, table := parquetFooter(tt.end); note != tt.want || table != nil {
			t.Errorf("%s: %q, want %q", name, note, tt.want)
		}
	}
}

func FuzzParquetFooter(f *testing.F) {
	f.Add(parquetMetadata())
	f.Add([]byte("\x19\xfc\xff\xff\xff\xff\x07"))
	f.Fuzz(func(t *testing.T, meta []byte) {
		end := binary.LittleEndian.AppendUint32(append([]byte(nil), meta...), uint32(len(meta))) //nolint:gosec // small
		note, table := parquetFooter(append(end, "PAR1"...))
		if note == "" || table != nil && len(table.Rows) > len(meta) {
			t.Fatalf("%q, %+v", note, table)
		}
	})
}

package s3view

import (
	"fmt"
	"strings"
)

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

package s3view

import (
	"fmt"
	"strings"
	"testing"
)

// Tables are read as people write them.
func TestReadTable(t *testing.T) {
	tests := []struct {
		name, text string
		separator  rune
		want       string // header in brackets; cells by |, rows by newline
		ragged     int
	}{
		{"plain", "a,b\n1,2\n", ',', "[a|b]\n1|2", 0},
		{"numbers first", "1,2\n3,4\n", ',', "1|2\n3|4", 0},
		{"one name twice", "a,a\n3,4\n", ',', "a|a\n3|4", 0},
		{"quotes", "a,b\n\"x, \"\"y\"\"\",2\n", ',', "[a|b]\nx, \"y\"|2", 0},
		{"line breaks in quotes", "a,b\n\"x\ny\",2\n", ',', "[a|b]\nx\ny|2", 0},
		{"CRLF", "a,b\r\n1,2\r\n", ',', "[a|b]\n1|2", 0},
		{"ragged", "a,b\n1\n1,2,3\n4,5\n", ',', "[a|b]\n1\n1|2|3\n4|5", 2},
		{"empty lines", "a,b\n\n1,2\n\n", ',', "[a|b]\n1|2", 0},
		{"tabs and a lone quote", "a\tb\n5\" pipe\t2\n", '\t', "[a|b]\n5\" pipe|2", 0},
		{"cut off in a row", "a,b\n1,2\n3", ',', "[a|b]\n1|2\n3", 1},
		{"nothing", "", ',', "", 0},
	}
	for _, tt := range tests {
		table := readTable([]byte(tt.text), tt.separator, true)
		var lines []string
		if table.Header != nil {
			lines = append(lines, "["+strings.Join(table.Header, "|")+"]")
		}
		for _, row := range table.Rows {
			lines = append(lines, strings.Join(row, "|"))
		}
		if got := strings.Join(lines, "\n"); got != tt.want || table.Ragged != tt.ragged {
			t.Errorf("%s: %d ragged\n%s\nwant %d\n%s", tt.name, table.Ragged, got, tt.ragged, tt.want)
		}
	}
}

// A quote that is never closed does not swallow the table.
func TestTableWithAnOpenQuote(t *testing.T) {
	var text strings.Builder
	text.WriteString("size\tnote\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "%d\t\"%d inch\n", i, i) // a quote opens and never closes
	}
	table := readTable([]byte(text.String()), '\t', true)
	if len(table.Rows) != 1000 || table.Rows[999][1] != `"999 inch` {
		t.Errorf("%d rows, the last %q", len(table.Rows), table.Rows[len(table.Rows)-1])
	}
}

// The row in which the fetched part of a table ends is left out.
func TestTableThatWasCut(t *testing.T) {
	table := readTable([]byte("a,b\n1,2\n3"), ',', false)
	if len(table.Rows) != 1 || table.Ragged != 0 {
		t.Errorf("%+v", table)
	}
}

// A table has bounds, and says where it was cut.
func TestTableBounds(t *testing.T) {
	long := readTable([]byte(strings.Repeat("1\n", TableRows+1)), ',', true)
	if len(long.Rows) != TableRows || !long.Cut {
		t.Errorf("%d rows, cut: %t", len(long.Rows), long.Cut)
	}
	wide := readTable([]byte(strings.Repeat("1,", TableColumns)+"1\n"), ',', true)
	if len(wide.Rows[0]) != TableColumns || wide.Columns != TableColumns || !wide.Cut {
		t.Errorf("%d columns, cut: %t", wide.Columns, wide.Cut)
	}
}

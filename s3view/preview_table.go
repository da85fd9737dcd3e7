package s3view

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
)

// Bounds of a table. What lies beyond them is left out, and Cut says so.
const (
	TableRows    = 20_000
	TableColumns = 256
	cellLines    = 200 // of one cell: more are an open quote, not a text
)

// A Table is rows of cells. Its rows may have different lengths.
type Table struct {
	Header  []string // the names of the columns; nil where the first row is none
	Rows    [][]string
	Columns int  // of the longest row
	Ragged  int  // rows that are shorter or longer than the first
	Cut     bool // there is more than the bounds allow
}

func (t *Table) add(row []string) {
	if len(row) > TableColumns {
		row, t.Cut = row[:TableColumns], true
	}
	first := t.Header
	if first == nil && len(t.Rows) > 0 {
		first = t.Rows[0]
	}
	if first != nil && len(row) != len(first) {
		t.Ragged++
	}
	t.Columns = max(t.Columns, len(row), len(first))
	t.Rows = append(t.Rows, row)
}

// readTable reads values with a separator: quoted as RFC 4180 has it, with line
// breaks in quotes, and where a quote is never closed, as lines without quotes.
// Of data that is not complete, the last row is left out: it is cut off.
func readTable(data []byte, separator rune, complete bool) *Table {
	t, ok := tableOf(quotedRows(data, separator))
	if !ok {
		t, _ = tableOf(plainRows(data, separator))
	}
	if n := len(t.Rows); !complete && !t.Cut && n > 1 {
		if len(t.Rows[n-1]) != len(t.Rows[0]) {
			t.Ragged--
		}
		t.Rows = t.Rows[:n-1]
	}
	if len(t.Rows) > 0 && isHeader(t.Rows[0]) {
		t.Header, t.Rows = t.Rows[0], t.Rows[1:]
	}
	return t
}

// tableOf collects rows up to the bound. ok is false when one is no row.
func tableOf(next func() ([]string, error)) (t *Table, ok bool) {
	t = &Table{}
	for {
		row, err := next()
		switch {
		case errors.Is(err, io.EOF):
			return t, true
		case err != nil:
			return t, false
		case len(t.Rows) == TableRows:
			t.Cut = true
			return t, true
		}
		t.add(row)
	}
}

var errOpenQuote = errors.New("a quote is not closed")

func quotedRows(data []byte, separator rune) func() ([]string, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = separator, true, -1
	return func() ([]string, error) {
		row, err := r.Read()
		for _, cell := range row {
			if strings.Count(cell, "\n") > cellLines {
				return nil, errOpenQuote
			}
		}
		return row, err
	}
}

func plainRows(data []byte, separator rune) func() ([]string, error) {
	return func() ([]string, error) {
		for len(data) > 0 {
			line, rest, _ := bytes.Cut(data, []byte("\n"))
			data = rest
			if text := strings.TrimSuffix(string(line), "\r"); text != "" {
				return strings.Split(text, string(separator)), nil
			}
		}
		return nil, io.EOF
	}
}

// isHeader tells whether a first row names the columns: each of its cells is
// there, none twice, and none a number.
func isHeader(row []string) bool {
	seen := map[string]bool{}
	for _, cell := range row {
		cell = strings.TrimSpace(cell)
		if _, err := strconv.ParseFloat(cell, 64); err == nil || cell == "" || seen[cell] {
			return false
		}
		seen[cell] = true
	}
	return len(row) > 0
}

// separators are those that tables are known to use, the likeliest first.
var separators = []rune{',', '\t', ';', '|'}

// separatorOf finds what separates the values of the lines; 0 where they are no
// table. A name that ends in .csv or .tsv is believed with fewer lines.
func separatorOf(lines []string, ext string) rune {
	for _, s := range separators {
		if tabular(lines, s) {
			return s
		}
	}
	if ext != ".csv" && ext != ".tsv" || len(lines) == 0 {
		return 0
	}
	best := map[string]rune{".csv": ',', ".tsv": '\t'}[ext]
	for _, s := range separators {
		if strings.Count(lines[0], string(s)) > strings.Count(lines[0], string(best)) {
			best = s
		}
	}
	return best
}

// tabular tells whether the lines hold the separator equally often, outside of
// quotes, and twice at least. The last line may be cut off.
func tabular(lines []string, separator rune) bool {
	if len(lines) < 3 {
		return false
	}
	n := countOutside(lines[0], separator)
	for _, l := range lines[:len(lines)-1] {
		if countOutside(l, separator) != n {
			return false
		}
	}
	return n >= 2
}

func countOutside(line string, separator rune) (n int) {
	quoted := false
	for _, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case r == separator && !quoted:
			n++
		}
	}
	return n
}

package ui

import (
	"strconv"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"

	"s403/s3view"
)

// Bounds of what a preview draws: longer lines are cut, as they are no text that
// people read.
const (
	previewRows     = 20_000
	previewLineLong = 4_000 // bytes
	hexLines        = 4_096
	cellWide        = 40 // cells of the screen that one value of a table gets
)

// previewForm is one way to show the same bytes; the footer names it.
type previewForm string

// The forms of a preview.
const (
	formTable previewForm = "a table"
	formLaid  previewForm = "laid out JSON"
	formPlain previewForm = "plain text"
	formHex   previewForm = "hex"
)

// formsOf are the ways to show a preview, the best first.
func formsOf(p s3view.Preview) []previewForm {
	var out []previewForm
	if p.Table != nil {
		out = append(out, formTable)
	}
	switch p.Kind {
	case s3view.PreviewJSON, s3view.PreviewNDJSON:
		out = append(out, formLaid, formPlain)
	case s3view.PreviewText, s3view.PreviewCSV:
		out = append(out, formPlain)
	}
	if p.Kind == s3view.PreviewEmpty {
		return []previewForm{formPlain}
	}
	return append(out, formHex)
}

// previewLines are a preview as it is drawn: lines of tokens, perhaps below the
// names of columns.
type previewLines struct {
	header []chroma.Token
	lines  [][]chroma.Token
	note   string // what was left out or is odd
}

// lay cuts a preview into lines. The theme decides how
// wide a character is that must not be printed; no colour of it is used.
func (f previewForm) lay(p s3view.Preview, t Theme) previewLines {
	switch f {
	case formTable:
		return layTable(p.Table, t)
	case formLaid:
		return previewLines{lines: tokenLines("JSON", string(s3view.IndentJSON(p.Data)))}
	case formHex:
		return previewLines{lines: tokenLines("", s3view.HexDump(p.Data, hexLines))}
	}
	language := p.Name
	switch p.Kind {
	case s3view.PreviewJSON, s3view.PreviewNDJSON:
		language = "JSON"
	case s3view.PreviewCSV:
		language = ""
	}
	return previewLines{lines: tokenLines(language, string(p.Data))}
}

// tokenLines colours a text by the name of its language or file. Where no lexer
// knows it, a line is one token.
func tokenLines(language, text string) [][]chroma.Token {
	text = shortLines(text)
	lexer := lexers.Get(language)
	if lexer == nil && language != "" {
		lexer = lexers.Match(language)
	}
	if lexer == nil || language == "" {
		return plainLines(text)
	}
	tokens, err := chroma.Tokenise(chroma.Coalesce(lexer), nil, text)
	if err != nil {
		return plainLines(text)
	}
	lines := chroma.SplitTokensIntoLines(tokens)
	return lines[:min(len(lines), previewRows)]
}

func plainLines(text string) [][]chroma.Token {
	lines := strings.Split(text, "\n")
	out := make([][]chroma.Token, len(lines))
	for i, l := range lines {
		out[i] = []chroma.Token{{Type: chroma.Text, Value: l}}
	}
	return out
}

// shortLines opens tabs, and cuts lines and text where nobody reads on.
func shortLines(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\t", "    ")
	lines := strings.SplitN(strings.TrimSuffix(text, "\n"), "\n", previewRows+1)
	lines = lines[:min(len(lines), previewRows)]
	for i, l := range lines {
		if len(l) > previewLineLong {
			lines[i] = l[:previewLineLong]
		}
	}
	return strings.Join(lines, "\n")
}

// layTable aligns the cells of a table: numbers to the right, the rest to the
// left, none wider than cellWide.
func layTable(table *s3view.Table, t Theme) previewLines {
	rows := table.Rows
	if table.Header != nil {
		rows = append([][]string{table.Header}, rows...)
	}
	cleaned := make([][]string, len(rows))
	columns := make([]column, table.Columns)
	for i, row := range rows {
		cleaned[i] = make([]string, len(row))
		for j, cell := range row {
			cell = t.fitMost(t.Clean(cell), cellWide)
			cleaned[i][j] = cell
			columns[j].fit(cell, i == 0 && table.Header != nil)
		}
	}
	out := previewLines{note: tableNote(table)}
	for i, row := range cleaned {
		kind := chroma.Text
		if i == 0 && table.Header != nil {
			kind = chroma.NameTag
		}
		out.lines = append(out.lines, rowTokens(row, columns, kind))
	}
	if table.Header != nil {
		out.header, out.lines = out.lines[0], out.lines[1:]
	}
	return out
}

func tableNote(t *s3view.Table) string {
	var notes []string
	switch {
	case t.Ragged == 1:
		notes = append(notes, "1 row has another number of columns")
	case t.Ragged > 1:
		notes = append(notes, strconv.Itoa(t.Ragged)+" rows have another number of columns")
	}
	if t.Cut {
		notes = append(notes, "cut off here")
	}
	return strings.Join(notes, ", ")
}

// column is how one column of a table is drawn.
type column struct {
	wide    int
	values  bool // one cell below the header is not empty
	letters bool // and one is no number
}

func (c *column) fit(cell string, header bool) {
	c.wide = max(c.wide, width(cell))
	if header || cell == "" {
		return
	}
	c.values = true
	if _, err := strconv.ParseFloat(strings.ReplaceAll(cell, ",", ""), 64); err != nil {
		c.letters = true
	}
}

// rowTokens are the cells of a row and the space between them.
func rowTokens(row []string, columns []column, kind chroma.TokenType) []chroma.Token {
	var out []chroma.Token
	for j, cell := range row {
		c, is := columns[j], kind
		left, right := 0, c.wide-width(cell)
		if c.values && !c.letters {
			left, right = right, 0
			if kind == chroma.Text {
				is = chroma.LiteralNumber
			}
		}
		if j+1 < len(row) {
			right += 2
		}
		out = append(out, chroma.Token{Type: is, Value: spaces(left) + cell + spaces(right)})
	}
	return out
}

package ui

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"

	"s403/diagnose"
)

// maxQuoteLines bounds what one quotation may take: the longest bucket policy
// is 20 KB, and nobody reads more than this beside a marked line.
const maxQuoteLines = 400

// quote shows an excerpt with line numbers and colours, the marked lines with a
// sign in the gutter, and the note under the last marked line.
func (s *sheet) quote(e diagnose.Shown) {
	if e.Quote == "" {
		s.note(0, e.Note)
		return
	}
	first := max(e.Line, 1)
	lines := s.code(e.Quote)
	if len(lines) > maxQuoteLines {
		lines = append(lines[:maxQuoteLines:maxQuoteLines], s.Dim.Render(s.Glyphs.Ellipsis))
	}
	digits := len(strconv.Itoa(first + len(lines) - 1))
	last := lastOf(e.Mark)
	for i, l := range lines {
		s.numbered(first+i, digits, slices.Contains(e.Mark, i), l)
		if i == last {
			s.note(digits+2, e.Note)
		}
	}
	if last < 0 || last >= len(lines) {
		s.note(digits+2, e.Note)
	}
}

// numbered adds one quoted line behind its number. A line that is too long goes
// on below itself, behind an empty gutter: in a policy the end matters.
func (s *sheet) numbered(n, digits int, marked bool, line string) {
	number := strconv.Itoa(n)
	number = spaces(digits-len(number)) + number
	sign, style := " ", s.Dim
	if marked {
		sign, style = s.Glyphs.Cursor, s.Bad
	}
	bar := s.Border.Render(s.Glyphs.Vertical) + " "
	s.long("  "+style.Render(sign+number)+" "+bar, "  "+style.Render(sign)+spaces(digits+1)+bar, line)
}

func (s *sheet) note(indent int, note string) {
	if note == "" {
		return
	}
	pad := spaces(indent + 2)
	s.hang(pad+s.Warn.Render(s.Glyphs.Corner)+" ", pad+"  ", s.Bright, note)
}

func lastOf(marks []int) int {
	last := -1
	for _, m := range marks {
		last = max(last, m)
	}
	return last
}

// code gives a document or an excerpt of one line by line, JSON in colours.
// Text that is no JSON comes back plain.
func (s *sheet) code(text string) []string {
	lines := strings.SplitN(strings.TrimRight(text, "\n"), "\n", maxQuoteLines+2)
	for i, l := range lines {
		lines[i] = s.Clean(strings.ReplaceAll(strings.TrimRight(s.clip(l), "\r"), "\t", "    "))
	}
	if !looksLikeJSON(text) {
		return each(lines, s.Text.Render)
	}
	out, ok := s.Syntax.json(strings.Join(lines, "\n"))
	if !ok || len(out) < len(lines) {
		return each(lines, s.Text.Render)
	}
	return out[:len(lines)]
}

// json colours JSON, also an excerpt of it.
func (x Syntax) json(text string) ([]string, bool) {
	lexer := lexers.Get("json")
	if lexer == nil {
		return nil, false
	}
	it, err := lexer.Tokenise(nil, text)
	if err != nil {
		return nil, false
	}
	var out []string
	for _, tokens := range chroma.SplitTokensIntoLines(it.Tokens()) {
		var b strings.Builder
		for _, t := range tokens {
			b.WriteString(x.token(t.Type).Render(strings.TrimRight(t.Value, "\n")))
		}
		out = append(out, b.String())
	}
	return out, true
}

// token gives the style of a token of the lexer.
func (x Syntax) token(t chroma.TokenType) Style {
	switch {
	case t == chroma.NameTag:
		return x.Name
	case t.InSubCategory(chroma.LiteralString):
		return x.String
	case t.InSubCategory(chroma.LiteralNumber):
		return x.Number
	case t.InCategory(chroma.Keyword):
		return x.Keyword
	case t == chroma.Punctuation:
		return x.Punct
	default:
		return Style{}
	}
}

func each(lines []string, do func(string) string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = do(l)
	}
	return out
}

// looksLikeJSON tells a policy, or an excerpt of one, from prose.
func looksLikeJSON(text string) bool {
	t := strings.TrimSpace(text)
	return strings.HasPrefix(t, "{") || strings.HasPrefix(t, "[") ||
		strings.HasPrefix(t, `"`) && strings.Contains(t, `":`)
}

// pretty indents a JSON document; what is no JSON comes back as it is.
func pretty(doc []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, doc, "", "  ") != nil {
		return strings.TrimRight(string(doc), "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

package s3view

import "bytes"

// Bounds of laid out JSON: levels that are indented, and bytes.
const (
	jsonDepth = 40
	jsonLong  = 4 << 20
)

// IndentJSON lays JSON out, a value a line, two spaces a level. Unlike
// json.Indent it takes a document that was cut off, or that is not quite JSON,
// and several documents one after the other; it changes nothing but white space
// outside of strings. The result is cut at 4 MiB.
func IndentJSON(text []byte) []byte {
	l := jsonLayout{out: bytes.NewBuffer(make([]byte, 0, min(2*len(text), jsonLong)))}
	for i := 0; i < len(text) && l.out.Len() < jsonLong; i++ {
		l.put(text[i])
	}
	return l.out.Bytes()
}

// jsonLayout is how far the layout has come.
type jsonLayout struct {
	out             *bytes.Buffer
	depth           int
	quoted, escaped bool
	opened          bool // right after an opening bracket
	over            bool // after a whole document
	gap             bool // white space was left out
}

func (l *jsonLayout) put(c byte) {
	if l.quoted {
		l.out.WriteByte(c)
		l.quoted = c != '"' || l.escaped
		l.escaped = c == '\\' && !l.escaped
		return
	}
	switch c {
	case ' ', '\t', '\r', '\n':
		l.gap = true
		return
	case '}', ']':
		l.depth = max(0, l.depth-1)
		if !l.opened {
			l.line()
		}
		l.out.WriteByte(c)
		l.opened, l.over, l.gap = false, l.depth == 0, false
		return
	}
	l.space(c)
	l.out.WriteByte(c)
	switch c {
	case '"':
		l.quoted = true
	case '{', '[':
		l.depth++
		l.opened = true
	case ',':
		l.line()
	case ':':
		l.out.WriteByte(' ')
	}
}

// space writes what stands before c: a line break after an opening bracket and
// between documents, a space between words that had one.
func (l *jsonLayout) space(c byte) {
	before := l.out.Bytes()
	switch {
	case l.opened, l.over && c != ',':
		l.line()
	case l.gap && len(before) > 0 && c != ',' && c != ':' && !bytes.ContainsRune([]byte(" \n"), rune(before[len(before)-1])):
		if l.depth == 0 {
			l.line()
		} else {
			l.out.WriteByte(' ')
		}
	}
	l.opened, l.over, l.gap = false, false, false
}

func (l *jsonLayout) line() {
	l.out.WriteByte('\n')
	for range min(l.depth, jsonDepth) {
		l.out.WriteString("  ")
	}
}

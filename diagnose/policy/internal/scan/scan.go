// Package scan reads JSON text value by value, keeping the line and column of
// everything it reads. It exists because encoding/json gives offsets for errors
// only, accepts a name twice, and nests as deeply as its input asks it to; a
// policy reader must refuse both in bounded time and say where.
package scan

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// MaxDepth is how deeply objects and arrays may nest. The policy language needs
// six levels and a simulate case three more.
const MaxDepth = 64

// Pos is a place in the text, counted from 1. Columns count bytes.
type Pos struct{ Line, Column int }

// Error is a fault in the text and where it stands.
type Error struct {
	Pos
	Text string
	// syntax tells that the scanner itself made the error, which knows no names;
	// named, that Within has given it one.
	syntax, named bool
}

func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Text)
}

// Scanner walks over one JSON text.
type Scanner struct {
	data  []byte
	pos   int
	line  int // lines before pos
	bol   int // offset at which the current line begins
	depth int
}

// New returns a scanner at the start of data, which it does not copy.
func New(data []byte) *Scanner { return &Scanner{data: data} }

// Pos is where the next token begins.
func (s *Scanner) Pos() Pos {
	s.space()
	return Pos{Line: s.line + 1, Column: s.pos - s.bol + 1}
}

// Line is the line of the last token that was read.
func (s *Scanner) Line() int { return s.line + 1 }

// Errorf makes an error at a place.
func Errorf(at Pos, format string, args ...any) error {
	return &Error{Pos: at, Text: fmt.Sprintf(format, args...)}
}

// Within puts the name of what was being read before an error of the scanner's
// own, names within names joined by dots: "Statement.Action: expected a string".
// An error made by Errorf is left as its maker worded it.
func Within(name string, err error) error {
	var at *Error
	if !errors.As(err, &at) || !at.syntax {
		return err
	}
	join := ": "
	if at.named {
		join = "."
	}
	at.Text, at.named = clip(name)+join+at.Text, true
	return err
}

// fail makes an error at the next token.
func (s *Scanner) fail(format string, args ...any) error {
	return failAt(s.Pos(), format, args...)
}

func failAt(at Pos, format string, args ...any) error {
	return &Error{Pos: at, Text: fmt.Sprintf(format, args...), syntax: true}
}

// space skips white space. Line ends occur nowhere else: inside a string they
// are a fault.
func (s *Scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\r':
		case '\n':
			s.line++
			s.bol = s.pos + 1
		default:
			return
		}
		s.pos++
	}
}

// Peek returns the byte that the next value begins with: '{', '[', '"', 't',
// 'f', 'n', a digit or '-'; 0 at the end of the text.
func (s *Scanner) Peek() byte {
	s.space()
	if s.pos >= len(s.data) {
		return 0
	}
	return s.data[s.pos]
}

// Kind names the next value for an error message.
func (s *Scanner) Kind() string {
	switch c := s.Peek(); {
	case c == '{':
		return "an object"
	case c == '[':
		return "a list"
	case c == '"':
		return "a string"
	case c == 't', c == 'f':
		return "a boolean"
	case c == 'n':
		return "null"
	case c == '-', c >= '0' && c <= '9':
		return "a number"
	case c == 0:
		return "the end of the text"
	default:
		return fmt.Sprintf("%q", rune(c))
	}
}

// End fails when anything follows the value that was read.
func (s *Scanner) End() error {
	if s.Peek() != 0 || s.pos < len(s.data) {
		return s.fail("%s follows the end of the document", s.Kind())
	}
	return nil
}

// open moves into an object or list. The depth is counted here, so that no
// input can exhaust the stack.
func (s *Scanner) open(c byte, what string) error {
	if s.Peek() != c {
		return s.fail("expected %s, found %s", what, s.Kind())
	}
	if s.depth++; s.depth > MaxDepth {
		return s.fail("nested more than %d levels deep", MaxDepth)
	}
	s.pos++
	return nil
}

// next moves past the comma after an element, and tells whether the container
// that end closes goes on.
func (s *Scanner) next(end byte, first bool) (bool, error) {
	c := s.Peek()
	switch {
	case c == end:
		s.pos++
		s.depth--
		return false, nil
	case first:
		return true, nil
	case c != ',':
		return false, s.fail("expected ',' or %q, found %s", rune(end), s.Kind())
	}
	s.pos++
	if s.Peek() == end {
		return false, s.fail("a comma stands before %q", rune(end))
	}
	return true, nil
}

// Object reads an object and calls field for each of its names, which must read
// the value. A name that comes twice is refused.
func (s *Scanner) Object(field func(name string, at Pos) error) error {
	if err := s.open('{', "an object"); err != nil {
		return err
	}
	var seen names
	for first := true; ; first = false {
		more, err := s.next('}', first)
		if err != nil || !more {
			return err
		}
		at := s.Pos()
		name, err := s.String()
		if err != nil {
			return err
		}
		if !seen.add(name) {
			return Errorf(at, "%.120q is given twice", name)
		}
		if s.Peek() != ':' {
			return s.fail("expected ':' after %.120q, found %s", name, s.Kind())
		}
		s.pos++
		if err := field(name, at); err != nil {
			return err
		}
	}
}

// names remembers the names of one object; most have only a few.
type names struct {
	few  [12]string
	n    int
	many map[string]struct{}
}

// add remembers a name; false: it was there. A few names are compared one by
// one, which is faster than hashing them; many go into a set, lest an object of
// a million names take the square of that.
func (n *names) add(name string) bool {
	if slices.Contains(n.few[:min(n.n, len(n.few))], name) {
		return false
	}
	if n.n < len(n.few) {
		n.few[n.n] = name
		n.n++
		return true
	}
	if n.many == nil {
		n.many = make(map[string]struct{})
	}
	if _, have := n.many[name]; have {
		return false
	}
	n.many[name] = struct{}{}
	return true
}

// Array reads a list and calls elem for each element, which must read it.
func (s *Scanner) Array(elem func() error) error {
	if err := s.open('[', "a list"); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := s.next(']', first)
		if err != nil || !more {
			return err
		}
		if err := elem(); err != nil {
			return err
		}
	}
}

// Skip moves past the next value, whatever it is, and checks its syntax.
func (s *Scanner) Skip() error {
	switch s.Peek() {
	case '{':
		return s.Object(func(string, Pos) error { return s.Skip() })
	case '[':
		return s.Array(s.Skip)
	case '"':
		_, err := s.stringBytes()
		return err
	default:
		_, err := s.Scalar()
		return err
	}
}

// Raw moves past the next value by matching brackets alone, and returns its
// text. The syntax inside it is left to whoever reads that text.
func (s *Scanner) Raw() ([]byte, error) {
	if c := s.Peek(); c != '{' && c != '[' {
		start := s.pos
		err := s.Skip()
		return s.data[start:s.pos], err
	}
	start, depth := s.pos, 0
	for at := s.Pos(); s.pos < len(s.data); s.pos++ {
		switch s.data[s.pos] {
		case '"':
			if _, err := s.stringBytes(); err != nil {
				return nil, err
			}
			s.pos--
		case '\n':
			s.line++
			s.bol = s.pos + 1
		case '{', '[':
			if depth++; depth+s.depth > MaxDepth {
				return nil, failAt(at, "nested more than %d levels deep", MaxDepth)
			}
		case '}', ']':
			if depth--; depth == 0 {
				s.pos++
				return s.data[start:s.pos], nil
			}
		}
	}
	return nil, s.fail("the text ends inside a value")
}

// Scalar reads a number, boolean or null and returns its text.
func (s *Scanner) Scalar() (string, error) {
	s.space()
	start := s.pos
	for s.pos < len(s.data) && scalarByte(s.data[s.pos]) {
		s.pos++
	}
	text := string(s.data[start:s.pos])
	if text == "true" || text == "false" || text == "null" || isNumber(text) {
		return text, nil
	}
	s.pos = start
	if text == "" {
		return "", s.fail("expected a value, found %s", s.Kind())
	}
	return "", s.fail("%q is not a JSON value", clip(text))
}

// scalarByte tells whether a byte can be part of a number or word. All that may
// be one is read together, so that an error can quote it whole.
func scalarByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ||
		c == '-' || c == '+' || c == '.'
}

// isNumber checks the grammar of JSON numbers (RFC 8259, section 6).
func isNumber(t string) bool {
	i := 0
	digits := func() bool {
		start := i
		for i < len(t) && t[i] >= '0' && t[i] <= '9' {
			i++
		}
		return i > start
	}
	if i < len(t) && t[i] == '-' {
		i++
	}
	start := i
	if !digits() || t[start] == '0' && i > start+1 {
		return false
	}
	if i < len(t) && t[i] == '.' {
		if i++; !digits() {
			return false
		}
	}
	if i < len(t) && (t[i] == 'e' || t[i] == 'E') {
		if i++; i < len(t) && (t[i] == '+' || t[i] == '-') {
			i++
		}
		if !digits() {
			return false
		}
	}
	return i == len(t)
}

// clip shortens a text that is quoted in an error.
func clip(t string) string {
	if len(t) <= 40 {
		return t
	}
	cut := 40
	for cut > 0 && !utf8.RuneStart(t[cut]) {
		cut--
	}
	return t[:cut] + "…"
}

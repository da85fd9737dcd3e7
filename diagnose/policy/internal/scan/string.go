package scan

import (
	"unicode/utf16"
	"unicode/utf8"
)

// String reads a string and returns its value.
func (s *Scanner) String() (string, error) {
	raw, err := s.stringBytes()
	if err != nil {
		return "", err
	}
	for i, c := range raw {
		if c == '\\' {
			return unescape(raw, i), nil
		}
	}
	return string(raw), nil
}

// stringBytes moves past a string, checks it, and returns what stands between
// its quotes, escapes and all.
func (s *Scanner) stringBytes() ([]byte, error) {
	if s.Peek() != '"' {
		return nil, s.fail("expected a string, found %s", s.Kind())
	}
	at := s.Pos()
	start, ascii := s.pos+1, true
	for i := start; i < len(s.data); i++ {
		switch c := s.data[i]; {
		case c == '"':
			s.pos = i + 1
			if !ascii && !utf8.Valid(s.data[start:i]) {
				return nil, failAt(at, "the string is not valid UTF-8")
			}
			return s.data[start:i], nil
		case c == '\\':
			n := escapeLen(s.data[i:])
			if n == 0 {
				s.pos = i
				return nil, s.fail("a bad escape in a string")
			}
			i += n - 1
		case c < ' ':
			s.pos = i
			return nil, failAt(Pos{at.Line, i - s.bol + 1}, "a control character in a string; write it as an escape")
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	s.pos = len(s.data)
	return nil, failAt(at, "the string does not end")
}

// escapeLen is the length of the escape that b begins with; 0: it is none.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(b) >= 6 && hex4(b[2:6]) >= 0 {
			return 6
		}
	}
	return 0
}

// hex4 reads the four digits of a \u escape; -1: they are none.
func hex4(b []byte) rune {
	var r rune
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// plain maps the letter of a two-byte escape to what it stands for.
var plain = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape resolves the escapes of raw, whose first stands at from. A lone
// surrogate becomes the replacement character, as in encoding/json.
func unescape(raw []byte, from int) string {
	out := append(make([]byte, 0, len(raw)), raw[:from]...)
	for i := from; i < len(raw); {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			i++
			continue
		}
		if raw[i+1] != 'u' {
			out = append(out, plain[raw[i+1]])
			i += 2
			continue
		}
		r := hex4(raw[i+2:])
		i += 6
		if utf16.IsSurrogate(r) {
			low := rune(-1)
			if i+6 <= len(raw) && raw[i] == '\\' && raw[i+1] == 'u' {
				low = hex4(raw[i+2:])
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 6
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

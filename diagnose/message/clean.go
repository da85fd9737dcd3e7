package message

import (
	"encoding/binary"
	"html"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// clean makes plain text of what was pasted: UTF-16 as PowerShell writes it
// becomes UTF-8, broken bytes become U+FFFD, terminal colours and the frames that
// Terraform and mail put in front of lines go, and CRLF becomes LF.
func clean(input []byte) string {
	text := strings.ToValidUTF8(fromUTF16(input), "\uFFFD")
	if strings.ContainsAny(text, "\x1b\r") {
		text = stripTerminal(text)
	}
	text = strings.TrimPrefix(text, "\uFEFF")
	if !strings.Contains(text, "\n") {
		return text
	}
	text = joinLiterals(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = unframe(line)
	}
	return strings.Join(lines, "\n")
}

// fromUTF16 decodes input when it begins with a UTF-16 byte order mark.
func fromUTF16(input []byte) string {
	var order binary.ByteOrder
	switch {
	case len(input) >= 2 && input[0] == 0xFF && input[1] == 0xFE:
		order = binary.LittleEndian
	case len(input) >= 2 && input[0] == 0xFE && input[1] == 0xFF:
		order = binary.BigEndian
	default:
		return string(input)
	}
	units := make([]uint16, 0, len(input)/2)
	for i := 2; i+1 < len(input); i += 2 {
		units = append(units, order.Uint16(input[i:]))
	}
	return string(utf16.Decode(units))
}

// stripTerminal drops control sequences (ECMA-48 CSI and OSC) and carriage returns.
func stripTerminal(text string) string {
	var out strings.Builder
	out.Grow(len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\r' && i+1 < len(text) && text[i+1] == '\n':
		case c == '\r':
			out.WriteByte('\n')
		case c == 0x1b:
			i = sequenceEnd(text, i)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// sequenceEnd returns the last byte of the control sequence that begins at i.
// A sequence without an end is given up after 256 bytes.
func sequenceEnd(text string, i int) int {
	if i+1 >= len(text) {
		return i
	}
	limit := min(len(text), i+256)
	switch text[i+1] {
	case '[':
		for j := i + 2; j < limit; j++ {
			if text[j] >= 0x40 && text[j] <= 0x7e {
				return j
			}
		}
	case ']':
		for j := i + 2; j < limit; j++ {
			if text[j] == 0x07 || text[j] == '\\' && text[j-1] == 0x1b {
				return j
			}
		}
	}
	return i + 1
}

// joinLiterals puts a byte string together that Python's pprint broke over lines:
// 'AccessDe' and below it b'nied'.
func joinLiterals(text string) string {
	parts := strings.Split(text, "'\n")
	if len(parts) == 1 {
		return text
	}
	var out strings.Builder
	out.WriteString(parts[0])
	for _, part := range parts[1:] {
		if rest, ok := strings.CutPrefix(strings.TrimLeft(part, " "), "b'"); ok {
			out.WriteString(rest)
			continue
		}
		out.WriteString("'\n" + part)
	}
	return out.String()
}

// unframe drops what tools draw before a line: Terraform's box, a mail's quote.
func unframe(line string) string {
	for {
		rest := strings.TrimLeft(line, " \t")
		cut := ""
		for _, frame := range [...]string{"│", "╷", "╵", "┃", "| ", "> "} {
			if after, ok := strings.CutPrefix(rest, frame); ok {
				cut = after
			}
		}
		if cut == "" || len(line)-len(cut) > 64 {
			return line
		}
		line = strings.TrimPrefix(cut, " ")
	}
}

// plain undoes the escapes of JSON, Python and Haskell strings, as often as the
// text shows that it was quoted, and then those of HTML and XML. A backslash alone proves
// nothing: keys may hold it.
func plain(text string) string {
	for range 4 {
		if !escaped(text) {
			break
		}
		text = unescape(text)
	}
	for _, entity := range [...]string{"&quot;", "&#34;", "&#x22;", "&#39;", "&#x27;", "&apos;", "&lt;Error", "&lt;Code"} {
		if strings.Contains(text, entity) {
			return html.UnescapeString(text)
		}
	}
	return text
}

// escaped tells whether text is the inside of a quoted string.
func escaped(text string) bool {
	if !strings.Contains(text, `\`) {
		return false
	}
	for _, proof := range [...]string{
		`\"`, `\u0022`, `\u003c`, `\u003C`, `\n<`, `\narn:`, `\ns3:`, `\nis not`, `\non resource`,
		`\nbecause`, `\nwith `, `\nan explicit`, `\nUser`, `\n\tat `, `\tstatus code`, `\n\tstatus`, `\nAn error`,
	} {
		if strings.Contains(text, proof) {
			return true
		}
	}
	return false
}

// unescape undoes one level of backslash escapes.
func unescape(text string) string {
	var out strings.Builder
	out.Grow(len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out.WriteByte(text[i])
			continue
		}
		i++
		switch c := text[i]; c {
		case 'n', 'r':
			out.WriteByte('\n')
		case 't':
			out.WriteByte('\t')
		case '"', '\'', '\\', '/', '`':
			out.WriteByte(c)
		case 'u':
			r, n := codePoint(text[i+1:])
			if n == 0 {
				out.WriteString(`\u`)
				continue
			}
			out.WriteRune(r)
			i += n
		default:
			out.WriteByte('\\')
			out.WriteByte(c)
		}
	}
	return out.String()
}

// codePoint reads the four digits behind a \u, and the second half of a
// surrogate pair; length 0 means that there are none.
func codePoint(s string) (r rune, length int) {
	first, ok := hex4(s)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(first) {
		return first, 4
	}
	if strings.HasPrefix(s[4:], `\u`) {
		if second, ok := hex4(s[6:]); ok {
			return utf16.DecodeRune(first, second), 10
		}
	}
	return utf8.RuneError, 4
}

func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(s[:4], 16, 16)
	return rune(n), err == nil
}

// folded returns text in lower case with every space, line break and exotic
// hyphen as one plain byte each, so that offsets in it are offsets in text.
func folded(text string) string {
	out := []byte(text)
	for i := range out {
		switch c := out[i]; {
		case c >= 'A' && c <= 'Z':
			out[i] = c + 'a' - 'A'
		case c == '\n' || c == '\t' || c == '\r' || c == '\v' || c == '\f':
			out[i] = ' '
		case c == 0xC2 && i+1 < len(out) && out[i+1] == 0xA0: // no-break space
			out[i], out[i+1] = ' ', ' '
		case c == 0xE2 && i+2 < len(out) && out[i+1] == 0x80 && out[i+2] >= 0x90 && out[i+2] <= 0x95:
			out[i], out[i+1], out[i+2] = '-', ' ', ' '
		}
	}
	return string(out)
}

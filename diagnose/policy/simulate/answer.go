package simulate

import (
	"strconv"
	"unicode/utf8"

	"s403/diagnose/policy"
)

// appendAnswer writes what the contract has a case answer, and a line end.
func appendAnswer(b []byte, c *testCase, d *policy.Decision, explain bool) []byte {
	b = appendID(append(b, `{"id":`...), c.id)
	b = appendString(append(b, `,"decision":`...), string(d.Effect))
	b = appendString(append(b, `,"decidedBy":`...), string(d.DecidedBy))
	b = append(b, `,"matched":[`...)
	for i := range d.Matched {
		b = comma(b, i)
		b = append(appendPlace(b, &d.Matched[i].Place), '}')
	}
	b = append(b, ']')
	if explain {
		b = appendMissed(b, d.Missed)
	}
	b = appendString(append(b, `,"message":`...), policy.Message(c.request, *d))
	return append(b, "}\n"...)
}

// appendMissed writes the near-misses that --explain adds.
func appendMissed(b []byte, missed []policy.Miss) []byte {
	b = append(b, `,"missed":[`...)
	for i := range missed {
		b = appendPlace(comma(b, i), &missed[i].Place)
		b = appendString(append(b, `,"element":`...), string(missed[i].Element))
		b = appendString(append(b, `,"reason":`...), missed[i].Reason)
		b = append(b, '}')
	}
	return append(b, ']')
}

func comma(b []byte, i int) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return b
}

// appendPlace writes where a statement stands, and leaves the object open.
func appendPlace(b []byte, p *policy.Place) []byte {
	b = appendString(append(b, `{"layer":`...), string(p.Layer))
	b = appendString(append(b, `,"policy":`...), p.Policy)
	b = strconv.AppendInt(append(b, `,"statement":`...), int64(p.Statement), 10)
	b = appendString(append(b, `,"sid":`...), p.Sid)
	return appendString(append(b, `,"effect":`...), p.Effect)
}

// appendError writes the answer of a case that could not be evaluated.
func appendError(b []byte, id []byte, text string) []byte {
	b = appendID(append(b, `{"id":`...), id)
	b = appendString(append(b, `,"error":`...), text)
	return append(b, "}\n"...)
}

// appendID gives an id back as it came, a string or a number; "" where there
// was none.
func appendID(b, id []byte) []byte {
	if id == nil {
		return append(b, `""`...)
	}
	return append(b, id...)
}

// appendString writes a JSON string. Unlike encoding/json it leaves <, > and &
// as they are, so that messages and keys stay readable.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ' || c == 0x7f:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c < utf8.RuneSelf:
			b = append(b, c)
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += size
			continue
		}
		i++
	}
	return append(b, '"')
}

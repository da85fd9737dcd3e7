package policy

import (
	"bytes"
	"encoding/base64"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// holds tells whether a comparison's sign (of met minus wanted) fits.
func (r relation) holds(sign int) bool {
	switch r {
	case less:
		return sign < 0
	case lessEqual:
		return sign <= 0
	case greater:
		return sign > 0
	case greaterEqual:
		return sign >= 0
	default:
		return sign == 0
	}
}

// orderedIs compares values that have an order: numbers and dates. A value that
// cannot be read fits nothing.
type orderedIs[T any] struct {
	want     T
	ok       bool
	relation relation
	read     func(text string) (T, bool)
	compare  func(a, b T) int
}

// newOrderedIs reads the policy's side once. What cannot be read is kept as
// something that nothing equals: IAM takes such a policy, and Lint remarks on it.
func newOrderedIs[T any](text string, r relation, read func(string) (T, bool), compare func(a, b T) int) orderedIs[T] {
	want, ok := read(text)
	return orderedIs[T]{want: want, ok: ok, relation: r, read: read, compare: compare}
}

func (o orderedIs[T]) matches(v string, _ resolver) bool {
	met, ok := o.read(v)
	return ok && o.ok && o.relation.holds(o.compare(met, o.want))
}

// decimal is a number by its digits, so that long ones compare exactly.
type decimal struct {
	negative   bool
	whole      string // without leading zeros
	fraction   string // without trailing zeros
	scientific float64
	float      bool // written with an exponent: scientific holds it
}

// newDecimal reads a number as IAM's policies write them, with or without a
// sign and a fraction, or with the exponent that JSON allows for numbers
// without quotes.
func newDecimal(text string) (decimal, bool) {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "eE") {
		f, err := strconv.ParseFloat(text, 64)
		return decimal{scientific: f, float: true}, err == nil
	}
	var d decimal
	body := text
	if body != "" && (body[0] == '-' || body[0] == '+') {
		d.negative, body = body[0] == '-', body[1:]
	}
	whole, fraction, _ := strings.Cut(body, ".")
	if !digits(whole) || !digits(fraction) || whole+fraction == "" {
		return d, false
	}
	d.whole = strings.TrimLeft(whole, "0")
	d.fraction = strings.TrimRight(fraction, "0")
	if d.whole == "" && d.fraction == "" {
		d.negative = false
	}
	return d, true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// compare is negative, zero or positive as d is less than, equal to or greater
// than e.
func (d decimal) compare(e decimal) int {
	if d.float || e.float {
		a, b := d.asFloat(), e.asFloat()
		switch {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return 0
	}
	if d.negative != e.negative {
		if d.negative {
			return -1
		}
		return 1
	}
	sign := d.compareSize(e)
	if d.negative {
		return -sign
	}
	return sign
}

// compareSize leaves the signs out. Without leading zeros the longer whole part
// is the larger one; fractions compare as text.
func (d decimal) compareSize(e decimal) int {
	if n := len(d.whole) - len(e.whole); n != 0 {
		return n
	}
	if n := strings.Compare(d.whole, e.whole); n != 0 {
		return n
	}
	return strings.Compare(d.fraction, e.fraction)
}

func (d decimal) asFloat() float64 {
	if d.float {
		return d.scientific
	}
	f, _ := strconv.ParseFloat("0"+d.whole+"."+d.fraction+"0", 64)
	if d.negative {
		return -f
	}
	return f
}

// dateLayouts are the forms of the W3C profile of ISO 8601, and the forms
// without a colon in the zone or without a zone (read as UTC) beside them.
var dateLayouts = [...]string{
	time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02", "2006-01", "2006",
}

// parseDate reads a date, or seconds since 1970 (IAM User Guide, "Date
// condition operators": ISO 8601 dates or epoch time). Four digits are a year.
func parseDate(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if len(text) != 4 && text != "" && len(text) < 19 {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return time.Unix(n, 0), true
		}
	}
	if strings.ContainsAny(text, "tz") {
		text = strings.ToUpper(text)
	}
	for _, layout := range dateLayouts {
		// A layout much longer or shorter than the text cannot fit; skipping
		// it spares time.Parse the making of an error.
		if len(text) > len(layout)+1 || len(text) < len(layout)-15 {
			continue
		}
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// binaryIs compares bytes that both sides give in base64.
type binaryIs struct {
	want []byte
	ok   bool
}

// newBinaryIs decodes the policy's side once; the request's comes in base64
// too.
func newBinaryIs(text string) binaryIs {
	b, err := base64.StdEncoding.DecodeString(text)
	return binaryIs{want: b, ok: err == nil}
}

func (b binaryIs) matches(v string, _ resolver) bool {
	if !b.ok {
		return false
	}
	met, err := base64.StdEncoding.DecodeString(v)
	return err == nil && bytes.Equal(met, b.want)
}

// inNetwork tells whether an address lies in a range. A range without a prefix
// length is one address; IPv4 and IPv6 never meet.
type inNetwork struct {
	network netip.Prefix
	ok      bool
}

// newInNetwork reads a CIDR range or an address ("If you specify an IP address
// without the associated routing prefix, IAM uses the default prefix value of
// /32", "IP address condition operators").
func newInNetwork(text string) inNetwork {
	if strings.Contains(text, "/") {
		p, err := netip.ParsePrefix(text)
		return inNetwork{network: p, ok: err == nil}
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return inNetwork{}
	}
	return inNetwork{network: netip.PrefixFrom(a, a.BitLen()), ok: true}
}

func (n inNetwork) matches(v string, _ resolver) bool {
	a, err := netip.ParseAddr(v)
	return err == nil && n.ok && n.network.Contains(a.Unmap())
}

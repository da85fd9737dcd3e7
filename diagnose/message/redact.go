package message

import (
	"bytes"
	"strings"
)

// hidden stands in the place of a secret.
const hidden = "[redacted]"

// secretNames are the names whose value is a secret, in lower case and without
// '-' and '_', so that header, query, environment, JSON and XML spellings meet.
var secretNames = map[string]bool{
	"xamzsecuritytoken": true, "xamzsignature": true, "xamzcredential": true,
	"token0": true, "sessiontoken": true, "awssessiontoken": true, "securitytoken": true,
	"awssecuritytoken": true, "secretaccesskey": true, "awssecretaccesskey": true,
	"secretkey": true, "awssecretkey": true, "secret": true, "password": true,
	"signatureprovided": true, "signature": true, "authorization": true,
	"proxyauthorization": true, "canonicalrequestbytes": true, "ssecustomerkey": true,
	"ssecustomerkeymd5": true, "sseckey": true, "ssec": true,
	"copysourcessecustomerkey": true, "ssecopysourcekey": true, "ssecopysourceccopysourcekey": true,
	"xamzserversideencryptioncustomerkey":              true,
	"xamzserversideencryptioncustomerkeymd5":           true,
	"xamzcopysourceserversideencryptioncustomerkey":    true,
	"xamzcopysourceserversideencryptioncustomerkeymd5": true,
	"xamzs3sessiontoken":                               true, "idtoken": true, "accesstoken": true, "refreshtoken": true,
	"webidentitytoken": true, "samlassertion": true, "clientsecret": true,
}

// keyIDNames are the names whose value is an access key id of any store, which
// is shown by its first and last four characters only.
var keyIDNames = map[string]bool{
	"awsaccesskeyid": true, "accesskeyid": true, "accesskey": true, "awsaccesskey": true,
}

// Redact returns text without session tokens, secret keys, signatures and SSE-C
// keys, in whatever spelling they stand there: headers, query parameters, XML
// elements, JSON, environment and configuration lines. S3 itself echoes the
// session token in <Token-0>, in <CanonicalRequest> and in its hex dump
// <CanonicalRequestBytes>. Access key ids keep their first four and last four
// characters.
func Redact(text string) string {
	r := redactor{in: text, secretAt: -1}
	for r.at < len(r.in) {
		if !wordByte(r.in[r.at]) {
			r.at++
			continue
		}
		r.word()
	}
	if r.copied == 0 {
		return text
	}
	r.out.WriteString(r.in[r.copied:])
	return r.out.String()
}

// redactor walks over a text once; everything before copied is in out.
type redactor struct {
	in       string
	out      strings.Builder
	at       int
	copied   int
	secretAt int // where the word "secret" was last seen
}

// word looks at the word that begins at r.at and, where it names a secret, hides
// the value behind it.
func (r *redactor) word() {
	start, end := r.at, r.at
	for end < len(r.in) && wordByte(r.in[end]) {
		end++
	}
	r.at = end
	word := r.in[start:end]
	var buffer [64]byte
	name := foldName(buffer[:0], word)
	switch {
	case secretNames[string(name)] || keyIDNames[string(name)]: // these look-ups do not allocate
		r.named(string(name), start, end)
	case bytes.Contains(name, []byte("secret")):
		r.secretAt = end
	case accessKeyID(word):
		r.replace(start, end, maskKeyID(word))
	default:
		r.unnamed(start)
	}
}

// named hides the value that follows the name in[start:end], if one does.
func (r *redactor) named(name string, start, end int) {
	if strings.Contains(name, "secret") {
		r.secretAt = end
	}
	flag := start >= 2 && r.in[start-1] == '-' || strings.HasPrefix(r.in[start:end], "--")
	from, ok := skipSeparator(r.in, end, flag)
	if !ok {
		return
	}
	to := valueEnd(r.in, start, from, strings.HasSuffix(name, "authorization"))
	if to == from {
		return
	}
	if keyIDNames[name] {
		r.replace(from, to, maskKeyID(r.in[from:to]))
		return
	}
	r.replace(from, to, hidden)
}

// unnamed hides what is a secret by its own look: a long session token, or the
// 40 characters of a secret key shortly behind the word "secret".
func (r *redactor) unnamed(start int) {
	end := start
	for end < len(r.in) && secretByte(r.in[end]) {
		end++
	}
	run := r.in[start:end]
	switch {
	case len(run) > 100 && sessionTokenStart(run):
		r.replace(start, end, hidden)
	case len(run) == 40 && r.secretAt >= 0 && start-r.secretAt <= 80:
		r.replace(start, end, hidden)
	case len(run) >= 100: // a long run is looked at once only, to stay linear
		r.at = end
	}
}

func (r *redactor) replace(from, to int, with string) {
	r.out.WriteString(r.in[r.copied:from])
	r.out.WriteString(with)
	r.copied, r.at = to, to
}

// foldName appends word to buffer in lower case and without '-' and '_'; longer
// words than the buffer holds are no names and give none.
func foldName(buffer []byte, word string) []byte {
	if len(word) > cap(buffer) {
		return buffer
	}
	for i := range len(word) {
		switch c := word[i]; {
		case c == '-' || c == '_':
		case c >= 'A' && c <= 'Z':
			buffer = append(buffer, c+'a'-'A')
		default:
			buffer = append(buffer, c)
		}
	}
	return buffer
}

// plainName is a name in lower case and without '-' and '_'.
func plainName(word string) string { return string(foldName(make([]byte, 0, 64), word)) }

// accessKeyID tells whether word is an AWS access key id: AKIA or ASIA and 16 to
// 128 characters in all (IAM user guide, "IAM identifiers").
func accessKeyID(word string) bool {
	if len(word) < 16 || len(word) > 128 || !strings.HasPrefix(word, "AKIA") && !strings.HasPrefix(word, "ASIA") {
		return false
	}
	for i := range len(word) {
		if c := word[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// maskKeyID keeps the first four and last four characters of a key id.
func maskKeyID(id string) string {
	if strings.HasPrefix(id, "[") || strings.HasPrefix(id, "<") {
		return id // a placeholder
	}
	if len(id) <= 8 {
		return hidden
	}
	return id[:4] + "…" + id[len(id)-4:]
}

// sessionTokenStart knows how the session tokens of STS begin.
func sessionTokenStart(run string) bool {
	for _, start := range [...]string{"IQoJ", "FwoG", "AQoD", "FQoG", "AgoG"} {
		if strings.HasPrefix(run, start) {
			return true
		}
	}
	return false
}

// separators may stand between a name and its value, also escaped ones.
var separators = [...]struct {
	text   string
	strong bool // without a strong one there is no value
}{
	{"&quot;", false}, {"&#34;", false}, {"&#39;", false}, {"&apos;", false}, {"&gt;", true},
	{"%3D", true}, {"%3d", true}, {"%3A", true}, {"%22", false}, {"%20", false},
	{`\"`, false}, {`\'`, false}, {"u003e", true}, {"u003d", true}, {`\u0022`, false},
	{":", true}, {"=", true}, {">", true}, {`"`, false}, {"'", false}, {" ", false},
	{"\t", false}, {`\`, false}, {"`", false}, {"]", false}, {"[", false},
}

// skipSeparator returns where the value behind a name starts. A command-line
// flag needs no more than a space.
func skipSeparator(s string, at int, flag bool) (int, bool) {
	found := false
	for limit := at + 64; at < len(s) && at < limit; {
		n, strong := separatorAt(s[at:])
		if n == 0 {
			break
		}
		found = found || strong || flag
		at += n
	}
	return at, found
}

func separatorAt(s string) (length int, strong bool) {
	for _, sep := range separators {
		if strings.HasPrefix(s, sep.text) {
			return len(sep.text), sep.strong
		}
	}
	return 0, false
}

// valueEnd returns the end of the value at from: of an element its next tag, of
// a quoted value the quote, of an Authorization header the line, and of
// everything else the last character that a token can hold.
func valueEnd(s string, name, from int, line bool) int {
	rest := s[from:]
	switch before := s[:from]; {
	case strings.HasSuffix(before, ">") && name > 0 && s[name-1] == '<':
		return from + until(rest, "<")
	case strings.HasSuffix(before, "&gt;"):
		return from + until(rest, "&<")
	case strings.HasSuffix(before, `\"`):
		return from + until(rest, "\\\"\n")
	case strings.HasSuffix(before, `"`):
		return from + until(rest, "\"\n")
	case strings.HasSuffix(before, "'"):
		return from + until(rest, "'\n")
	case line:
		return from + until(rest, "\r\n\\\"'<")
	}
	end := from
	for end < len(s) && (secretByte(s[end]) || s[end] == '%') {
		end++
	}
	return end
}

func until(s, stops string) int {
	if i := strings.IndexAny(s, stops); i >= 0 {
		return i
	}
	return len(s)
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

func secretByte(c byte) bool {
	return wordByte(c) || c == '+' || c == '/' || c == '=' || c == '.' || c == '~'
}

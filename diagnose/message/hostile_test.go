package message

import (
	"bytes"
	"encoding/json"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// hostile are units of which megabytes are made: each is the bad case of some
// loop, if that loop is not linear.
var hostile = []string{
	"<Error>", "<A>", "<Code>", "</", "<Message>&lt;", "[", `{"a":`, `\`, `\"`, `\u0022`, "&quot;", "\x1b[", "\x1b]", "\xff",
	"user ", "User: ", "not authorized to perform ", "is not authorized to perform: s3:GetObject ",
	"User: a is not authorized to perform: s3:GetObject\n", "because no ", "with an explicit deny in a ",
	"because no session policy allows the s3:GetObject action ", "with an explicit deny in a session policy: arn:",
	`" because no session policy allows `, "arn:aws:iam::", "request id ", "extended request id: ", "code: ", "error code: x",
	"expecting '", "403 ", "status 4031", "GetObject", "s3:GetObject", "secret ", "X-Amz-Signature=", "AKIA", "ASIAIOSFODNN7EXAMPLE ",
	"Authorization: ", "<Token-0>", "│ ", "> ", "\n", " ", "\u00a0", "\u2011", "when calling the ", "eventName", `"eventName":"`, `{"Records":[`,
}

// TestHostile gives Parse and Redact a quarter of a megabyte of each: a loop that
// is not linear would take minutes. Both stay within the contract's two seconds
// and within bounded memory.
func TestHostile(t *testing.T) {
	for _, unit := range hostile {
		text := "User: arn:aws:iam::1:user/x is not authorized to perform: s3:GetObject on resource: \"" + strings.Repeat(unit, 256<<10/len(unit))
		for name, run := range map[string]func(){
			"Parse":       func() { Parse([]byte(text)) },
			"Parse alone": func() { Parse([]byte(text[85:])) },
			"Redact":      func() { Redact(text) },
			"ParseXML":    func() { ParseXML([]byte(text)) },
		} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			run()
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if took > 2*time.Second {
				t.Errorf("%s of 256 KiB of %q took %v", name, unit, took)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 50<<20 {
				t.Errorf("%s of 256 KiB of %q allocated %d MiB", name, unit, used>>20)
			}
		}
	}
}

// FuzzParse looks for panics, for answers that are not UTF-8 or not JSON, and
// for causes that are null.
func FuzzParse(f *testing.F) {
	for _, r := range corpus(f) {
		if len(r.Text) < 4096 {
			f.Add([]byte(r.Text))
		}
	}
	for _, unit := range hostile {
		f.Add([]byte(strings.Repeat(unit, 3)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m := Parse(text)
		encoded, err := json.Marshal(m)
		if err != nil || !utf8.Valid(encoded) || bytes.Contains(encoded, []byte("null,")) || m.Causes == nil {
			t.Fatalf("%s: %v", encoded, err)
		}
		if m.Summary == "" || m.Kind == "" || m.Schema != 1 {
			t.Fatalf("the answer is not whole: %s", encoded)
		}
	})
}

// FuzzRedact plants a secret behind each name in whatever surroundings and looks
// for it in what comes out; and holds Redact to changing nothing twice.
func FuzzRedact(f *testing.F) {
	f.Add("<Error>", "</Error>")
	f.Add("{\"a\": 1, ", "}")
	f.Fuzz(func(t *testing.T, before, after string) {
		const secret = "zzSECRETzz0123456789zzSECRETzz0123456789"
		for _, shape := range [...]string{
			"<Token-0>%</Token-0>", "\nx-amz-security-token:%\n", "&X-Amz-Signature=%&", `"SessionToken": "%"`,
			"\nAWS_SECRET_ACCESS_KEY=%\n", "\nAuthorization: AWS4-HMAC-SHA256 Credential=x, Signature=%\n",
		} {
			out := Redact(before + " " + strings.Replace(shape, "%", secret, 1) + after)
			if strings.Contains(out, secret) && !strings.Contains(before+after, secret) {
				t.Errorf("%q behind %q leaves the secret: %q", shape, before, out)
			}
		}
		if once := Redact(before); Redact(once) != once && len(before) < 1<<12 {
			t.Logf("%q becomes %q, then %q", before, once, Redact(once))
		}
	})
}

package probe

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s403/diagnose"
)

// xmlError answers as S3 does.
func xmlError(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		w.Header().Set("X-Amz-Request-Id", "REQ1")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// everything is all that leaves the probes, in every form in which it is shown.
func everything(t *testing.T, e diagnose.Evidence) string {
	t.Helper()
	r := diagnose.Explain(e)
	body, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%+v", e) + string(body) + r.Text(80) + r.Markdown()
}

// hostile are servers that answer what no S3 would. Whatever they do, the
// probes return, hold no more than they should, and show no secret and no
// control character.
var hostile = []struct {
	name   string
	handle http.HandlerFunc
	state  diagnose.State // of head
	code   string         // of get
}{
	{"10 MB of zeros", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(403)
		chunk := make([]byte, 1<<20)
		for range 10 {
			_, _ = w.Write(chunk)
		}
	}, diagnose.Known, "Forbidden"},
	{"10 MB in one element", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(403)
		_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code><Message>")
		for range 10 {
			_, _ = io.WriteString(w, strings.Repeat("A", 1<<20))
		}
	}, diagnose.Known, "AccessDenied"},
	{"broken XML", xmlError(403, "<Error><Code>AccessDenied</Cod"), diagnose.Known, ""},
	{"HTML of a proxy", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(403)
		_, _ = io.WriteString(w, "<html><body>Blocked by policy</body></html>")
	}, diagnose.Known, "Forbidden"},
	{"HTML with status 200", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!DOCTYPE html><html>Sign in</html>")
	}, diagnose.Known, ""},
	{"escape sequences", xmlError(403, "<Error><Code>Access\x1b]0;pwned\x07Denied</Code><Message>\x1b[2J\x1b[31mred \u202egnp\u202c</Message></Error>"), diagnose.Known, "Access ]0;pwned Denied"},
	{"the token in Token-0", xmlError(400, "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message><Token-0>"+testToken+"</Token-0></Error>"), diagnose.Known, "ExpiredToken"},
	{"the token in CanonicalRequest", xmlError(403, "<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message><CanonicalRequest>GET\n/\n\nx-amz-security-token:"+testToken+"\n</CanonicalRequest><StringToSign>"+testSecret+"</StringToSign></Error>"), diagnose.Known, "SignatureDoesNotMatch"},
	{"the token everywhere", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", testToken)
		w.Header().Set("X-Amz-Request-Id", testSecret)
		w.Header().Set("X-Amz-Bucket-Region", testToken)
		w.Header().Set("Location", "/?X-Amz-Security-Token="+testToken)
		w.WriteHeader(403)
		_, _ = io.WriteString(w, "<Error><Code>"+testToken+"</Code><Message>"+r.Header.Get("Authorization")+testSecret+"</Message></Error>")
	}, diagnose.Known, hidden},
	{"connection reset", func(w http.ResponseWriter, _ *http.Request) {
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = c.(*net.TCPConn).SetLinger(0)
			_ = c.Close()
		}
	}, diagnose.Failed, ""},
	{"cut in the middle", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(403)
		_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code>")
	}, diagnose.Known, "AccessDenied"},
	{"not HTTP", func(w http.ResponseWriter, _ *http.Request) {
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_, _ = io.WriteString(c, "220 smtp.example.com ESMTP\r\n")
			_ = c.Close()
		}
	}, diagnose.Failed, ""},
	{"an entity bomb", xmlError(403, `<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><Error><Code>&b;</Code><Message>&b;</Message></Error>`), diagnose.Known, "&b;"},
	{"JSON that is none", xmlError(403, `{"__type":"AccessDenied`), diagnose.Known, "Forbidden"},
	{"success without a body", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }, diagnose.Known, ""},
	{"endless redirects", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.String(), http.StatusTemporaryRedirect)
	}, diagnose.Known, "TemporaryRedirect"},
}

func TestHostileAnswers(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(h.handle)
			defer server.Close()
			e := New(Config{
				AWS: configFor(server.URL, "AKIAIOSFODNN7EXAMPLE", testSecret, testToken), S3Options: []func(*s3.Options){pathStyle},
				Timeout: time.Minute, Total: 5 * time.Minute, // what ends a call here is its answer, also on a busy machine
			}).Gather(t.Context(), target("s3://b/k\x1b[31m\n"), nil)
			if e.Head.State != h.state {
				t.Errorf("head is %v (%s), want %v", e.Head.State, e.Head.Note, h.state)
			}
			if h.code != "" && e.Get.Value.Code != h.code {
				t.Errorf("get says %q, want %q", e.Get.Value.Code, h.code)
			}
			checkClean(t, e)
		})
	}
}

// checkClean finds secrets and control characters in all that is shown.
func checkClean(t *testing.T, e diagnose.Evidence) {
	t.Helper()
	e.Target.Key = "" // the person's own input, which the renderings make safe
	all := everything(t, e)
	for _, secret := range []string{testSecret, testToken, testToken[:40], "AKIAIOSFODNN7EXAMPLE"} {
		if at := strings.Index(all, secret); at >= 0 {
			t.Errorf("a secret is shown: …%q…", all[max(0, at-200):at+10])
		}
	}
	if at := strings.IndexFunc(all, func(r rune) bool { return r == 0x1b || r == 0x07 || r == 0x202e }); at >= 0 {
		t.Errorf("a control character is shown: …%q…", all[max(0, at-100):min(len(all), at+20)])
	}
	if len(all) > 4<<20 {
		t.Errorf("what is shown is %d bytes long", len(all))
	}
}

// TestSilentServer: a server that takes the connection and says nothing costs the
// time of one call, not of all.
func TestSilentServer(t *testing.T) {
	hang := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer server.Close()
	defer close(hang)
	e := New(Config{
		AWS: configFor(server.URL, "AKIAIOSFODNN7EXAMPLE", testSecret, testToken), S3Options: []func(*s3.Options){pathStyle},
		Timeout: 100 * time.Millisecond,
	}).Gather(t.Context(), target("s3://b/k"), nil)
	if e.Head.State != diagnose.Failed || !strings.Contains(e.Head.Source.Err, "no answer within 100ms") {
		t.Errorf("head is %v: %q", e.Head.State, e.Head.Source.Err)
	}
	if len(e.Exchanges) > 6 {
		t.Errorf("%d calls were made to an endpoint that is dead", len(e.Exchanges))
	}
}

package probe

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"s403/diagnose"
	"s403/diagnose/lab"
)

var update = flag.Bool("update", false, "write the golden files anew")

// A view is what one kind of caller gets to see of the same refusal.
type view struct {
	name   string
	reader string // actor whose credentials read policies and settings; empty: nobody's
	veil   func(http.Handler) http.Handler
}

// The three callers of the table.
var views = []view{
	{"blind", "", func(next http.Handler) http.Handler { return veiled(next, false) }},
	{"outsider", "", func(next http.Handler) http.Handler { return veiled(next, true) }},
	{"reader", "reader", func(next http.Handler) http.Handler { return next }},
}

const callersHead = `<!-- go test ./diagnose/probe -run TestCallers -update writes this anew. -->

Every scenario of the lab, diagnosed by three callers:

- **blind**: the actor alone, who may read no policy and no setting.
- **outsider**: the same, and S3 says no more than "Access Denied", as it does to
  callers from outside the organization.
- **reader**: the actor with the lab's reader beside, who may read policies and settings.

✓ is the true cause, with its state and confidence; another verdict is named, with
what is said of the true cause. Then the number of requests, the round trips, and the
wall time at 80 ms a call.

`

// TestCallers holds the verdict of every scenario, as three callers get it, and
// what it cost, against a table that a person can read. What no caller may ever
// get is a cause that is confirmed and is not true.
func TestCallers(t *testing.T) {
	var b strings.Builder
	b.WriteString(callersHead + "| scenario |")
	for _, v := range views {
		b.WriteString(" " + v.name + " | cost |")
	}
	b.WriteString("\n|" + strings.Repeat(" --- |", 1+2*len(views)) + "\n")
	for _, s := range lab.Scenarios() {
		b.WriteString("| " + s.Name + " |")
		for _, v := range views {
			t.Run(s.Name+" "+v.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { b.WriteString(cells(t, s, v)) })
			})
		}
		b.WriteByte('\n')
	}
	golden(t, "callers.md", b.String())
}

// cells diagnoses a scenario as one caller and writes the verdict and its cost.
func cells(t *testing.T, s lab.Scenario, v view) string {
	const trip = 80 * time.Millisecond
	e, took := diagnoseScenario(t, s, v.reader, trip, func(c *Config) {
		client := c.AWS.HTTPClient.(*http.Client) // the reader's as well
		wire := client.Transport.(inProcess)
		wire.handler = v.veil(wire.handler)
		client.Transport = wire
	})
	checkConfirmed(t, e, s)
	trips := (took + trip - 1) / trip
	if trips > 4 {
		t.Errorf("%d round trips, want at most 4", trips)
	}
	return fmt.Sprintf(" %s | %d in %d, %d ms |", verdictCell(diagnose.Explain(e), diagnose.CauseID(s.Cause)), len(e.Exchanges), trips, took.Milliseconds())
}

// verdictCell is ✓ where the verdict is the true cause, with what is claimed of it.
func verdictCell(r diagnose.Report, truth diagnose.CauseID) string {
	claim := func(id diagnose.CauseID) string {
		for _, f := range r.Findings {
			if f.ID == id {
				return string(f.State) + ", " + string(f.Confidence)
			}
		}
		return "nothing"
	}
	switch r.Verdict.Cause {
	case truth:
		return "✓ " + claim(truth)
	case diagnose.Undetermined:
		return "undetermined (true: " + claim(truth) + ")"
	}
	return string(r.Verdict.Cause) + " " + claim(r.Verdict.Cause) + " (true: " + claim(truth) + ")"
}

// golden holds got against a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.SplitAfter(got, "\n"), strings.SplitAfter(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Fatalf("%s differs at line %d (go test -update writes it anew)\n got %q\nwant %q", path, i+1, g[i], w[i])
		}
	}
	if len(g) != len(w) {
		t.Fatalf("%s has %d lines, want %d (go test -update writes it anew)", path, len(g), len(w))
	}
}

// settings are the subresources of S3 that tell of policies and settings.
var settings = []string{"policy", "policyStatus", "acl", "encryption", "publicAccessBlock", "ownershipControls", "requestPayment", "tagging"}

// enhanced is the sentence of a refusal that names policies, which AWS tells
// inside the account and the organization alone.
var enhanced = regexp.MustCompile(`(?s)<Message>User: .*?</Message>`)

// veiled lets nobody read a policy or a setting. bare: nor does a refusal name its
// reason.
func veiled(next http.Handler, bare bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		q.Body = io.NopCloser(bytes.NewReader(body))
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, q)
		status, text := answer.Code, answer.Body.Bytes()
		if refusal, as := refusalOf(q, body); refusal != "" && reveals(status, text) {
			status, text = as, []byte(refusal)
		} else if bare {
			text = enhanced.ReplaceAll(text, []byte("<Message>Access Denied</Message>"))
		}
		maps.Copy(w.Header(), answer.Header())
		if q.Method != http.MethodHead {
			w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		}
		w.WriteHeader(status)
		_, _ = w.Write(text)
	})
}

// reveals tells an answer from a refusal: that there is no policy is one, too.
func reveals(status int, body []byte) bool {
	return status < 300 || status == http.StatusNotFound && !bytes.Contains(body, []byte("<Code>NoSuchBucket</Code>")) && !bytes.Contains(body, []byte("<Code>NoSuchKey</Code>"))
}

// refusalOf is the refusal that each service has for a reading of policies or
// settings; empty where the request reads none.
func refusalOf(q *http.Request, body []byte) (text string, status int) {
	const s3 = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
	form, _ := url.ParseQuery(string(body))
	switch action := form.Get("Action"); {
	case action == "GetCallerIdentity":
		return "", 0
	case action == "DescribeVpcEndpoints":
		return "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation.</Message></Error></Errors></Response>", 403
	case action != "":
		return "<ErrorResponse><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error></ErrorResponse>", 403
	case q.Header.Get("X-Amz-Target") != "":
		return `{"__type":"AccessDeniedException","Message":"You don't have permissions to access this resource."}`, 400
	case strings.HasPrefix(q.URL.Path, "/v20180820/"):
		return s3, 403
	}
	for _, name := range settings {
		if q.URL.Query().Has(name) {
			return s3, 403
		}
	}
	return "", 0
}

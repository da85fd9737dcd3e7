package cli

import (
	"encoding/json"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"s403/diagnose"
	"s403/diagnose/lab"
	"s403/diagnose/probe"
)

// everyHost stands for the whole internet: whatever host a client means to reach,
// the lab answers for it, as it answers for all of AWS. What the client would
// have sent is kept.
type everyHost struct {
	handler http.Handler
	mu      sync.Mutex
	asked   []string // method, URL and signature algorithm of each request
}

// RoundTrip hands the request to the lab; a handler that hangs up is a lost connection.
func (e *everyHost) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	algorithm, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	e.mu.Lock()
	e.asked = append(e.asked, strings.TrimSpace(r.Method+" "+r.URL.Scheme+"://"+r.URL.Host+r.URL.EscapedPath()+" "+algorithm))
	e.mu.Unlock()
	defer func() {
		if recover() != nil {
			resp, err = nil, errors.New("connection reset")
		}
	}()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r.RequestURI, r.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:40000"
	if r.Host == "" {
		r.Host = r.URL.Host
	}
	w := httptest.NewRecorder()
	e.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// sent tells whether exactly this was asked.
func (e *everyHost) sent(line string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Contains(e.asked, line)
}

// askedOfAWS diagnoses the target as the command would on AWS itself, with every
// host of AWS answered by the handler.
func askedOfAWS(t *testing.T, handler http.Handler, uri string) (diagnose.Report, *everyHost) {
	t.Helper()
	world := &everyHost{handler: handler}
	var f connectionFlags
	at, err := f.locate(uri)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := f.proberConfig(t.Context(), s, at, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	c.AWS.HTTPClient = &http.Client{Transport: world}
	return diagnose.Explain(probe.New(c).Gather(t.Context(), diagnosed(s, at), nil)), world
}

// credentialsOf finds the keys of an actor of a scenario.
func credentialsOf(t *testing.T, l *lab.Lab, scenario, name string) aws.Credentials {
	t.Helper()
	for _, s := range l.Scenarios() {
		for _, a := range l.ActorsOf(s) {
			if s.Name == scenario && a.Actor == name {
				return aws.Credentials{AccessKeyID: a.AccessKeyID, SecretAccessKey: a.SecretAccessKey, SessionToken: a.SessionToken}
			}
		}
	}
	t.Fatalf("the lab has no %s in %s", name, scenario)
	return aws.Credentials{}
}

// targets are the forms in which a person has the name of an object at hand. Each
// must lead to the host where AWS expects the request, and to the true cause.
var targets = []struct {
	name, scenario, actor, uri string
	sends                      string // the refused HEAD, as it goes out
	cause                      diagnose.CauseID
}{
	{"s3 URI", "missing-key", "mia", "s3://acme-invoices/2026/q3/summary.csv",
		"HEAD https://acme-invoices.s3.eu-west-1.amazonaws.com/2026/q3/summary.csv AWS4-HMAC-SHA256", "missing-key"},
	{"object ARN", "missing-key", "mia", "arn:aws:s3:::acme-invoices/2026/q3/summary.csv",
		"HEAD https://acme-invoices.s3.eu-west-1.amazonaws.com/2026/q3/summary.csv AWS4-HMAC-SHA256", "missing-key"},
	{"virtual-hosted URL", "missing-key", "mia", "https://acme-invoices.s3.eu-west-1.amazonaws.com/2026/q3/summary.csv",
		"HEAD https://acme-invoices.s3.eu-west-1.amazonaws.com/2026/q3/summary.csv AWS4-HMAC-SHA256", "missing-key"},
	{"path-style URL", "missing-key", "mia", "https://s3.eu-west-1.amazonaws.com/acme-invoices/2026/q3/summary.csv",
		"HEAD https://acme-invoices.s3.eu-west-1.amazonaws.com/2026/q3/summary.csv AWS4-HMAC-SHA256", "missing-key"},
	{"access point ARN", "access-point-policy", "xenia", "arn:aws:s3:eu-west-1:111122223333:accesspoint/finance/object/2026/journal.csv",
		"HEAD https://finance-111122223333.s3-accesspoint.eu-west-1.amazonaws.com/2026/journal.csv AWS4-HMAC-SHA256", "access-point-policy"},
	{"access point URL", "access-point-policy", "xenia", "https://finance-111122223333.s3-accesspoint.eu-west-1.amazonaws.com/2026/journal.csv",
		"HEAD https://finance-111122223333.s3-accesspoint.eu-west-1.amazonaws.com/2026/journal.csv AWS4-HMAC-SHA256", "access-point-policy"},
	{"access point alias", "access-point-policy", "xenia", "s3://finance-l3dg3rq7m2xw8kz5t-s3alias/2026/journal.csv",
		"HEAD https://finance-l3dg3rq7m2xw8kz5t-s3alias.s3.eu-west-1.amazonaws.com/2026/journal.csv AWS4-HMAC-SHA256", "access-point-policy"},
	{"directory bucket", "directory-bucket-session", "cem", "s3://acme-hot--euw1-az1--x-s3/work/part-0001",
		"GET https://acme-hot--euw1-az1--x-s3.s3express-euw1-az1.eu-west-1.amazonaws.com/ AWS4-HMAC-SHA256", "directory-bucket-session"},
	{"directory bucket URL", "directory-bucket-session", "cem", "https://acme-hot--euw1-az1--x-s3.s3express-euw1-az1.eu-west-1.amazonaws.com/work/part-0001",
		"GET https://acme-hot--euw1-az1--x-s3.s3express-euw1-az1.eu-west-1.amazonaws.com/ AWS4-HMAC-SHA256", "directory-bucket-session"},
	{"website URL, dash", "website-endpoint", "rita", "http://www-acme-example.s3-website-eu-west-1.amazonaws.com/index.html",
		"HEAD http://www-acme-example.s3-website-eu-west-1.amazonaws.com/index.html", "website-endpoint"},
	{"website URL, dot", "website-endpoint", "rita", "http://www-acme-example.s3-website.eu-west-1.amazonaws.com/index.html",
		"HEAD http://www-acme-example.s3-website.eu-west-1.amazonaws.com/index.html", "website-endpoint"},
}

func TestTargetsOnAWS(t *testing.T) {
	l, err := lab.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range targets {
		t.Run(c.name, func(t *testing.T) {
			isolate(t, credentialsOf(t, l, c.scenario, c.actor))
			if !strings.HasPrefix(c.uri, "http") && !strings.Contains(c.uri, "s3:eu-west-1:") {
				t.Setenv("AWS_REGION", "eu-west-1") // a URL or an ARN names its own
			}
			r, world := askedOfAWS(t, l.Handler(), c.uri)
			if !world.sent(c.sends) {
				t.Errorf("it was not asked\n%s\nbut\n%s", c.sends, strings.Join(world.asked, "\n"))
			}
			if r.Verdict.Cause != c.cause {
				t.Errorf("the verdict is %s (%s), want %s: %s", r.Verdict.Cause, r.Verdict.Confidence, c.cause, r.Verdict.Summary)
			}
		})
	}
}

// TestPresignedOnAWS: a presigned URL is sent to the host that it names and by the
// signature that it carries, and what it is refused for is told without showing it.
func TestPresignedOnAWS(t *testing.T) {
	l, err := lab.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	by := credentialsOf(t, l, "missing-key", "mia")
	for _, c := range []struct {
		name, host, path string
		age              time.Duration
		cause            diagnose.CauseID
	}{
		{"expired", "acme-invoices.s3.eu-west-1.amazonaws.com", "/2026/q3/Summary.csv", time.Hour, diagnose.CausePresignedExpired},
		{"expired, path style", "s3.eu-west-1.amazonaws.com", "/acme-invoices/2026/q3/Summary.csv", time.Hour, diagnose.CausePresignedExpired},
		{"in time", "acme-invoices.s3.eu-west-1.amazonaws.com", "/2026/q3/summary.csv", 0, diagnose.CauseMissingKey},
	} {
		t.Run(c.name, func(t *testing.T) {
			isolate(t, by)
			req, err := http.NewRequest(http.MethodGet, "https://"+c.host+c.path+"?X-Amz-Expires=60", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			uri, _, err := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }).
				PresignHTTP(t.Context(), by, req, "UNSIGNED-PAYLOAD", "s3", "eu-west-1", time.Now().Add(-c.age))
			if err != nil {
				t.Fatal(err)
			}
			r, world := askedOfAWS(t, l.Handler(), uri)
			if !world.sent("GET https://" + c.host + c.path) {
				t.Errorf("the URL was not asked as it is but\n%s", strings.Join(world.asked, "\n"))
			}
			if r.Verdict.Cause != c.cause {
				t.Errorf("the verdict is %s, want %s: %s", r.Verdict.Cause, c.cause, r.Verdict.Summary)
			}
			signature := uri[strings.Index(uri, "X-Amz-Signature=")+len("X-Amz-Signature="):]
			if strings.Contains(r.Text(100)+r.Markdown(), signature) {
				t.Error("the signature is shown")
			}
		})
	}
}

// multiRegion answers for one Multi-Region Access Point, which the lab does not
// have: it is in two Regions and refuses everything with S3's bare text.
func multiRegion(rest http.Handler) http.Handler {
	const policy = `{"Version":"2012-10-17","Statement":[{"Sid":"Desk","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap/object/*"}]}`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "AmazonS3")
		w.Header().Set("X-Amz-Id-2", "host")
		w.Header().Set("X-Amz-Request-Id", "MRAP1")
		w.Header().Set("Content-Type", "application/xml")
		switch {
		case strings.HasPrefix(r.Host, "mfzwi23gnjvgw.mrap.accesspoint."):
			w.WriteHeader(http.StatusForbidden)
			if r.Method != http.MethodHead {
				_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
			}
		case strings.HasSuffix(r.URL.Path, "/mrap/instances"):
			_, _ = io.WriteString(w, "<ListMultiRegionAccessPointsResult><AccessPoints><AccessPoint><Name>desk</Name><Alias>mfzwi23gnjvgw.mrap</Alias><Status>READY</Status>"+
				"<Regions><Region><Bucket>acme-ledger</Bucket><Region>eu-west-1</Region></Region><Region><Bucket>acme-invoices</Bucket><Region>us-east-1</Region></Region></Regions></AccessPoint></AccessPoints></ListMultiRegionAccessPointsResult>")
		case strings.HasSuffix(r.URL.Path, "/mrap/instances/desk/policy"):
			_, _ = io.WriteString(w, "<GetMultiRegionAccessPointPolicyResult><Policy><Established><Policy>"+html.EscapeString(policy)+"</Policy></Established></Policy></GetMultiRegionAccessPointPolicyResult>")
		default:
			rest.ServeHTTP(w, r)
		}
	})
}

// TestMultiRegionAccessPoint: the request goes to the global endpoint, signed for
// all Regions at once (SigV4A), and its policy is read in us-west-2. Which bucket
// it was led to does not show, so the buckets' settings are nobody's evidence.
func TestMultiRegionAccessPoint(t *testing.T) {
	l, err := lab.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, uri := range []string{
		"arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap/object/2026/journal.csv",
		"https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/2026/journal.csv",
	} {
		t.Run(uri, func(t *testing.T) {
			isolate(t, credentialsOf(t, l, "access-point-policy", "xenia"))
			r, world := askedOfAWS(t, multiRegion(l.Handler()), uri)
			const sends = "HEAD https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/2026/journal.csv AWS4-ECDSA-P256-SHA256"
			if !world.sent(sends) {
				t.Errorf("it was not asked\n%s\nbut\n%s", sends, strings.Join(world.asked, "\n"))
			}
			if r.Verdict.Cause != diagnose.CauseAccessPointPolicy || r.Verdict.Confidence != diagnose.Computed {
				t.Errorf("the verdict is %s (%s), want access-point-policy (computed): %s", r.Verdict.Cause, r.Verdict.Confidence, r.Verdict.Summary)
			}
			for _, c := range r.Findings {
				innocent := c.ID == diagnose.CauseBucketPolicyExplicitDeny || c.ID == diagnose.CauseBucketNotYours
				if innocent && (c.State == diagnose.Confirmed || c.State == diagnose.Likely) {
					t.Errorf("%s is %s: %s", c.ID, c.State, c.Why)
				}
			}
		})
	}
}

// TestTargetsOnOneAddress: behind an endpoint that is an address, where no name
// can be put in front of the host, the same targets are reached in the path.
func TestTargetsOnOneAddress(t *testing.T) {
	l, endpoint := startLab(t)
	for _, c := range []struct {
		name, scenario, actor, uri string
		cause                      string
	}{
		{"access point ARN", "access-point-policy", "xenia", "arn:aws:s3:eu-west-1:111122223333:accesspoint/finance/object/2026/journal.csv", "access-point-policy"},
		{"access point ARN in an s3 URI", "access-point-policy", "xenia", "s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/finance/2026/journal.csv", "access-point-policy"},
		{"access point alias", "access-point-policy", "xenia", "s3://finance-l3dg3rq7m2xw8kz5t-s3alias/2026/journal.csv", "access-point-policy"},
		{"URL of the store", "missing-key", "mia", endpoint + "/acme-invoices/2026/q3/summary.csv", "missing-key"},
		{"directory bucket", "directory-bucket-session", "cem", "s3://acme-hot--euw1-az1--x-s3/work/part-0001", "directory-bucket-session"},
	} {
		t.Run(c.name, func(t *testing.T) {
			isolate(t, credentialsOf(t, l, c.scenario, c.actor))
			t.Setenv("AWS_ENDPOINT_URL", endpoint)
			t.Setenv("AWS_REGION", "eu-west-1")
			code, out, stderr := runWhy(t, "--output", "json", c.uri)
			var r whyJSON
			if err := json.Unmarshal([]byte(out), &r); err != nil {
				t.Fatalf("%v: %s%s", err, out, stderr)
			}
			if code != exitDenied || r.Verdict.Cause != c.cause || r.Outcome.Status != 403 {
				t.Errorf("exit %d, verdict %s, status %d; want 3, %s, 403", code, r.Verdict.Cause, r.Outcome.Status, c.cause)
			}
		})
	}
}

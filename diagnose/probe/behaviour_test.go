package probe

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s403/diagnose"
	"s403/diagnose/lab"
)

// recorder keeps every request that a server was sent.
type recorder struct {
	mu   sync.Mutex
	seen []*http.Request
	form []url.Values
}

func (r *recorder) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(q.Body, 1<<20))
		form, _ := url.ParseQuery(string(body))
		q.Body = io.NopCloser(strings.NewReader(string(body)))
		r.mu.Lock()
		r.seen, r.form = append(r.seen, q.Clone(q.Context())), append(r.form, form)
		r.mu.Unlock()
		next.ServeHTTP(w, q)
	})
}

// readOnly are the beginnings of the names of operations that only read.
var readOnly = []string{"Get", "List", "Describe", "Simulate"}

// TestNeverWrites looks at what really went over the wire, in every scenario and
// with every option: S3 is only asked with HEAD and GET, the others only for
// operations that read, and nobody offers to pay who was not asked to.
func TestNeverWrites(t *testing.T) {
	for _, s := range lab.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var wire recorder
				diagnoseScenario(t, s, "reader", 0, func(c *Config) {
					c.Options.ExpectedOwner, c.Options.ChecksumMode = "111122223333", true
					client := c.AWS.HTTPClient.(*http.Client) // the reader's as well
					inside := client.Transport.(inProcess)
					inside.handler = wire.wrap(inside.handler)
					client.Transport = inside
				})
				wire.check(t, optionsOf(s.Entry().Args).RequestPayer)
			})
		})
	}
}

// check holds that all that was asked only reads.
func (r *recorder) check(t *testing.T, pays bool) {
	t.Helper()
	if len(r.seen) == 0 {
		t.Fatal("no request was made")
	}
	for i, q := range r.seen {
		operation := r.form[i].Get("Action")
		if _, after, ok := strings.Cut(q.Header.Get("X-Amz-Target"), "."); ok {
			operation = after
		}
		reads := slices.ContainsFunc(readOnly, func(p string) bool { return strings.HasPrefix(operation, p) })
		if q.Method != http.MethodGet && q.Method != http.MethodHead && !reads {
			t.Errorf("%s %s %s is no read", q.Method, q.URL, operation)
		}
		if q.Header.Get("X-Amz-Request-Payer") != "" && !pays {
			t.Errorf("%s %s offers to pay", q.Method, q.URL)
		}
	}
}

// skewedServer refuses what is signed more than 15 minutes off its own clock,
// which is an hour ahead, and lets the rest through.
func skewedServer(w http.ResponseWriter, r *http.Request) {
	now := time.Now().Add(time.Hour)
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	w.Header().Set("Server", "AmazonS3")
	w.Header().Set("X-Amz-Id-2", "host")
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err == nil && now.Sub(at).Abs() > 15*time.Minute {
		w.WriteHeader(403)
		if r.Method != http.MethodHead {
			_, _ = io.WriteString(w, "<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message><ServerTime>now</ServerTime></Error>")
		}
		return
	}
	if r.Method == http.MethodPost {
		_, _ = io.WriteString(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/ana</Arn><UserId>AIDA</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
	}
}

// TestClockSkew: the SDK would mend its clock from the first answer, and the
// second request would succeed as if nothing had been. The probes keep the
// refusal, measure the clocks, and prove it by repeating HEAD.
func TestClockSkew(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(skewedServer))
	defer server.Close()
	e := New(Config{
		AWS: configFor(server.URL, "AKIAIOSFODNN7EXAMPLE", testSecret, ""), S3Options: []func(*s3.Options){pathStyle},
	}).Gather(t.Context(), target("s3://b/k"), nil)
	if off := e.Skew.Value - time.Hour; off.Abs() > 10*time.Second {
		t.Errorf("skew is %v, want an hour", e.Skew.Value)
	}
	if e.Head.Value.Status != 403 || e.Get.Value.Code != "RequestTimeTooSkewed" {
		t.Errorf("head %d, get %q; want the refusals as they were", e.Head.Value.Status, e.Get.Value.Code)
	}
	if e.Get.Value.Elements["ServerTime"] != "now" {
		t.Errorf("ServerTime is %q", e.Get.Value.Elements["ServerTime"])
	}
	if !e.HeadAgain.Known() || !e.HeadAgain.Value.Allowed() {
		t.Errorf("head repeated is %+v, want a success", e.HeadAgain)
	}
	if !e.Caller.Known() || e.Caller.Value.Account != "111122223333" {
		t.Errorf("the caller is %+v: other questions must be asked with the mended clock", e.Caller)
	}
	checkClean(t, e)
}

// TestPresignedURL: the URL is replayed as it is and shown without its signature.
func TestPresignedURL(t *testing.T) {
	const signature = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("X-Amz-Signature") != signature && r.Header.Get("Range") != "" {
			t.Errorf("the signature did not arrive: %s", r.URL)
		}
		if r.Header.Get("Authorization") != "" && r.URL.Query().Get("X-Amz-Signature") != "" {
			t.Error("credentials of ours went with the URL")
		}
		xmlError(403, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message><Expires>2026-01-01T00:00:00Z</Expires><Url>"+r.URL.String()+"</Url></Error>")(w, r)
	}))
	defer server.Close()
	raw := server.URL + "/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F20260101%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Security-Token=" + url.QueryEscape(testToken) + "&X-Amz-Signature=" + signature
	cfg := configFor(server.URL, "AKIAIOSFODNN7EXAMPLE", testSecret, "")
	e := New(Config{
		AWS: cfg, S3Options: []func(*s3.Options){pathStyle}, URL: raw,
		Options: diagnose.Options{Presigned: true},
	}).Gather(t.Context(), diagnose.Target{Bucket: "b", Key: "k", Kind: diagnose.PresignedURL, Endpoint: server.URL}, nil)
	if e.Get.Value.Message != "Request has expired" || e.Get.Value.Elements["Expires"] == "" {
		t.Errorf("get says %+v", e.Get.Value)
	}
	if c := e.Credentials.Value; c.Prefix != "ASIA" || !c.SessionToken || c.AccessKeyID != "ASIA…MPLE" {
		t.Errorf("the URL's credentials are %+v", c)
	}
	all := everything(t, e)
	for _, secret := range []string{signature, testToken, url.QueryEscape(testToken), testSecret} {
		if strings.Contains(all, secret) {
			t.Error("a secret is shown")
		}
	}
}

// TestAsPrincipal: nothing is sent as somebody else; what is read is theirs.
func TestAsPrincipal(t *testing.T) {
	l, at := startLab(t, "missing-key")
	audit := actor(t, l, "missing-key", "reader")
	e := New(Config{
		AWS: configFor(at, audit.AccessKeyID, audit.SecretAccessKey, ""), S3Options: []func(*s3.Options){pathStyle},
		Options: diagnose.Options{AsPrincipal: "arn:aws:iam::111122223333:user/mia"},
	}).Gather(t.Context(), target("s3://acme-invoices/2026/q3/summary.csv"), nil)
	for name, s := range map[string]diagnose.State{"head": e.Head.State, "get": e.Get.State, "head bucket": e.HeadBucket.State, "unsigned head": e.UnsignedHead.State} {
		if s != diagnose.NotAsked {
			t.Errorf("%s is %v, want not asked", name, s)
		}
	}
	if e.Caller.Value.ARN != "arn:aws:iam::111122223333:user/mia" || e.Role.Value.ARN != "arn:aws:iam::111122223333:user/mia" {
		t.Errorf("caller %+v, principal %+v", e.Caller.Value, e.Role.Value)
	}
	if e.IdentityPolicies.State != diagnose.Known || len(e.IdentityPolicies.Value) != 2 {
		t.Errorf("identity policies are %v, %d of them", e.IdentityPolicies.State, len(e.IdentityPolicies.Value))
	}
	if e.BucketPolicy.State != diagnose.Absent {
		t.Errorf("bucket policy is %v", e.BucketPolicy.State)
	}
}

// TestCustomEndpoint: with an endpoint for S3 alone, nobody else is asked.
func TestCustomEndpoint(t *testing.T) {
	server := httptest.NewServer(xmlError(403, "<Error><Code>AccessDenied</Code><Message>Access Denied.</Message><Resource>/b/k</Resource></Error>"))
	defer server.Close()
	cfg := configFor(server.URL, "AKIAIOSFODNN7EXAMPLE", testSecret, "")
	cfg.BaseEndpoint = nil
	e := New(Config{AWS: cfg, S3Options: []func(*s3.Options){pathStyle, func(o *s3.Options) { o.BaseEndpoint = aws.String(server.URL) }}}).
		Gather(t.Context(), target("s3://b/k"), nil)
	if !e.Store.CustomEndpoint || e.Store.Kind != diagnose.StoreMinIO {
		t.Errorf("the store is %+v", e.Store)
	}
	for _, x := range e.Exchanges {
		if x.Service != "s3" {
			t.Errorf("%s was asked of %s", x.Operation, x.Service)
		}
	}
	if e.Caller.State != diagnose.NotAsked || e.Caller.Note == "" {
		t.Errorf("the caller is %v (%s)", e.Caller.State, e.Caller.Note)
	}
}

// TestGraph: every need is a node, none waits for itself, and names are unique.
func TestGraph(t *testing.T) {
	names := map[string]bool{}
	for _, i := range Catalogue() {
		if names[i.Fact] {
			t.Errorf("%q is there twice", i.Fact)
		}
		names[i.Fact] = true
	}
	settled := map[string]bool{}
	for range names {
		for _, n := range graph() {
			if ready(n, settled) {
				settled[n.Fact] = true
			}
		}
	}
	for _, i := range Catalogue() {
		if !settled[i.Fact] {
			t.Errorf("%q can never start: it needs %q", i.Fact, i.Needs)
		}
	}
}

// TestEmit: emit is called from one goroutine at a time, and copies do not share
// what grows.
func TestEmit(t *testing.T) {
	l, at := startLab(t, "missing-key")
	mia := actor(t, l, "missing-key", "mia")
	var busy sync.Mutex
	var kept []diagnose.Evidence
	e := New(Config{AWS: configFor(at, mia.AccessKeyID, mia.SecretAccessKey, ""), S3Options: []func(*s3.Options){pathStyle}}).
		Gather(t.Context(), target("s3://acme-invoices/2026/q3/summary.csv"), func(e diagnose.Evidence) {
			if !busy.TryLock() {
				t.Error("emit was called while it ran")
				return
			}
			defer busy.Unlock()
			kept = append(kept, e)
		})
	if len(kept) < 10 || !kept[len(kept)-1].Done || kept[0].Done {
		t.Fatalf("%d copies, the last done: %v", len(kept), kept[len(kept)-1].Done)
	}
	calls := 0
	for _, k := range kept {
		if len(k.Exchanges) < calls {
			t.Errorf("calls went from %d to %d", calls, len(k.Exchanges))
		}
		calls = len(k.Exchanges)
	}
	if !slices.IsSortedFunc(e.Exchanges, func(a, b diagnose.Exchange) int { return a.Start.Compare(b.Start) }) {
		t.Error("the exchanges are not in the order of their start")
	}
}

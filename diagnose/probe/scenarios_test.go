package probe

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s403/diagnose"
	"s403/diagnose/lab"
	"s403/s3view"
)

// inProcess answers requests from the lab after a delay, without a network, so
// that time can be a bubble's own.
type inProcess struct {
	handler http.Handler
	delay   time.Duration
}

// RoundTrip serves the request; a handler that hangs up is a lost connection.
func (p inProcess) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	time.Sleep(p.delay)
	defer func() {
		if recover() != nil {
			resp, err = nil, errors.New("connection reset")
		}
	}()
	w := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r.RequestURI, r.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:40000"
	if r.Host == "" {
		r.Host = r.URL.Host
	}
	p.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// targetKind tells the kind of the few scenarios that are not about plain buckets.
func targetKind(bucket string) diagnose.TargetKind {
	switch {
	case strings.HasSuffix(bucket, "--x-s3"):
		return diagnose.DirectoryBucket
	case strings.HasSuffix(bucket, "-s3alias"):
		return diagnose.AccessPointTarget
	}
	return diagnose.GeneralPurpose
}

// TestEveryScenario diagnoses every refusal that the lab can show, blind and with
// the bucket owner's reader: never more than four round trips and 50 ms, never a
// secret, and never a request to pay. Time is the bubble's: what is measured is
// the depth of the graph, and no load on the machine.
func TestEveryScenario(t *testing.T) {
	const trip = 80 * time.Millisecond
	for _, scenario := range lab.Scenarios() {
		for _, by := range []string{"", "reader"} {
			t.Run(scenario.Name+" "+by, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					e, took := diagnoseScenario(t, scenario, by, trip)
					if took > 4*trip+50*time.Millisecond {
						t.Errorf("%d calls took %v, want at most four of %v and 50 ms", len(e.Exchanges), took, trip)
					}
					if !e.Done || len(e.Exchanges) == 0 {
						t.Errorf("%d calls, done: %v", len(e.Exchanges), e.Done)
					}
				})
			})
		}
	}
}

// TestEveryScenarioWithAWrongClock asks the same of a machine whose clock is half
// an hour slow for every service alike: that is what the person is told, whatever
// else is wrong behind it. Whoever asks is known a trip late then, and yet it takes
// no trip more: what the last round would ask is read ahead.
func TestEveryScenarioWithAWrongClock(t *testing.T) {
	const trip = 80 * time.Millisecond
	for _, scenario := range lab.Scenarios() {
		if scenario.Presign != "" || scenario.Cause == "clock-skew" {
			continue // a presigned URL was signed before; the other has a wrong clock already
		}
		t.Run(scenario.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				slow := func(c *Config) { c.Now = func() time.Time { return time.Now().Add(-30 * time.Minute) } }
				e, took := diagnoseScenario(t, scenario, "reader", trip, slow)
				if took > 4*trip+50*time.Millisecond {
					t.Errorf("%d calls took %v, want at most four of %v and 50 ms", len(e.Exchanges), took, trip)
				}
				checkConfirmed(t, e, scenario, diagnose.CauseClockSkew)
			})
		})
	}
}

// checkConfirmed finds causes that are confirmed and are not true: those of the
// scenario are, its first and what waits behind it, and those that are given.
func checkConfirmed(t *testing.T, e diagnose.Evidence, s lab.Scenario, given ...diagnose.CauseID) {
	t.Helper()
	truth := append(slices.Clone(given), diagnose.CauseID(s.Cause))
	for _, b := range s.Behind {
		truth = append(truth, diagnose.CauseID(b.Cause))
	}
	for _, f := range diagnose.Explain(e).Findings {
		if f.State == diagnose.Confirmed && !slices.Contains(truth, f.ID) {
			t.Errorf("%s is confirmed (%s: %s), which is wrong: true are %v", f.ID, f.Confidence, f.Why, truth)
		}
	}
}

// today is when scenarios are diagnosed: after what has expired in them has.
var today = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// diagnoseScenario gathers the evidence of a scenario as its actor, with the named
// actor as the reader, and finds what must not be shown in it.
func diagnoseScenario(t *testing.T, s lab.Scenario, by string, trip time.Duration, with ...func(*Config)) (diagnose.Evidence, time.Duration) {
	t.Helper()
	time.Sleep(time.Until(today)) // a bubble begins in the year 2000, before the lab's keys
	l := openLab(t, s.Name)
	client := &http.Client{Transport: inProcess{l.Handler(), trip}}
	config := func(name string) (aws.Config, lab.Credentials) {
		a := actor(t, l, s.Name, name)
		cfg := configFor("http://127.0.0.1", a.AccessKeyID, a.SecretAccessKey, a.SessionToken)
		cfg.HTTPClient = client
		return cfg, a
	}
	cfg, who := config(s.Entry().Actor)
	if region := s.Entry().Env["AWS_REGION"]; region != "" {
		cfg.Region = region
	}
	c := Config{AWS: cfg, S3Options: []func(*s3.Options){pathStyle}, Options: optionsOf(s.Entry().Args)}
	if by != "" && hasActor(l, s.Name, by) {
		reading, _ := config(by)
		c.Reader = &reading
	}
	at := target(s.Target)
	at.Kind = targetKind(at.Bucket)
	if s.Presign != "" {
		c.URL, at.Kind, at.Endpoint = s.Link("http://127.0.0.1"), diagnose.PresignedURL, "http://127.0.0.1"
		c.Options = presigned(t, c.URL)
	}
	for _, change := range with {
		change(&c)
	}
	start := time.Now()
	e := New(c).Gather(t.Context(), at, nil)
	took := time.Since(start)
	all := everything(t, e)
	for _, secret := range []string{who.SecretAccessKey, who.SessionToken, who.AccessKeyID} {
		if secret != "" && strings.Contains(all, secret) {
			t.Errorf("a secret of %s is shown", s.Name)
		}
	}
	return e, took
}

// presigned reads what the query of a presigned URL says of its lifetime.
func presigned(t *testing.T, link string) diagnose.Options {
	t.Helper()
	at, err := s3view.ParseURI(link)
	if err != nil || at.Presigned == nil {
		t.Fatalf("%q is no presigned URL: %v", link, err)
	}
	p := at.Presigned
	o := diagnose.Options{Presigned: true, PresignedAt: p.SignedAt, PresignedExpires: p.Expires, SignatureV2: p.Version2}
	if p.Version2 {
		o.PresignedAt = p.ExpiresAt
	}
	return o
}

func hasActor(l *lab.Lab, scenario, name string) bool {
	for _, s := range l.Card().Scenarios {
		for _, a := range s.Actors {
			if s.Name == scenario && a.Actor == name && a.AccessKeyID != "" {
				return true
			}
		}
	}
	return false
}

// orgWorld: lisa is in a group with a managed policy, under two levels of the
// organization; otto administers the organization.
const orgWorld = `
organization = {id = "o-s403labxyz", root = "r-l4b0", management = "top"}
[[unit]]
path = "Root"
[[unit]]
path = "Root/Work"
[[unit]]
path = "Root/Work/Deep"
[[account]]
name = "top"
id = "777788889999"
unit = "Root"
[[account]]
name = "deep"
id = "111122223333"
unit = "Root/Work/Deep"
[[policy]]
name = "aws/AdministratorAccess"
document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
[[policy]]
name = "deep/limits"
document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","s3:Get*","s3:List*"],"Resource":"*"}]}'
[[policy]]
name = "deep/reads"
document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","s3:*"],"Resource":"*"}]}'
[[control-policy]]
name = "NoObjects"
kind = "scp"
targets = ["Root/Work"]
document = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}]}'
[[group]]
name = "deep/readers"
policies = ["deep/reads"]
inline = {tags = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObjectTagging","Resource":"*"}]}'}
[[user]]
name = "deep/lisa"
groups = ["deep/readers"]
boundary = "deep/limits"
[[user]]
name = "top/otto"
policies = ["aws/AdministratorAccess"]
[[actor]]
name = "lisa"
user = "deep/lisa"
[[actor]]
name = "otto"
user = "top/otto"
[[bucket]]
name = "deep-data"
account = "deep"
region = "eu-west-1"
[[bucket.object]]
key = "k"
size = 1
`

// TestOrganization: groups, boundary and every level of a deep organization are
// read within the four round trips, also where a wrong clock cost the first.
func TestOrganization(t *testing.T) {
	for name, slow := range map[string]time.Duration{"right clock": 0, "wrong clock": time.Hour} {
		t.Run(name, func(t *testing.T) { organization(t, slow) })
	}
}

func organization(t *testing.T, slow time.Duration) {
	const trip = 80 * time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		l, err := lab.OpenFile("test", strings.NewReader(orgWorld))
		if err != nil {
			t.Fatal(err)
		}
		keys := map[string]lab.Credentials{}
		for _, s := range l.Card().Scenarios {
			for _, a := range s.Actors {
				keys[a.Actor] = a
			}
		}
		client := &http.Client{Transport: inProcess{l.Handler(), trip}}
		cfg := configFor("http://127.0.0.1", keys["lisa"].AccessKeyID, keys["lisa"].SecretAccessKey, "")
		reading := configFor("http://127.0.0.1", keys["otto"].AccessKeyID, keys["otto"].SecretAccessKey, "")
		cfg.HTTPClient, reading.HTTPClient = client, client
		start := time.Now()
		late := func() time.Time { return time.Now().Add(-slow) }
		e := New(Config{AWS: cfg, Reader: &reading, Now: late, S3Options: []func(*s3.Options){pathStyle}}).
			Gather(t.Context(), target("s3://deep-data/k"), nil)
		took := time.Since(start)
		if took > 4*trip+50*time.Millisecond {
			t.Errorf("it took %v, want at most four round trips of %v and 50 ms", took, trip)
		}
		var levels []string
		for _, level := range e.SCPs.Value {
			for _, p := range level.Policies {
				levels = append(levels, p.Name)
			}
		}
		if e.SCPs.State != diagnose.Known || len(e.SCPs.Value) != 4 || !strings.Contains(strings.Join(levels, " "), "NoObjects") {
			t.Errorf("SCPs are %v (%s): %d levels, %q", e.SCPs.State, e.SCPs.Note, len(e.SCPs.Value), levels)
		}
		var identity []string
		for _, p := range e.IdentityPolicies.Value {
			identity = append(identity, p.Name+" on "+p.Attached)
		}
		if e.IdentityPolicies.State != diagnose.Known || !slices.Equal(identity, []string{"tags on group readers", "reads on group readers"}) {
			t.Errorf("identity policies are %v: %q", e.IdentityPolicies.State, identity)
		}
		if e.Boundary.State != diagnose.Known || e.Boundary.Value.Name != "limits" {
			t.Errorf("the boundary is %v: %s", e.Boundary.State, e.Boundary.Note)
		}
		if e.RCPs.State != diagnose.Known {
			t.Errorf("RCPs are %v: %s", e.RCPs.State, e.RCPs.Note)
		}
	})
}

// optionsOf reads the flags of a scenario.
func optionsOf(args []string) (o diagnose.Options) {
	for i, a := range args {
		switch a {
		case "--no-sign-request":
			o.Unsigned = true
		case "--version-id":
			o.VersionID = args[i+1]
		case "--expected-bucket-owner":
			o.ExpectedOwner = args[i+1]
		case "--checksum-mode":
			o.ChecksumMode = true
		}
	}
	return o
}

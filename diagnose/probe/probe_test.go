package probe

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s403/diagnose"
	"s403/diagnose/lab"
)

// The secrets of the tests: none may ever come out again.
const (
	testSecret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00"
	testToken  = "IQoJb3JpZ2luX2VjEXAMPLETOKENabcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ=="
)

// configFor is a caller of the server at url, for all services.
func configFor(url, id, secret, token string) aws.Config {
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(url),
		Credentials: credentials.NewStaticCredentialsProvider(id, secret, token),
		HTTPClient:  &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
	}
}

func pathStyle(o *s3.Options) { o.UsePathStyle = true }

// startLab serves scenarios, or all when none is named.
func startLab(t *testing.T, names ...string) (*lab.Lab, string) {
	t.Helper()
	l := openLab(t, names...)
	server := httptest.NewServer(l.Handler())
	t.Cleanup(server.Close)
	return l, server.URL
}

func openLab(t *testing.T, names ...string) *lab.Lab {
	t.Helper()
	var scenarios []lab.Scenario
	for _, n := range names {
		s, err := lab.Find(n)
		if err != nil {
			t.Fatal(err)
		}
		scenarios = append(scenarios, s)
	}
	l, err := lab.New(scenarios)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// actor finds the keys of an actor of the lab.
func actor(t *testing.T, l *lab.Lab, scenario, name string) lab.Credentials {
	t.Helper()
	for _, s := range l.Card().Scenarios {
		for _, a := range s.Actors {
			if s.Name == scenario && a.Actor == name {
				return a
			}
		}
	}
	t.Fatalf("the lab has no actor %q in scenario %q", name, scenario)
	return lab.Credentials{}
}

func target(uri string) diagnose.Target {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(uri, "s3://"), "/")
	return diagnose.Target{Bucket: bucket, Key: key}
}

// TestMissingKey gathers the evidence of the commonest case, blind and with a reader.
func TestMissingKey(t *testing.T) {
	l, url := startLab(t, "missing-key")
	mia, audit := actor(t, l, "missing-key", "mia"), actor(t, l, "missing-key", "reader")
	const uri = "s3://acme-invoices/2026/q3/summary.csv"
	c := Config{AWS: configFor(url, mia.AccessKeyID, mia.SecretAccessKey, ""), S3Options: []func(*s3.Options){pathStyle}}
	blind := New(c).Gather(t.Context(), target(uri), nil)
	check := func(name string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
	check("head status", blind.Head.Value.Status, 403)
	check("get code", blind.Get.Value.Code, "AccessDenied")
	check("get names s3:ListBucket", strings.Contains(blind.Get.Value.Message, "s3:ListBucket"), true)
	check("caller", blind.Caller.Value.ARN, "arn:aws:iam::111122223333:user/mia")
	check("kind", blind.Caller.Value.Kind, diagnose.KindUser)
	check("listing", blind.Listing.State, diagnose.Denied)
	check("locked out", blind.Listing.Value.LockedOut, true)
	check("bucket policy", blind.BucketPolicy.State, diagnose.Denied)
	check("identity policies", blind.IdentityPolicies.State, diagnose.Known)
	check("documents", len(blind.IdentityPolicies.Value), 2)
	check("boundary", blind.Boundary.State, diagnose.Absent)
	check("simulation", blind.Simulation.Value.Decision, "allowed")
	check("done", blind.Done, true)
	check("store", blind.Store.Kind, diagnose.StoreAWS)

	reading := configFor(url, audit.AccessKeyID, audit.SecretAccessKey, "")
	c.Reader, c.ReaderProfile = &reading, "audit"
	seen := New(c).Gather(t.Context(), target(uri), nil)
	check("bucket policy", seen.BucketPolicy.State, diagnose.Absent)
	check("read by the reader", seen.BucketPolicy.Source.Reader, true)
	check("owner", seen.OwnerOfBucket.Value, "111122223333")
	check("listing", seen.Listing.State, diagnose.Known)
	check("found", seen.Listing.Value.Found, false)
	check("ownership", seen.Ownership.Value, "BucketOwnerEnforced")
	check("organization", seen.OrganizationID.State, diagnose.Known)
	for _, x := range seen.Exchanges {
		if x.Reader && (x.Operation == "HeadObject" || x.Operation == "GetObject") {
			t.Errorf("the reader's credentials were used for %s", x.Operation)
		}
	}
}

// TestNoLeaks: neither goroutines are left, nor after a cancelled run.
func TestNoLeaks(t *testing.T) {
	hang := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer server.Close()
	defer close(hang)
	cfg := configFor(server.URL, "AKIAIOSFODNN7EXAMPLE", testSecret, testToken)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	e := New(Config{AWS: cfg, Timeout: time.Hour, Total: time.Hour, S3Options: []func(*s3.Options){pathStyle}}).Gather(ctx, target("s3://b/k"), nil)
	if e.Head.State != diagnose.Failed || !e.Done {
		t.Errorf("head is %v (%+v), done %v; want failed, true", e.Head.State, e.Head.Source, e.Done)
	}
	// The goroutine that sent the last answer may still be on its way out.
	for end := time.Now().Add(20 * time.Second); ours() != "" && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if left := ours(); left != "" {
		t.Errorf("goroutines are left behind:\n%s", left)
	}
}

// ours are the stacks of goroutines that the probes started.
func ours() string {
	buf := make([]byte, 1<<20)
	var left []string
	for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.Contains(g, "diagnose/probe.(*run)") || strings.Contains(g, "diagnose/probe.parallel") {
			left = append(left, g)
		}
	}
	return strings.Join(left, "\n\n")
}

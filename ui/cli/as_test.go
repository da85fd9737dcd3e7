package cli

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"s403/diagnose/lab"
)

// asCases are requests of principals who cannot be asked. The person who asks is
// audit, of the bucket's account; reader is who else may read.
var asCases = []struct {
	name, as, key, reader string
	cause, confidence     string
	code                  int
}{
	{"a user without policies", "arn:aws:iam::111122223333:user/bare", "open/q3.csv", "control", "identity-no-allow", "computed", exitDenied},
	{"a role with a path, inline policy", "arn:aws:iam::111122223333:role/pipelines/crawler", "open/q3.csv", "control", "identity-wrong-resource", "computed", exitDenied},
	{"a session of that role, whose ARN has lost the path", "arn:aws:sts::111122223333:assumed-role/crawler/run-17", "open/q3.csv", "control", "identity-wrong-resource", "computed", exitDenied},
	{"a Deny in the bucket policy", "arn:aws:iam::111122223333:user/grouped", "closed/q3.csv", "control", "bucket-policy-explicit-deny", "computed", exitDenied},
	{"a Deny of the organization", "arn:aws:iam::111122223333:user/grouped", "secret/q3.csv", "control", "scp-explicit-deny", "computed", exitDenied},
	{"no Allow of the organization", "arn:aws:iam::222233334444:user/olaf", "open/q3.csv", "control", "scp-no-allow", "computed", exitDenied},
	{"a boundary without an Allow", "arn:aws:iam::111122223333:user/bounded", "open/q3.csv", "control", "boundary-no-allow", "computed", exitDenied},
	{"a Deny in the boundary of a role", "arn:aws:iam::111122223333:role/pipelines/nightly/etl", "open/q3.csv", "control", "boundary-explicit-deny", "computed", exitDenied},
	{"a caller from another account", "arn:aws:iam::555566667777:user/dora", "open/q3.csv", "", "bucket-policy-no-allow", "computed", exitDenied},
	{"allowed by a group's managed policy", "arn:aws:iam::111122223333:user/grouped", "open/q3.csv", "control", "allowed", "computed", exitOK},
	{"allowed to a role", "arn:aws:iam::111122223333:role/viewer", "open/q3.csv", "control", "allowed", "computed", exitOK},
	{"a session may carry a policy that nobody can read", "arn:aws:sts::111122223333:assumed-role/viewer/s", "open/q3.csv", "control", "undetermined", "guess", exitFailed},
	{"the organization was not read", "arn:aws:iam::111122223333:user/grouped", "open/q3.csv", "", "undetermined", "guess", exitFailed},
	{"nobody by that name", "arn:aws:iam::111122223333:user/ghost", "open/q3.csv", "control", "undetermined", "guess", exitFailed},
}

// TestAs runs the command for principals whose credentials nobody has: policies
// alone decide, everything live is not asked, and no request goes out that the
// principal would have made.
func TestAs(t *testing.T) {
	l, endpoint, sent := serveAs(t)
	for _, c := range asCases {
		t.Run(c.name, func(t *testing.T) {
			isolate(t, actorKeys(t, l, "audit"))
			t.Setenv("AWS_ENDPOINT_URL", endpoint)
			t.Setenv("AWS_REGION", "us-east-1") // not the bucket's: it is followed without a HEAD
			if c.reader != "" {
				by := actorKeys(t, l, c.reader)
				t.Setenv("S403_READER_ACCESS_KEY_ID", by.AccessKeyID)
				t.Setenv("S403_READER_SECRET_ACCESS_KEY", by.SecretAccessKey)
			}
			sent.clear()
			code, out, stderr := runWhy(t, "--as", c.as, "--output", "json", "s3://acme-reports/"+c.key)
			var r whyJSON
			if err := json.Unmarshal([]byte(out), &r); err != nil {
				t.Fatalf("%v: %s%s", err, out, stderr)
			}
			if code != c.code || r.Verdict.Cause != c.cause || r.Verdict.Confidence != c.confidence {
				t.Errorf("exit %d, %s (%s); want %d, %s (%s): %s%s", code, r.Verdict.Cause, r.Verdict.Confidence, c.code, c.cause, c.confidence, r.Verdict.Summary, stderr)
			}
			if r.Caller.ARN != c.as || r.Outcome.Status != 0 {
				t.Errorf("the caller is %s, the status %d; want %s and none", r.Caller.ARN, r.Outcome.Status, c.as)
			}
			confirmedAlone(t, r, c.cause)
			sent.onlyReads(t, c.key)
		})
	}
}

// confirmedAlone fails for a confirmed cause that is not the verdict.
func confirmedAlone(t *testing.T, r whyJSON, cause string) {
	t.Helper()
	for _, c := range r.Causes {
		if c.State == "confirmed" && c.ID != cause {
			t.Errorf("%s is confirmed, and the cause is %s", c.ID, cause)
		}
	}
}

// sentRequests keeps the method and URL of what reached the lab.
type sentRequests struct {
	mu  sync.Mutex
	all []string
}

func (s *sentRequests) clear() { s.mu.Lock(); s.all = nil; s.mu.Unlock() }

// onlyReads fails for a HEAD and for every read of the object itself.
func (s *sentRequests) onlyReads(t *testing.T, key string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) == 0 {
		t.Error("nothing was asked at all")
	}
	for _, line := range s.all {
		object := strings.HasSuffix(line, "/"+key) // without ?acl or ?tagging
		if strings.HasPrefix(line, "HEAD ") || strings.HasPrefix(line, "GET ") && object {
			t.Errorf("%s was sent, though nobody can ask as another principal", line)
		}
	}
}

// serveAs serves the world of testdata/as.toml.
func serveAs(t *testing.T) (*lab.Lab, string, *sentRequests) {
	t.Helper()
	file, err := os.Open("testdata/as.toml")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	l, err := lab.OpenFile("as", file)
	if err != nil {
		t.Fatal(err)
	}
	sent := &sentRequests{}
	inner := l.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent.mu.Lock()
		sent.all = append(sent.all, r.Method+" "+r.URL.RequestURI())
		sent.mu.Unlock()
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return l, server.URL, sent
}

// actorKeys finds the keys of an actor of a world without scenarios.
func actorKeys(t *testing.T, l *lab.Lab, name string) aws.Credentials {
	t.Helper()
	for _, s := range l.Card().Scenarios {
		for _, a := range s.Actors {
			if a.Actor == name {
				return aws.Credentials{AccessKeyID: a.AccessKeyID, SecretAccessKey: a.SecretAccessKey, SessionToken: a.SessionToken}
			}
		}
	}
	t.Fatalf("the world has no actor %s", name)
	return aws.Credentials{}
}

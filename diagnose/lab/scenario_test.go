package lab

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

// served starts a lab of all scenarios for one test.
func served(t *testing.T) (*Lab, string) {
	t.Helper()
	l, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(l.Handler())
	t.Cleanup(server.Close)
	l.endpoint.Store(&server.URL)
	return l, server.URL
}

// asked is how a scenario's request is made, before or after the mend.
type asked struct {
	actor, target, presign string
	args                   []string
	env                    map[string]string
}

func (s Scenario) first() asked {
	return asked{s.Actor, s.Target, s.Presign, s.Args, s.Environment()}
}

// arg is the value behind a flag.
func (a asked) arg(flag string) *string {
	if i := slices.Index(a.args, flag); i >= 0 && i+1 < len(a.args) {
		return &a.args[i+1]
	}
	return nil
}

// client is an S3 client of the actor, without the SDK's own mending of clocks.
func (a asked) client(t *testing.T, l *Lab, s Scenario, endpoint string) *s3.Client {
	t.Helper()
	options := s3.Options{
		BaseEndpoint: &endpoint, Region: a.env["AWS_REGION"], UsePathStyle: true, RetryMaxAttempts: 1,
		DisableS3ExpressSessionAuth: aws.Bool(true), Credentials: aws.AnonymousCredentials{},
	}
	for _, held := range l.ActorsOf(s) {
		if held.Actor == a.actor && held.AccessKeyID != "" && !slices.Contains(a.args, "--no-sign-request") {
			options.Credentials = credentials.NewStaticCredentialsProvider(held.AccessKeyID, held.SecretAccessKey, held.SessionToken)
		}
	}
	return s3.New(options)
}

// outcome is a status and a code; status 0 is no answer.
type outcome struct {
	status        int
	code, message string
}

func outcomeOf(err error) outcome {
	if err == nil {
		return outcome{status: 200}
	}
	var o outcome
	var re *awshttp.ResponseError
	if errors.As(err, &re) {
		o.status = re.HTTPStatusCode()
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		o.code, o.message = api.ErrorCode(), api.ErrorMessage()
	}
	return o
}

// make sends the scenario's HEAD and the GET of its first byte.
func (a asked) make(t *testing.T, l *Lab, s Scenario, endpoint string) (head, get outcome) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if a.presign != "" && a.presign != "none" {
		return plainOutcome(t, http.MethodHead, s.Link(endpoint)), plainOutcome(t, http.MethodGet, s.Link(endpoint))
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(a.target, "s3://"), "/")
	c := a.client(t, l, s, endpoint)
	in := &s3.HeadObjectInput{Bucket: &bucket, Key: &key, VersionId: a.arg("--version-id"), ExpectedBucketOwner: a.arg("--expected-bucket-owner")}
	if p := a.arg("--request-payer"); p != nil {
		in.RequestPayer = "requester"
	}
	if p := a.arg("--checksum-mode"); p != nil {
		in.ChecksumMode = "ENABLED"
	}
	_, err := c.HeadObject(ctx, in)
	head = outcomeOf(err)
	out, err := c.GetObject(ctx, &s3.GetObjectInput{
		Bucket: &bucket, Key: &key, Range: aws.String("bytes=0-0"), VersionId: in.VersionId,
		ExpectedBucketOwner: in.ExpectedBucketOwner, RequestPayer: in.RequestPayer,
	})
	if err == nil {
		_, _ = io.Copy(io.Discard, out.Body)
		_ = out.Body.Close()
	}
	return head, outcomeOf(err)
}

func plainOutcome(t *testing.T, method, url string) outcome {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return outcome{}
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(response.Body)
	if response.StatusCode < 300 {
		return outcome{status: 200}
	}
	o := outcome{status: response.StatusCode, code: between(string(body), "<Code>", "</Code>"), message: between(string(body), "<Message>", "</Message>")}
	return o
}

func between(s, before, after string) string {
	_, s, _ = strings.Cut(s, before)
	s, _, _ = strings.Cut(s, after)
	return s
}

// TestEmbedded holds that every file that the program carries can be read, that
// names are the files', and that every scenario is whole.
func TestEmbedded(t *testing.T) {
	names, err := files.ReadDir("scenarios")
	if err != nil {
		t.Fatal(err)
	}
	all := Scenarios()
	if len(all) != len(names) {
		t.Errorf("%d of %d scenario files were read", len(all), len(names))
	}
	for _, n := range names {
		text, err := files.ReadFile("scenarios/" + n.Name())
		if err != nil {
			t.Fatal(err)
		}
		s, err := ParseScenario(n.Name(), text)
		if err != nil {
			t.Error(err)
			continue
		}
		if s.Name+".toml" != n.Name() || s.Title == "" || s.Story == "" || s.Fix == "" {
			t.Errorf("%s: name %q, title %q, story or fix is missing", n.Name(), s.Name, s.Title)
		}
		if len(s.Mend) == 0 && !s.AsksOtherwise() {
			t.Errorf("%s: neither mend nor retry: nothing would mend it", n.Name())
		}
	}
}

// catalogue are the causes that a server can show: all of the contract's.
var catalogue = strings.Fields(`identity-no-allow identity-wrong-resource identity-wrong-action identity-condition-unmet
	identity-explicit-deny bucket-policy-explicit-deny bucket-policy-no-allow scp-no-allow scp-explicit-deny rcp-explicit-deny
	boundary-no-allow boundary-explicit-deny session-no-allow session-explicit-deny vpce-no-allow vpce-explicit-deny
	access-point-policy restrict-public-buckets ignore-public-acls object-ownership object-acl missing-key version-permission
	expected-owner-mismatch bucket-not-yours anonymous requester-pays directory-bucket-session kms-permission kms-key-state
	sse-c-key archived invalid-access-key missing-session-token signature-mismatch clock-skew expired-credentials invalid-token
	presigned-expired signature-version region-mismatch account-problem website-endpoint proxy-interference no-such-key
	no-such-bucket delete-marker throttled network`)

// TestCatalogue holds that every cause has a scenario of its name, and that
// lessons are numbered without gaps.
func TestCatalogue(t *testing.T) {
	lessons := map[int]string{}
	for _, s := range Scenarios() {
		if !slices.Contains(catalogue, s.Cause) {
			t.Errorf("%s: %q is no cause", s.Name, s.Cause)
		}
		for _, b := range s.Behind {
			if !slices.Contains(catalogue, b.Cause) || b.After < 0 || b.After > len(s.Mend) {
				t.Errorf("%s: behind it waits %q after %d of %d mends", s.Name, b.Cause, b.After, len(s.Mend))
			}
		}
		if s.Lesson != 0 && lessons[s.Lesson] != "" {
			t.Errorf("%s and %s are both lesson %d", s.Name, lessons[s.Lesson], s.Lesson)
		}
		lessons[s.Lesson] = s.Name
	}
	for _, cause := range catalogue {
		if s, err := Find(cause); err != nil || s.Cause != cause {
			t.Errorf("no scenario shows %q (%v)", cause, err)
		}
	}
	for i := 1; i < len(lessons); i++ {
		if lessons[i] == "" {
			t.Errorf("there is no lesson %d", i)
		}
	}
}

// TestLimits holds that what is said to be shown by a stand-in has a scenario.
func TestLimits(t *testing.T) {
	for _, l := range Limits() {
		if l.What == "" || l.Why == "" {
			t.Errorf("%+v is not whole", l)
		}
		for _, cause := range l.Causes {
			if _, err := Find(cause); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestMends holds that each scenario's mend lets the request through, and that
// Reset brings the refusal back.
func TestMends(t *testing.T) {
	l, endpoint := served(t)
	for _, s := range l.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			for _, m := range s.Mend {
				if err := l.Change(m); err != nil {
					t.Fatal(err)
				}
			}
			head, get := s.Again().first().make(t, l, s, endpoint)
			if head.status != 200 || get.status != 200 {
				t.Errorf("after the mend HEAD answers %v, GET %v, want 200", head, get)
			}
		})
	}
	if err := l.Reset(); err != nil {
		t.Fatal(err)
	}
	for _, s := range l.Scenarios() {
		if _, get := s.first().make(t, l, s, endpoint); get.status == 200 && s.Cause != "proxy-interference" && s.Cause != "clock-skew" {
			t.Errorf("%s: Reset did not bring the refusal back", s.Name)
		}
	}
}

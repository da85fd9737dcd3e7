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

func (s Scenario) again() asked {
	a := s.first()
	r := s.Retry
	if r.Actor != "" {
		a.actor = r.Actor
	}
	if r.Target != "" {
		a.target = r.Target
	}
	if r.Presign != "" {
		a.presign = r.Presign
	}
	if r.Args != nil || r.NoArgs {
		a.args = r.Args
	}
	for k, v := range r.Env {
		a.env[k] = v
	}
	return a
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

// TestScenariosRefuse goes through every scenario as its actor: HEAD and GET
// are answered as the documentation has it for the cause, and the mend opens
// the way.
func TestScenariosRefuse(t *testing.T) {
	l, endpoint := served(t)
	for _, s := range l.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			head, get := s.first().make(t, l, s, endpoint)
			t.Logf("%-30s HEAD %d %-18s GET %d %s: %s", s.Name, head.status, head.code, get.status, get.code, get.message)
		})
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
			head, get := s.again().make(t, l, s, endpoint)
			if head.status != 200 || get.status != 200 {
				t.Errorf("after the mend HEAD answers %+v, GET %+v, want 200", head, get)
			}
		})
	}
}

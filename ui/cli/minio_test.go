package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"s403/s3view"
)

const (
	minioRoot   = "minio-root"
	minioSecret = "minio-root-secret-0123456789"
)

// clerkPolicy reads what is public, and misses the object that is asked for.
const clerkPolicy = `{"Version":"2012-10-17","Statement":[
 {"Effect":"Allow","Action":["s3:ListBucket","s3:GetBucketLocation"],"Resource":"arn:aws:s3:::reports"},
 {"Effect":"Allow","Action":["s3:GetObject"],"Resource":"arn:aws:s3:::reports/public/*"}]}`

// startMinIO serves an empty store on a free loopback port until the test ends.
func startMinIO(t *testing.T) (endpoint string) {
	t.Helper()
	binary := serverBinary(t, "minio", "S403_MINIO", "github.com/minio/minio@latest")
	return startServer(t, "/minio/health/live", func(ctx context.Context, address string) *exec.Cmd {
		server := exec.CommandContext(ctx, binary, "server", t.TempDir(), "--address", address, "--console-address", freeAddress(t))
		server.Env = append(os.Environ(), "MINIO_ROOT_USER="+minioRoot, "MINIO_ROOT_PASSWORD="+minioSecret, "MINIO_UPDATE=off", "HOME="+t.TempDir())
		return server
	})
}

// furnish puts the bucket and its objects there and returns the keys of a clerk,
// whose policy MinIO's own STS attaches.
func furnish(t *testing.T, endpoint string) aws.Credentials {
	t.Helper()
	ctx := t.Context()
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider(minioRoot, minioSecret, ""),
	}
	store := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	if _, err := store.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("reports")}); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"public/readme.txt", "payroll/2026.csv"} {
		if _, err := store.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("reports"), Key: &key, Body: strings.NewReader("hello")}); err != nil {
			t.Fatal(err)
		}
	}
	out, err := sts.NewFromConfig(cfg).AssumeRole(ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:minio:iam:::role/clerk"), RoleSessionName: aws.String("clerk"), Policy: aws.String(clerkPolicy),
	})
	if err != nil {
		t.Fatal(err)
	}
	return aws.Credentials{
		AccessKeyID: *out.Credentials.AccessKeyId, SecretAccessKey: *out.Credentials.SecretAccessKey, SessionToken: *out.Credentials.SessionToken,
	}
}

// TestMinIO is the whole thread on a server that is not ours: browse, be
// refused, and be told why, with nothing asked of AWS.
func TestMinIO(t *testing.T) {
	endpoint := startMinIO(t)
	clerk := furnish(t, endpoint)
	isolate(t, clerk)
	t.Run("browse", func(t *testing.T) { browseMinIO(t, endpoint) })
	t.Run("refused", func(t *testing.T) { refusedByMinIO(t, endpoint, clerk) })
	t.Run("allowed", func(t *testing.T) {
		if code, out, stderr := runWhy(t, "s3://reports/public/readme.txt", "--endpoint-url", endpoint); code != exitOK {
			t.Errorf("exit %d, want 0:\n%s%s", code, out, stderr)
		}
	})
	t.Run("no such key", func(t *testing.T) {
		if code, out, stderr := runWhy(t, "s3://reports/public/none.txt", "--endpoint-url", endpoint); code != exitAbsent {
			t.Errorf("exit %d, want 4:\n%s%s", code, out, stderr)
		}
	})
}

// isolate keeps the machine's own AWS configuration out of a test.
func isolate(t *testing.T, c aws.Credentials) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": c.AccessKeyID, "AWS_SECRET_ACCESS_KEY": c.SecretAccessKey, "AWS_SESSION_TOKEN": c.SessionToken,
		"AWS_REGION": "us-east-1", "AWS_PROFILE": "", "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": "",
		"S403_READER_ACCESS_KEY_ID": "", "S403_READER_SECRET_ACCESS_KEY": "", "S403_READER_SESSION_TOKEN": "",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
}

func browseMinIO(t *testing.T, endpoint string) {
	s, err := s3view.Connect(t.Context(), s3view.Options{EndpointURL: endpoint})
	if err != nil {
		t.Fatal(err)
	}
	at, err := s3view.ParseURI("s3://reports/payroll/")
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.Store().ListPage(t.Context(), s3view.Listing{At: at})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%+v", page); !strings.Contains(got, "payroll/2026.csv") {
		t.Errorf("the listing does not show the key: %s", got)
	}
	stepThrough(t, s.Store(), s3view.Location{Bucket: "reports"})
	_, err = s.Store().Head(t.Context(), at.At("payroll/2026.csv"))
	if e := s3view.AsError(err); e == nil || !e.Denied() {
		t.Errorf("head is answered with %v, want a refusal", err)
	}
}

// stepThrough lists one level an entry at a time, each after the one before and
// without a token, as the explorer goes on after a walk that was stopped.
func stepThrough(t *testing.T, store *s3view.Store, at s3view.Location) {
	t.Helper()
	all, err := store.ListPage(t.Context(), s3view.Listing{At: at})
	if err != nil || len(all.Entries) == 0 {
		t.Fatalf("%d entries, %v", len(all.Entries), err)
	}
	after := ""
	for i := 0; i <= len(all.Entries); i++ {
		page, err := store.ListPage(t.Context(), s3view.Listing{At: at, StartAfter: after, Max: 1})
		switch {
		case err != nil:
			t.Fatal(err)
		case i == len(all.Entries) && len(page.Entries) == 0:
		case i == len(all.Entries) || len(page.Entries) != 1 || page.Entries[0].Key != all.Entries[i].Key:
			t.Fatalf("after %q: %v, want entry %d of %v", after, page.Entries, i, all.Entries)
		default:
			after = page.Entries[0].Key
		}
	}
}

// whyJSON is what the test reads of the contract's object.
type whyJSON struct {
	Verdict struct{ Cause, Confidence, Summary string }
	Caller  struct{ ARN, Kind string }
	Causes  []struct{ ID, State string }
	Store   string
	Outcome struct {
		Operation string
		Status    int
	}
	Exchanges []struct{ Operation, Service string }
}

func refusedByMinIO(t *testing.T, endpoint string, clerk aws.Credentials) {
	code, out, stderr := runWhy(t, "s3://reports/payroll/2026.csv", "--endpoint-url", endpoint, "--output", "json")
	if code != exitDenied {
		t.Fatalf("exit %d, want 3:\n%s%s", code, out, stderr)
	}
	var r whyJSON
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	t.Logf("verdict %s (%s) at %s", r.Verdict.Cause, r.Verdict.Confidence, r.Store)
	if r.Verdict.Cause != "identity-no-allow" {
		t.Errorf("verdict %s, want identity-no-allow: no policy of the clerk allows the object", r.Verdict.Cause)
	}
	if r.Store != "MinIO" || r.Outcome.Status != 403 {
		t.Errorf("store %q, status %d; want MinIO, 403", r.Store, r.Outcome.Status)
	}
	checkOwnStore(t, r)
	for _, secret := range []string{clerk.SecretAccessKey, clerk.SessionToken, clerk.AccessKeyID} {
		if strings.Contains(out+stderr, secret) {
			t.Errorf("the output holds a secret")
		}
	}
}

// checkOwnStore: a store that is not AWS is asked for S3 alone, and has no causes
// that only AWS has.
func checkOwnStore(t *testing.T, r whyJSON) {
	t.Helper()
	for _, x := range r.Exchanges {
		if x.Service != "s3" {
			t.Errorf("%s was asked of %s, which this store does not have", x.Operation, x.Service)
		}
	}
	for _, c := range r.Causes {
		switch c.ID {
		case "scp-no-allow", "scp-explicit-deny", "rcp-explicit-deny", "boundary-no-allow", "session-no-allow", "vpce-no-allow", "restrict-public-buckets", "requester-pays":
			if c.State != "not-applicable" {
				t.Errorf("%s is %s; only AWS has it", c.ID, c.State)
			}
		}
	}
}

// runWhy runs the command as a person would and returns its exit code and output.
func runWhy(t *testing.T, args ...string) (code int, out, stderr string) {
	t.Helper()
	var o, e bytes.Buffer
	code = RunOn(t.Context(), append([]string{"why"}, args...), Streams{In: strings.NewReader(""), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

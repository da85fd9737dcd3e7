package cli

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const (
	versityRoot   = "versity-root"
	versitySecret = "versity-root-secret-0123456789"
)

// sealsPayroll lets the clerk read the bucket, but not its payroll. The gateway
// names its users by their access key id.
const sealsPayroll = `{"Version":"2012-10-17","Statement":[
 {"Effect":"Allow","Principal":"versity-clerk","Action":["s3:ListBucket","s3:GetObject"],"Resource":["arn:aws:s3:::reports","arn:aws:s3:::reports/*"]},
 {"Sid":"Payroll","Effect":"Deny","Principal":"versity-clerk","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/payroll/*"}]}`

// startVersity serves an empty directory as S3 until the test ends. Attributes
// are kept in files of their own, for not every file system has them.
func startVersity(t *testing.T) (endpoint, binary string) {
	t.Helper()
	binary = serverBinary(t, "versitygw", "S403_VERSITYGW", "github.com/versity/versitygw/cmd/versitygw@latest")
	return startServer(t, "/health", func(ctx context.Context, address string) *exec.Cmd {
		server := exec.CommandContext(ctx, binary, "--port", address, "--iam-dir", t.TempDir(), "--health", "/health", "--quiet",
			"posix", "--sidecar", t.TempDir(), t.TempDir())
		server.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+versityRoot, "ROOT_SECRET_KEY="+versitySecret)
		return server
	}), binary
}

// furnishVersity puts the bucket, its objects and its policy there, and returns
// the keys of the clerk whom the policy refuses.
func furnishVersity(t *testing.T, endpoint, binary string) aws.Credentials {
	t.Helper()
	clerk := aws.Credentials{AccessKeyID: "versity-clerk", SecretAccessKey: "versity-clerk-secret-0123456789"}
	if out, err := exec.CommandContext(t.Context(), binary, "admin", "--access", versityRoot, "--secret", versitySecret, "--endpoint-url", endpoint,
		"create-user", "--access", clerk.AccessKeyID, "--secret", clerk.SecretAccessKey, "--role", "user").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	store := s3.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider(versityRoot, versitySecret, ""),
	}, func(o *s3.Options) { o.UsePathStyle = true })
	if _, err := store.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("reports")}); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"public/readme.txt", "payroll/2026.csv"} {
		if _, err := store.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("reports"), Key: &key, Body: strings.NewReader("hello")}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("reports"), Policy: aws.String(sealsPayroll)}); err != nil {
		t.Fatal(err)
	}
	return clerk
}

// TestVersityGW: a gateway that borrows AWS's sentence for its refusals is still
// not AWS. Nothing of AWS is asked or spoken of, and the sentence counts.
func TestVersityGW(t *testing.T) {
	endpoint, binary := startVersity(t)
	clerk := furnishVersity(t, endpoint, binary)
	isolate(t, clerk)
	t.Run("refused", func(t *testing.T) { refusedByVersity(t, endpoint, clerk) })
	t.Run("in words", func(t *testing.T) {
		code, out, stderr := runWhy(t, "s3://reports/payroll/2026.csv", "--endpoint-url", endpoint)
		if code != exitDenied {
			t.Fatalf("exit %d, want 3:\n%s%s", code, out, stderr)
		}
		for _, foreign := range []string{"RestrictPublicBuckets", "service control policies were not", "administrator of the organization", "MinIO"} {
			if strings.Contains(out, foreign) {
				t.Errorf("%q is no talk for this store:\n%s", foreign, out)
			}
		}
	})
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

func refusedByVersity(t *testing.T, endpoint string, clerk aws.Credentials) {
	code, out, stderr := runWhy(t, "s3://reports/payroll/2026.csv", "--endpoint-url", endpoint, "--output", "json")
	if code != exitDenied {
		t.Fatalf("exit %d, want 3:\n%s%s", code, out, stderr)
	}
	var r whyJSON
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Verdict.Cause != "bucket-policy-explicit-deny" || r.Verdict.Confidence != "reported" {
		t.Errorf("verdict %s (%s), want bucket-policy-explicit-deny (reported)", r.Verdict.Cause, r.Verdict.Confidence)
	}
	if r.Store != "Versity S3 Gateway" || r.Outcome.Status != 403 {
		t.Errorf("store %q, status %d; want Versity S3 Gateway, 403", r.Store, r.Outcome.Status)
	}
	checkOwnStore(t, r)
	for _, secret := range []string{clerk.SecretAccessKey, versitySecret} {
		if strings.Contains(out+stderr, secret) {
			t.Errorf("the output holds a secret")
		}
	}
}

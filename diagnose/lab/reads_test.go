package lab

import (
	"context"
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// readsWorld has a bucket without any setting, one with a lock, and somebody who
// may do nothing.
const readsWorld = testWorld + `
[[bucket.object]]
key = "there"
[[user]]
name = "main/nobody"
[[actor]]
name = "nobody"
user = "main/nobody"
[[bucket]]
name = "locked"
account = "main"
region = "eu-west-1"
versioning = "Enabled"
object-lock = true
[[bucket.object]]
key = "kept"
version = "v1"
legal-hold = true
[[bucket.object]]
key = "governed"
version = "v2"
retention = { mode = "GOVERNANCE", until = "2090-01-01T00:00:00Z" }
[[bucket.object]]
key = "compliant"
version = "v3"
retention = { mode = "COMPLIANCE", until = "2090-01-01T00:00:00Z" }
[[bucket.object]]
key = "over"
version = "v4"
retention = { mode = "COMPLIANCE", until = "2020-01-01T00:00:00Z" }
[[bucket.object]]
key = "free"
version = "v5"
[[user]]
name = "main/plainreader"
inline = { p = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:GetObject","s3:DeleteObjectVersion"],"Resource":"*"}}' }
[[actor]]
name = "plainreader"
user = "main/plainreader"
`

// get asks for a path, signed, and tells how it was answered.
func get(t *testing.T, endpoint, path string, held Credentials) (status int, code, message string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, endpoint+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Content-Sha256", sha(""))
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	keys := aws.Credentials{AccessKeyID: held.AccessKeyID, SecretAccessKey: held.SecretAccessKey}
	if err := signer.SignHTTP(context.Background(), keys, r, sha(""), "s3", "eu-west-1", time.Now()); err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var said struct{ Code, Message string }
	_ = xml.Unmarshal(body, &said) // some answers are no XML
	return answer.StatusCode, said.Code, said.Message
}

// TestReads holds for every read of a setting which IAM action it needs (the
// Service Authorization Reference), and what S3 answers where nothing is set
// (the API Reference's pages of each).
func TestReads(t *testing.T) {
	l, endpoint := opened(t, readsWorld)
	for _, c := range []struct{ path, action, code string }{
		{"/plain?acl", "s3:GetBucketAcl", ""},
		{"/plain?abac", "s3:GetBucketAbac", ""},
		{"/plain?accelerate", "s3:GetAccelerateConfiguration", ""},
		{"/plain?analytics", "s3:GetAnalyticsConfiguration", ""},
		{"/plain?analytics&id=a", "s3:GetAnalyticsConfiguration", "NoSuchConfiguration"},
		{"/plain?cors", "s3:GetBucketCORS", "NoSuchCORSConfiguration"},
		{"/plain?encryption", "s3:GetEncryptionConfiguration", ""},
		{"/plain?intelligent-tiering", "s3:GetIntelligentTieringConfiguration", ""},
		{"/plain?inventory", "s3:GetInventoryConfiguration", ""},
		{"/plain?lifecycle", "s3:GetLifecycleConfiguration", "NoSuchLifecycleConfiguration"},
		{"/plain?location", "s3:GetBucketLocation", ""},
		{"/plain?logging", "s3:GetBucketLogging", ""},
		{"/plain?metrics", "s3:GetMetricsConfiguration", ""},
		{"/plain?notification", "s3:GetBucketNotification", ""},
		{"/plain?object-lock", "s3:GetBucketObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"},
		{"/locked?object-lock", "s3:GetBucketObjectLockConfiguration", ""},
		{"/plain?ownershipControls", "s3:GetBucketOwnershipControls", ""},
		{"/plain?policy", "s3:GetBucketPolicy", "NoSuchBucketPolicy"},
		{"/plain?policyStatus", "s3:GetBucketPolicyStatus", "NoSuchBucketPolicy"},
		{"/plain?publicAccessBlock", "s3:GetBucketPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"},
		{"/plain?replication", "s3:GetReplicationConfiguration", "ReplicationConfigurationNotFoundError"},
		{"/plain?requestPayment", "s3:GetBucketRequestPayment", ""},
		{"/plain?tagging", "s3:GetBucketTagging", "NoSuchTagSet"},
		{"/plain?uploads", "s3:ListBucketMultipartUploads", ""},
		{"/plain?versioning", "s3:GetBucketVersioning", ""},
		{"/plain?versions", "s3:ListBucketVersions", ""},
		{"/plain?website", "s3:GetBucketWebsite", "NoSuchWebsiteConfiguration"},
		{"/dotted.name/k?acl", "s3:GetObjectAcl", ""},
		{"/dotted.name/k?tagging", "s3:GetObjectTagging", ""},
		{"/dotted.name/k?retention", "s3:GetObjectRetention", "InvalidRequest"},
		{"/dotted.name/k?legal-hold", "s3:GetObjectLegalHold", "InvalidRequest"},
		{"/locked/free?retention", "s3:GetObjectRetention", "NoSuchObjectLockConfiguration"},
		{"/locked/free?legal-hold", "s3:GetObjectLegalHold", "NoSuchObjectLockConfiguration"},
		{"/locked/governed?retention&versionId=v2", "s3:GetObjectRetention", ""},
		{"/locked/kept?legal-hold", "s3:GetObjectLegalHold", ""},
	} {
		status, code, _ := get(t, endpoint, c.path, heldBy(t, l, "main/admin"))
		if code != c.code || (status == http.StatusOK) != (c.code == "") {
			t.Errorf("%s: %d %q, want %q", c.path, status, code, c.code)
		}
		status, _, said := get(t, endpoint, c.path, heldBy(t, l, "nobody"))
		if status != http.StatusForbidden || !strings.Contains(said, "not authorized to perform: "+c.action+" on") {
			t.Errorf("%s by nobody: %d %q, want a refusal of %s", c.path, status, said, c.action)
		}
	}
}

// TestObjectLock holds that a locked version stays, until its time is over or who
// may bypass GOVERNANCE says that she does.
func TestObjectLock(t *testing.T) {
	ctx := context.Background()
	l, endpoint := opened(t, readsWorld)
	admin, reader := clientOf(heldBy(t, l, "main/admin"), endpoint), clientOf(heldBy(t, l, "plainreader"), endpoint)
	in := &s3.HeadObjectInput{Bucket: aws.String("locked"), Key: aws.String("governed")}
	head, err := admin.HeadObject(ctx, in)
	if err != nil || head.ObjectLockMode != "GOVERNANCE" || head.ObjectLockRetainUntilDate == nil || head.ObjectLockRetainUntilDate.Year() != 2090 {
		t.Errorf("head of a governed object: %v, %v", head, err)
	}
	if head, err = reader.HeadObject(ctx, in); err != nil || head.ObjectLockMode != "" {
		t.Errorf("head by who may not read the lock: %v, %v", head, err)
	}
	for _, c := range []struct {
		c            *s3.Client
		key, version string
		bypass, gone bool
	}{
		{admin, "kept", "v1", true, false},
		{admin, "governed", "v2", false, false},
		{reader, "governed", "v2", true, false},
		{admin, "governed", "v2", true, true},
		{admin, "compliant", "v3", true, false},
		{reader, "over", "v4", false, true},
		{reader, "free", "v5", false, true},
		{admin, "kept", "", false, true}, // a delete marker hides it, and keeps it
	} {
		in := &s3.DeleteObjectInput{Bucket: aws.String("locked"), Key: &c.key, BypassGovernanceRetention: aws.Bool(c.bypass)}
		if c.version != "" {
			in.VersionId = &c.version
		}
		_, err := c.c.DeleteObject(ctx, in)
		if (err == nil) != c.gone || err != nil && !strings.Contains(err.Error(), "object protected by object lock") {
			t.Errorf("delete %+v: %v", c, err)
		}
	}
}

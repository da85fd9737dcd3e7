package diagnose

import (
	"slices"
	"strings"
	"testing"
)

// TestAddressOnlyAWSSees holds that no condition on aws:SourceIp is explained by the
// key's absence: every request that comes by no VPC endpoint has an address.
func TestAddressOnlyAWSSees(t *testing.T) {
	deny := single(`"Sid":"Office","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":["198.51.100.0/24","192.0.2.0/24"]}}`)
	allow := single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"AWS:sourceIp":"10.0.0.0/8"}}`)
	for want, e := range map[string]Evidence{
		"aws:SourceIp, the address that AWS sees, is not in 198.51.100.0/24 or 192.0.2.0/24": refusal(denied("resource-based policy"), ownBucket, bucketPolicy(deny)),
		"AWS:sourceIp, the address that AWS sees, is not in 10.0.0.0/8":                      refusal(noAllow("identity-based policy"), identity(allow)),
	} {
		r := Explain(e)
		i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.ID == r.Verdict.Cause })
		if why := r.Findings[i].Why; !strings.Contains(why, want) || strings.Contains(why, "was not in the request") {
			t.Errorf("%s: %s", r.Verdict.Cause, why)
		}
	}
}

// TestWaitsBehind holds what is told of the refusal after the one that S3 named, and
// what is not: only what the documents, or a listing, show.
func TestWaitsBehind(t *testing.T) {
	const key = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-1234-4321-8765-0a1b2c3d4e5f"
	keyed := func(e *Evidence) {
		e.Encryption = KnownFact(Encryption{Algorithm: "aws:kms", KeyID: key}, Exchange{Operation: "GetBucketEncryption"})
		e.KMSKey = KnownFact(KMSKey{ARN: key, State: "Enabled", Manager: "CUSTOMER", Policy: doc("key policy",
			single(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"`))}, Exchange{Operation: "GetKeyPolicy"})
	}
	listing := func(e *Evidence) {
		e.HeadBucket = answer("HeadBucket", 200, "", "")
	}
	decrypts := single(`"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"`)
	viaS3 := single(`"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}`)
	said := noAllow("identity-based policy")
	for _, c := range []struct {
		name   string
		e      Evidence
		behind CauseID
		waits  bool
	}{
		{"no kms:Decrypt", refusal(said, ownBucket, identity(), keyed), CauseKMSPermission, true},
		{"kms:Decrypt is allowed", refusal(said, ownBucket, identity(decrypts), keyed), CauseKMSPermission, false},
		{"kms:Decrypt through S3 is allowed", refusal(said, ownBucket, identity(viaS3), keyed), CauseKMSPermission, false},
		{"the identity policies were not read", refusal(said, ownBucket, keyed), CauseKMSPermission, false},
		{"the key was not seen", refusal(said, ownBucket, identity()), CauseKMSPermission, false},
		{"no such key, and the bucket may be listed", refusal(said, ownBucket, identity(), listed(false), listing), CauseNoSuchKey, true},
		{"the key is there", refusal(said, ownBucket, identity(), listed(true), listing), CauseNoSuchKey, false},
		{"no such key, and only the reader may list", refusal(said, ownBucket, identity(), listed(false)), CauseMissingKey, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := Explain(c.e); slices.Contains(r.Verdict.Behind, c.behind) != c.waits {
				t.Errorf("behind %s wait %v; that %s does should be %t", r.Verdict.Cause, r.Verdict.Behind, c.behind, c.waits)
			}
		})
	}
}

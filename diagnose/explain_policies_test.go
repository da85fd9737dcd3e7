package diagnose

import (
	"slices"
	"strings"
	"testing"
)

// One who reads everything: the four defects that S3 reports in one sentence.
func TestIdentityFamily(t *testing.T) {
	said := noAllow("identity-based policy")
	hold(t, []judged{
		{"nothing", refusal(said, identity()), CauseIdentityNoAllow, Confirmed, Reported},
		{"another bucket", refusal(said, identity(single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::billing/*"`))), CauseIdentityNoAllow, Confirmed, Reported},
		{"bucket ARN without /*", refusal(said, identity(single(`"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::acme-reports"`))), CauseIdentityWrongResource, Confirmed, Reported},
		{"another prefix", refusal(said, identity(single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-reports/2025/*"`))), CauseIdentityWrongResource, Confirmed, Reported},
		{"another case", refusal(said, identity(single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-reports/2026/Q3/*"`))), CauseIdentityWrongResource, Confirmed, Reported},
		{"another partition", refusal(said, identity(single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws-cn:s3:::acme-reports/*"`))), CauseIdentityWrongResource, Confirmed, Reported},
		{"a slip of the pen", refusal(said, identity(single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-report/*"`))), CauseIdentityWrongResource, Confirmed, Reported},
		{"s3:HeadObject", refusal(said, identity(single(`"Effect":"Allow","Action":"s3:HeadObject","Resource":"arn:aws:s3:::acme-reports/*"`))), CauseIdentityWrongAction, Confirmed, Reported},
		{"s3:GetObjectVersion alone", refusal(said, identity(single(`"Effect":"Allow","Action":"s3:GetObjectVersion","Resource":"arn:aws:s3:::acme-reports/*"`))), CauseIdentityWrongAction, Confirmed, Reported},
		{"writing alone is no slip", refusal(said, identity(single(`"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::acme-reports/*"`))), CauseIdentityNoAllow, Confirmed, Reported},
		{"MFA", refusal(said, identity(single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`))), CauseIdentityConditionUnmet, Confirmed, Reported},
		{"an address that only AWS sees", refusal(said, identity(single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`))), CauseIdentityConditionUnmet, Confirmed, Reported},
		{"one of two documents cannot be read", refusal(said, identity(allowsObject, `{"Version":`)), CauseIdentityNoAllow, Likely, Inferred},
	})
}

// Bare refusals, with the documents at hand.
func TestComputed(t *testing.T) {
	bare := func(edits ...edit) Evidence { return refusal("Access Denied", edits...) }
	vpce := single(`"Sid":"OnlyFromVpce","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::acme-reports","arn:aws:s3:::acme-reports/*"],"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-0a1b2c"}}`)
	sealed := single(`"Sid":"Sealed","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-reports/*"`)
	letsOther := single(`"Effect":"Allow","Principal":{"AWS":"` + anaARN + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-reports/*"`)
	hold(t, []judged{
		{"deny in the bucket policy", bare(ownBucket, bucketPolicy(sealed), identity(allowsObject)), CauseBucketPolicyExplicitDeny, Confirmed, Computed},
		{"a deny that hinges on the network", bare(ownBucket, bucketPolicy(vpce), identity(allowsObject), ceilingsRead), CauseBucketPolicyExplicitDeny, Likely, Inferred},
		{"no allow, everything read", bare(ownBucket, noBucketPolicy, identity(), ceilingsRead), CauseIdentityNoAllow, Confirmed, Computed},
		{"no allow, but the bucket policy unread", bare(ownBucket, identity(), ceilingsRead), CauseIdentityNoAllow, Likely, Inferred},
		{"cross-account, the bucket says nothing", bare(ownedBy(otherOne), noBucketPolicy, identity(allowsObject), func(e *Evidence) { e.Ownership = KnownFact("BucketOwnerEnforced", Exchange{}) }), CauseBucketPolicyNoAllow, Confirmed, Computed},
		{"missing key, everything allows", bare(ownBucket, noBucketPolicy, identity(allowsObject), ceilingsRead, listed(false)), CauseMissingKey, Confirmed, Computed},
		{"public policy shut by Block Public Access", bare(ownedBy(otherOne), identity(allowsObject), bucketPolicy(single(`"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-reports/*"`)), func(e *Evidence) {
			e.PublicAccess = KnownFact(PublicAccessBlock{RestrictPublicBuckets: true}, Exchange{Operation: "GetPublicAccessBlock"})
		}), CauseRestrictPublicBuckets, Confirmed, Computed},
		{"the same, in S3's words", refusal(denied("resource-based policy"), ownedBy(otherOne), bucketPolicy(single(`"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-reports/*"`)), func(e *Evidence) {
			e.PublicAccess = KnownFact(PublicAccessBlock{RestrictPublicBuckets: true}, Exchange{Operation: "GetPublicAccessBlock"})
		}), CauseRestrictPublicBuckets, Confirmed, Reported},
		{"object of another account", bare(ownBucket, identity(allowsObject), noBucketPolicy, ceilingsRead, listed(true), func(e *Evidence) {
			e.Ownership = KnownFact("ObjectWriter", Exchange{Operation: "GetBucketOwnershipControls"})
			e.BucketACL = KnownFact(ACL{OwnerID: "owner-of-bucket"}, Exchange{Operation: "GetBucketAcl"})
		}), CauseObjectOwnership, Confirmed, Computed},
		{"anonymous, and the policy names somebody", bare(unsigned, bucketPolicy(letsOther)), CauseAnonymous, Confirmed, Computed},
		{"boundary", bare(ownBucket, identity(allowsObject), noBucketPolicy, func(e *Evidence) {
			e.Boundary = KnownFact(doc("limit", single(`"Effect":"Allow","Action":"ec2:*","Resource":"*"`)), Exchange{Operation: "GetPolicyVersion"})
		}), CauseBoundaryNoAllow, Confirmed, Computed},
	})
}

// An outsider is told "Access Denied" and no more.
func TestOutsider(t *testing.T) {
	home := []edit{identity(allowsObject), ceilingsRead}
	hold(t, []judged{
		{"its own side allows", refusal("Access Denied", home...), CauseBucketPolicyNoAllow, Likely, Inferred},
		{"a name that is not among its buckets", refusal("Access Denied", append(home, func(e *Evidence) { e.OwnBuckets = KnownFact(false, Exchange{Operation: "ListBuckets", Status: 200}) })...), CauseBucketNotYours, Likely, Inferred},
	})
}

// Of several denies S3 names one; the others wait behind it.
func TestBehind(t *testing.T) {
	e := refusal(noAllow("identity-based policy"), ownBucket, noBucketPolicy, identity(), func(e *Evidence) {
		e.Boundary = KnownFact(doc("limit", single(`"Effect":"Allow","Action":"ec2:*","Resource":"*"`)), Exchange{Operation: "GetPolicyVersion"})
	})
	r := Explain(e)
	if r.Verdict.Cause != CauseIdentityNoAllow || !slices.Contains(r.Verdict.Behind, CauseBoundaryNoAllow) {
		t.Errorf("verdict %s, behind it %v; want the identity policies, and the boundary behind", r.Verdict.Cause, r.Verdict.Behind)
	}
}

// A statement is quoted with the line that decided, so that a person can look.
func TestQuotesTheStatement(t *testing.T) {
	text := "{\n \"Version\": \"2012-10-17\",\n \"Statement\": [\n  {\n   \"Sid\": \"Sealed\",\n   \"Effect\": \"Deny\",\n   \"Principal\": \"*\",\n   \"Action\": \"s3:*\",\n" +
		"   \"Resource\": \"arn:aws:s3:::acme-reports/*\",\n   \"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"true\"}}\n  }\n ]\n}"
	r := Explain(refusal(denied("resource-based policy"), ownBucket, bucketPolicy(text)))
	for _, f := range r.Findings {
		if f.ID != CauseBucketPolicyExplicitDeny {
			continue
		}
		s := f.Evidence[len(f.Evidence)-1]
		if !strings.Contains(s.Quote, `"Sid": "Sealed"`) || s.Line != 4 || len(s.Mark) != 1 || !strings.Contains(strings.Split(s.Quote, "\n")[s.Mark[0]], "SecureTransport") {
			t.Errorf("quote from line %d, marks %v:\n%s", s.Line, s.Mark, s.Quote)
		}
		if !strings.Contains(f.Why, `"Sealed"`) {
			t.Errorf("why does not name the statement: %s", f.Why)
		}
	}
}

// Stores that are not AWS get the causes that they can have.
func TestOtherStores(t *testing.T) {
	minio := func(e *Evidence) {
		e.Store = Store{Kind: StoreMinIO, Name: "MinIO", CustomEndpoint: true}
		e.Target.Endpoint = "http://127.0.0.1:9000"
		e.Caller, e.IdentityPolicies, e.Boundary, e.SCPs, e.RCPs = Fact[Identity]{}, Fact[[]PolicyDoc]{}, Fact[PolicyDoc]{}, Fact[[]PolicyLevel]{}, Fact[[]PolicyLevel]{}
	}
	e := refusal("Access Denied.", minio)
	hold(t, []judged{{"MinIO", e, CauseIdentityNoAllow, Likely, Inferred}})
	for _, f := range Explain(e).Findings {
		switch f.ID {
		case CauseSCPNoAllow, CauseSCPExplicitDeny, CauseRCPExplicitDeny, CauseBoundaryNoAllow, CauseVPCENoAllow, CauseSessionNoAllow,
			CauseRestrictPublicBuckets, CauseIgnorePublicACLs, CauseRequesterPays, CauseAccessPointPolicy, CauseDirectoryBucketSession:
			if f.State != NotApplicable {
				t.Errorf("%s is %s on MinIO: %s", f.ID, f.State, f.Why)
			}
		}
	}
}

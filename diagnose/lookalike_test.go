package diagnose

import (
	"slices"
	"strings"
	"testing"
)

// A side is one of two refusals that look alike, and what it must be called.
type side struct {
	evidence   Evidence
	cause      CauseID
	state      CauseState
	confidence Confidence
}

// TestLookAlikes names every pair of refusals that look the same from outside,
// and what tells them apart (facts section 2.2).
func TestLookAlikes(t *testing.T) {
	lists := "User: " + anaARN + " is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::acme-reports\" because no identity-based policy allows the s3:ListBucket action"
	kms := "User: " + anaARN + " is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:111122223333:key/1 because no identity-based policy allows the kms:Decrypt action"
	public := bucketPolicy(single(`"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-reports/*"`))
	sealed := bucketPolicy(single(`"Sid":"Sealed","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"`))
	mfa := single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`)
	skewed := func(e *Evidence) { e.Skew.Value = 1200e9 }
	again := func(status int) edit {
		return func(e *Evidence) { e.HeadAgain = answer("HeadObject", status, "", "") }
	}
	notMine := func(e *Evidence) { e.OwnBuckets = KnownFact(false, Exchange{Operation: "ListBuckets", Status: 200}) }
	sameOrg := func(e *Evidence) { e.SameOrganization = KnownFact(true, Exchange{}) }
	endpoint := func(e *Evidence) {
		e.VPCEndpoint = KnownFact(VPCEndpoint{ID: "vpce-1", VPC: "vpc-1", Policy: doc("vpce-1", single(`"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::billing/*"`))}, Exchange{})
	}
	prefixOnly := identity(single(`"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-reports","Condition":{"StringLike":{"s3:prefix":"2026/*"}}`))
	listedMyself := func(found bool) edit {
		return func(e *Evidence) {
			e.Listing = KnownFact(Listing{Found: found}, Exchange{Operation: "ListObjectsV2", Status: 200})
		}
	}
	for _, pair := range []struct {
		name string
		a, b side
	}{
		{
			"a missing key, and a denied one",
			side{refusal(lists), CauseMissingKey, Confirmed, Reported},
			side{refusal(noAllow("identity-based policy"), identity()), CauseIdentityNoAllow, Confirmed, Reported},
		},
		{
			"a bare Access Denied outside the organization, and inside behind a VPC endpoint",
			side{refusal("Access Denied", identity(allowsObject), ceilingsRead, notMine), CauseBucketNotYours, Likely, Inferred},
			side{refusal("Access Denied", identity(allowsObject), ceilingsRead, notMine, sameOrg, endpoint), CauseVPCENoAllow, Confirmed, Computed},
		},
		{
			"RestrictPublicBuckets, and a real Deny",
			side{refusal(denied("resource-based policy"), ownedBy(otherOne), public, restricting), CauseRestrictPublicBuckets, Confirmed, Reported},
			side{refusal(denied("resource-based policy"), ownedBy(otherOne), sealed, restricting), CauseBucketPolicyExplicitDeny, Confirmed, Reported},
		},
		{
			"an Allow whose condition failed, and no Allow",
			side{refusal(noAllow("identity-based policy"), identity(mfa)), CauseIdentityConditionUnmet, Confirmed, Reported},
			side{refusal(noAllow("identity-based policy"), identity()), CauseIdentityNoAllow, Confirmed, Reported},
		},
		{
			"the wrong profile, and the wrong policy",
			side{refusal(noAllow("resource-based policy"), ownedBy(otherOne), identity(allowsObject)), CauseBucketPolicyNoAllow, Likely, Inferred},
			side{refusal(noAllow("identity-based policy"), ownBucket, identity()), CauseIdentityNoAllow, Confirmed, Reported},
		},
		{
			"a proxy that rewrites HEAD, and a skew that healed",
			side{refusal("", getAnswers(206, "", ""), again(403)), CauseProxyInterference, Confirmed, Reported},
			side{refusal("", getAnswers(206, "", ""), again(200), skewed), CauseClockSkew, Confirmed, Reported},
		},
		{
			"a proxy that rewrites HEAD, and a policy that was still spreading",
			side{refusal("", getAnswers(206, "", ""), again(403)), CauseProxyInterference, Confirmed, Reported},
			side{refusal("", getAnswers(206, "", ""), again(200)), Allowed, "", Reported},
		},
		{
			"HEAD allowed but GET not: an archive, and a KMS key",
			side{refusal("", headAnswers(200, ""), getAnswers(403, "InvalidObjectState", "The operation is not valid for the object's storage class")), CauseArchived, Confirmed, Reported},
			side{refusal(kms, headAnswers(200, "")), CauseKMSPermission, Confirmed, Reported},
		},
		{
			"HeadBucket refused by a condition on s3:prefix: the key is there, and it is not",
			side{refusal("Access Denied", ownBucket, prefixOnly, noBucketPolicy, ceilingsRead, listedMyself(true)), CauseIdentityNoAllow, Confirmed, Computed},
			side{refusal(lists, ownBucket, prefixOnly, listedMyself(false)), CauseMissingKey, Confirmed, Reported},
		},
		{
			"HeadBucket refused by a condition on s3:prefix, and by the lack of s3:ListBucket",
			side{refusal("Access Denied", listedMyself(false)), CauseMissingKey, Likely, Inferred},
			side{refusal("Access Denied"), Undetermined, "", Guess},
		},
	} {
		hold(t, []judged{
			{pair.name + ": the first", pair.a.evidence, pair.a.cause, pair.a.state, pair.a.confidence},
			{pair.name + ": the second", pair.b.evidence, pair.b.cause, pair.b.state, pair.b.confidence},
		})
	}
}

// TestWrongProfile: credentials that hid the ones meant are named where they are
// likely to blame, and nowhere else.
func TestWrongProfile(t *testing.T) {
	hides := func(e *Evidence) { e.Credentials.Value.Hidden = []string{"the environment hides profile dev"} }
	for message, want := range map[string]bool{noAllow("resource-based policy"): true, noAllow("identity-based policy"): true, denied("session policy"): false} {
		r := Explain(refusal(message, hides, session))
		if got := strings.Contains(r.Verdict.Summary, "hides profile dev"); got != want {
			t.Errorf("%s: hidden credentials named: %t, want %t", r.Verdict.Cause, got, want)
		}
	}
}

// TestSeveralDeny: what S3 proved comes first, and each report says what waits behind it.
func TestSeveralDeny(t *testing.T) {
	sealed := single(`"Sid":"Sealed","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"`)
	never := single(`"Sid":"Never","Effect":"Deny","Action":"s3:*","Resource":"*"`)
	for name, c := range map[string]struct {
		evidence Evidence
		first    CauseID
		behind   []CauseID
	}{
		"S3 names the bucket policy, and an identity policy denies too": {refusal(denied("resource-based policy"), ownBucket, bucketPolicy(sealed), identity(allowsObject, never)), CauseBucketPolicyExplicitDeny, []CauseID{CauseIdentityExplicitDeny}},
		"S3 names the identity policies, and the bucket denies too":     {refusal(denied("identity-based policy"), ownBucket, bucketPolicy(sealed), identity(allowsObject, never)), CauseIdentityExplicitDeny, []CauseID{CauseBucketPolicyExplicitDeny}},
		"three at once, and S3 names none":                              {refusal("Access Denied", ownBucket, bucketPolicy(sealed), identity(never), boundaryIs(`"Effect":"Allow","Action":"ec2:*","Resource":"*"`)), CauseBucketPolicyExplicitDeny, []CauseID{CauseIdentityExplicitDeny, CauseBoundaryNoAllow}},
		"a Deny, and the key is missing as well":                        {refusal(denied("resource-based policy"), ownBucket, bucketPolicy(sealed), identity(allowsObject), listed(false)), CauseBucketPolicyExplicitDeny, []CauseID{CauseMissingKey}},
	} {
		r := Explain(c.evidence)
		if r.Verdict.Cause != c.first || r.finding(c.first).State != Confirmed {
			t.Errorf("%s: %s is %s, want %s confirmed", name, r.Verdict.Cause, r.finding(r.Verdict.Cause).State, c.first)
		}
		for _, id := range c.behind {
			if !slices.Contains(r.Verdict.Behind, id) {
				t.Errorf("%s: behind it %v, want %s too", name, r.Verdict.Behind, id)
			}
			if !strings.Contains(r.Text(120), r.title(id)) || !strings.Contains(r.Markdown(), r.title(id)) {
				t.Errorf("%s: the report does not say that %s waits behind", name, id)
			}
		}
	}
}

// onlyAtAWS are the causes that no other store can have.
var onlyAtAWS = []CauseID{
	CauseSCPNoAllow, CauseSCPExplicitDeny, CauseRCPExplicitDeny, CauseBoundaryNoAllow, CauseBoundaryExplicitDeny,
	CauseSessionNoAllow, CauseSessionExplicitDeny, CauseVPCENoAllow, CauseVPCEExplicitDeny, CauseAccessPointPolicy,
	CauseRestrictPublicBuckets, CauseIgnorePublicACLs, CauseObjectOwnership, CauseObjectACL, CauseRequesterPays, CauseDirectoryBucketSession,
}

// TestStoresOfTheirOwn: with an endpoint for S3 alone, nobody asked STS or IAM.
// What only AWS has is not applicable, and nothing else is claimed for certain.
func TestStoresOfTheirOwn(t *testing.T) {
	for _, kind := range []StoreKind{StoreMinIO, StoreVersity, StoreR2, StoreCeph, StoreGCS, StoreWasabi, StoreB2, StoreLocalStack, StoreCompatible, StoreAWS} {
		for name, said := range map[string]edit{"bare": getAnswers(403, "AccessDenied", "Access Denied."), "HEAD alone": blind, "no such key id": getAnswers(403, "InvalidAccessKeyId", "unknown key")} {
			r := Explain(refusal("", said, func(e *Evidence) {
				e.Store = Store{Kind: kind, Name: string(kind), CustomEndpoint: true}
				e.Caller, e.IdentityPolicies, e.Role, e.Boundary = Fact[Identity]{}, Fact[[]PolicyDoc]{}, Fact[Principal]{}, Fact[PolicyDoc]{}
				e.SCPs, e.RCPs, e.VPCEndpoint = Fact[[]PolicyLevel]{}, Fact[[]PolicyLevel]{}, Fact[VPCEndpoint]{}
			}))
			for _, f := range r.Findings {
				switch {
				case slices.Contains(onlyAtAWS, f.ID) && f.State != NotApplicable:
					t.Errorf("%s, %s: %s is %s: %s", kind, name, f.ID, f.State, f.Why)
				case f.State == Confirmed && f.ID != CauseInvalidAccessKey:
					t.Errorf("%s, %s: %s is confirmed: %s", kind, name, f.ID, f.Why)
				case strings.Contains(f.Why, "STS took") || strings.Contains(f.Why, "; only AWS has"):
					t.Errorf("%s, %s: %s: %s", kind, name, f.ID, f.Why)
				}
			}
			for _, gap := range r.Gaps {
				if strings.Contains(gap, "organizations:") || strings.Contains(gap, "iam:") {
					t.Errorf("%s, %s: a gap that only AWS has: %s", kind, name, gap)
				}
			}
		}
	}
}

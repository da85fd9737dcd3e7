package diagnose

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// scattered makes evidence at random: every fact in any state, every answer of
// any kind, documents that parse and some that do not.
func scattered(rnd *rand.Rand) Evidence {
	messages := []string{
		"", "Access Denied", "Request has expired", noAllow("identity-based policy"), denied("resource-based policy"),
		noAllow("resource-based policy"), noAllow("session policy"), denied("service control policy"), denied("VPC endpoint policy"),
		"User: x is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::acme-reports\" because no identity-based policy allows the s3:ListBucket action",
		"User: x is not authorized to perform: kms:Decrypt on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access",
	}
	codes := []string{"", "Forbidden", "AccessDenied", "InvalidAccessKeyId", "ExpiredToken", "NoSuchKey", "SlowDown", "InvalidObjectState", "KMS.DisabledException", "InvalidRequest", "AuthorizationHeaderMalformed"}
	statuses := []int{0, 200, 206, 301, 304, 400, 403, 404, 405, 416, 500, 503}
	documents := []string{
		allowsObject, `{`, single(`"Effect":"Deny","Action":"s3:*","Resource":"*"`),
		single(`"Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceVpce":["a","b"]},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`),
	}
	pick := func(list []string) string { return list[rnd.IntN(len(list))] }
	e := refusal(pick(messages))
	e.Done = rnd.IntN(4) > 0
	for _, f := range []*Fact[Answer]{&e.Head, &e.Get, &e.HeadAgain, &e.HeadBucket, &e.HeadWithoutOwner, &e.HeadWithoutChecksum, &e.HeadWithoutVersion, &e.DirectorySession} {
		if rnd.IntN(2) == 0 {
			*f = answer("HeadObject", statuses[rnd.IntN(len(statuses))], pick(codes), pick(messages))
			f.Value.HTML = rnd.IntN(9) == 0
		}
	}
	for _, s := range []*State{&e.OwnBuckets.State, &e.Listing.State, &e.BucketPolicy.State, &e.PublicAccess.State, &e.Ownership.State, &e.ObjectACL.State, &e.IdentityPolicies.State, &e.Boundary.State, &e.SCPs.State, &e.RCPs.State, &e.VPCEndpoint.State, &e.AccessPoint.State, &e.Skew.State, &e.Caller.State, &e.Simulation.State, &e.KMSKey.State, &e.RequestPayment.State} {
		*s = State(rnd.IntN(5))
	}
	e.BucketPolicy.Value, e.Boundary.Value = doc("bucket policy", pick(documents)), doc("limit", pick(documents))
	e.IdentityPolicies.Value = []PolicyDoc{doc("p1", pick(documents)), doc("p2", pick(documents))}
	e.SCPs.Value = []PolicyLevel{{Level: "root", Policies: []PolicyDoc{doc("s", pick(documents))}}}
	e.Target.Kind = TargetKind(rnd.IntN(7))
	e.Options = Options{VersionID: pick([]string{"", "v"}), ExpectedOwner: pick([]string{"", otherOne}), ChecksumMode: rnd.IntN(2) == 0, Unsigned: rnd.IntN(8) == 0, Presigned: rnd.IntN(8) == 0}
	e.Caller.Value.ARN = pick([]string{"", anaARN, sessionARN, "arn:aws:iam::111122223333:root", "garbage", "arn:::"})
	e.Store.Kind = []StoreKind{"", StoreAWS, StoreMinIO, StoreCompatible}[rnd.IntN(4)]
	return e
}

// Whatever is known, the report is whole: every cause once and in its order, at
// most one confirmed and then by proof alone, each with its reason, each station
// with a state, and the verdict a cause that stands.
func TestReportIsAlwaysWhole(t *testing.T) {
	rnd := rand.New(rand.NewPCG(40, 3))
	for range 3000 {
		e := scattered(rnd)
		r := Explain(e)
		confirmed := CauseID("")
		states := map[CauseID]CauseState{}
		for i, f := range r.Findings {
			states[f.ID] = f.State
			if f.ID != catalogue[i].id || f.State == "" || f.Confidence == "" || strings.TrimSpace(f.Why) == "" {
				t.Fatalf("finding %d: %+v", i, f)
			}
			if f.State != Confirmed {
				continue
			}
			if confirmed != "" {
				t.Fatalf("%s and %s are both confirmed", confirmed, f.ID)
			}
			confirmed = f.ID
			if f.Confidence != Reported && f.Confidence != Computed {
				t.Fatalf("%s is confirmed by %s", f.ID, f.Confidence)
			}
		}
		if len(r.Findings) != len(catalogue) || len(r.Stations) != 14 {
			t.Fatalf("%d findings, %d stations", len(r.Findings), len(r.Stations))
		}
		if c := r.Verdict.Cause; c != Allowed && c != Undetermined && states[c] != Confirmed && states[c] != Likely {
			t.Fatalf("the verdict %s is %s", c, states[c])
		}
		if confirmed != "" && r.Verdict.Cause != confirmed && r.Verdict.Cause != Allowed {
			t.Fatalf("%s is confirmed, the verdict is %s", confirmed, r.Verdict.Cause)
		}
		for _, s := range r.Stations {
			if s.State == "" || s.Line == "" || s.About == "" {
				t.Fatalf("station %+v", s)
			}
		}
	}
}

// The walk works from the first moment on: with nothing known nothing is
// claimed, and every station waits.
func TestNothingKnown(t *testing.T) {
	r := Explain(Evidence{})
	if r.Verdict.Cause != Undetermined || !r.Partial {
		t.Errorf("verdict %s from nothing, partial %t", r.Verdict.Cause, r.Partial)
	}
	for _, f := range r.Findings {
		if f.State == Confirmed || f.State == Likely {
			t.Errorf("%s is %s from nothing: %s", f.ID, f.State, f.Why)
		}
	}
	for _, s := range r.Stations {
		if s.State == StoppedHere {
			t.Errorf("stopped at %s, and nothing is known", s.Name)
		}
	}
}

// FuzzExplain feeds live texts of any kind: nothing panics.
func FuzzExplain(f *testing.F) {
	f.Add(403, "AccessDenied", noAllow("identity-based policy"))
	f.Add(400, "AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong; expecting 'eu-west-1'")
	f.Add(200, "", "\x1b[31m")
	f.Fuzz(func(_ *testing.T, status int, code, message string) {
		Explain(refusal("", getAnswers(status, code, message), identity(allowsObject)))
	})
}

// BenchmarkExplain measures one diagnosis with all documents read.
func BenchmarkExplain(b *testing.B) {
	e := refusal(denied("resource-based policy"), ownBucket, identity(allowsObject, allowsObject), ceilingsRead,
		bucketPolicy(single(`"Sid":"OnlyFromVpce","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::acme-reports/*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-0a1b2c"}}`)))
	b.ReportAllocs()
	for b.Loop() {
		Explain(e)
	}
}

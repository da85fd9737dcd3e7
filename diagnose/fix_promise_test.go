package diagnose

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"s403/diagnose/policy"
)

// What every computed change promises, whatever the policies are: with it the
// request passes, nobody else gains or loses, and no Allow stands for what a
// Deny blocks. The changes are carried out on the evidence, and judged by the
// evaluator alone.

// carryOut is the evidence once the changes are made.
func carryOut(t *testing.T, e Evidence, fixes []Fix) Evidence {
	t.Helper()
	for _, f := range fixes {
		text := string(f.After)
		if text == "" {
			text = single(strings.Trim(strings.TrimSpace(string(f.Policy)), "{}"))
		}
		d := doc(f.Applies.Policy, text)
		if d.Document == nil {
			t.Fatalf("%q is no policy: %s\n%s", f.Title, d.ParseErr, text)
		}
		switch f.Applies.Layer {
		case layerIdentity:
			e.IdentityPolicies = KnownFact(replacedDoc(e.IdentityPolicies.Value, d), Exchange{})
		case layerResource:
			d.Name = "bucket policy"
			e.BucketPolicy = KnownFact(d, Exchange{})
		case layerBoundary:
			d.Name = e.Boundary.Value.Name
			e.Boundary = KnownFact(d, Exchange{})
		case layerSession:
			e.SessionPolicies = KnownFact([]PolicyDoc{d}, Exchange{})
		case layerVPCE:
			e.VPCEndpoint.Value.Policy = d
		case layerSCP:
			e.SCPs = KnownFact([]PolicyLevel{{Level: "root", Policies: replacedDoc(e.SCPs.Value[0].Policies, d)}}, Exchange{})
		case layerRCP:
			e.RCPs = KnownFact([]PolicyLevel{{Level: "root", Policies: replacedDoc(e.RCPs.Value[0].Policies, d)}}, Exchange{})
		case accessPointPolicyName:
			e.AccessPoint.Value.Policy = d
		case keyPolicyName:
			e.KMSKey.Value.Policy = d
		default:
			t.Fatalf("%q goes to %+v", f.Title, f.Applies)
		}
	}
	return e
}

// replacedDoc puts a document in the place of the one of its name or ARN, or at
// the end.
func replacedDoc(docs []PolicyDoc, d PolicyDoc) []PolicyDoc {
	out := append([]PolicyDoc{}, docs...)
	for i := range out {
		if out[i].Name == d.Name || out[i].ARN == d.Name {
			d.Name, d.ARN, d.Attached = out[i].Name, out[i].ARN, out[i].Attached
			out[i] = d
			return out
		}
	}
	return append(out, d)
}

// readingOf is the request that the cause is about: to S3, to KMS, or for a session.
func readingOf(e *Evidence, id CauseID) *reading {
	r := read(e)
	switch id {
	case CauseKMSPermission:
		return r.onKey(e.KMSKey.Value.ARN)
	case CauseDirectoryBucketSession:
		s := r.asking(sessionAction, "arn:aws:s3express:eu-west-1:"+ownAccount+":bucket/"+e.Target.Bucket)
		s.evaluate()
		return s
	case CauseRestrictPublicBuckets:
		r.eval.set.RestrictPublicBuckets = true
	case CauseMissingKey:
		s := r.asking("s3:ListBucket", e.Target.BucketARN())
		s.evaluate()
		return s
	}
	return r
}

// promises checks each change of a finding that holds a whole document.
func promises(t *testing.T, e Evidence, f Finding) {
	t.Helper()
	var together []Fix
	for _, fix := range f.Fixes {
		if len(fix.Policy) == 0 || fix.Kind != FixPolicy {
			continue
		}
		for _, wrong := range []string{"s3:HeadObject", `"Resource": "*"`} {
			if strings.Contains(string(fix.Policy), wrong) && !strings.Contains(string(fix.Before), wrong) && fix.Applies.Layer != keyPolicyName {
				t.Errorf("%q holds %s:\n%s", fix.Title, wrong, fix.Policy)
			}
		}
		if fix.Together {
			together = append(together, fix)
		} else if len(fix.After) > 0 {
			lets(t, e, f.ID, []Fix{fix})
		}
	}
	if len(together) > 0 {
		lets(t, e, f.ID, together)
	}
}

// lets checks that the changes let the request through, and touch nobody else.
func lets(t *testing.T, e Evidence, id CauseID, fixes []Fix) {
	t.Helper()
	mended := carryOut(t, e, fixes)
	before, after := readingOf(&e, id), readingOf(&mended, id)
	if effect, by := after.weighed(&after.eval.set); effect != policy.Allow && !strings.HasSuffix(string(id), "explicit-deny") {
		t.Errorf("%s: %q leaves the request refused: %s by the %s\n%s", id, fixes[0].Title, effect, by, fixes[0].After)
	} else if effect == policy.ExplicitDeny && (string(id) == causeOfDeny[by]) {
		t.Errorf("%s: %q leaves the Deny in force", id, fixes[0].Title)
	}
	keepsTheRest(t, before, after, id, fixes)
	for _, who := range []string{"arn:aws:iam::" + ownAccount + ":user/bob", "arn:aws:iam::" + otherOne + ":user/bob", "arn:aws:iam::999988887777:user/eve", "anonymous"} {
		for _, own := range []string{`"Effect":"Deny","Action":"none:*","Resource":"*"`, `"Effect":"Allow","Action":"*","Resource":"*"`, "shared"} {
			stranger := before.eval.request
			stranger.Principal, stranger.Context = who, map[string][]string{"aws:RequestedRegion": {"eu-west-1"}, "aws:SecureTransport": {"true"}}
			was, is := standing(before.eval.set, e, own), standing(after.eval.set, mended, own)
			a, b := policy.Evaluate(stranger, was).Effect, policy.Evaluate(stranger, is).Effect
			if (a == policy.Allow) != (b == policy.Allow) {
				t.Errorf("%s: %q changes what %s (%s) may do: %s, then %s\n%s", id, fixes[0].Title, who, own, a, b, fixes[0].After)
			}
		}
	}
}

// keepsTheRest checks that the caller may do with the object, with other objects and
// with other buckets what she could before: reading this one is all that a change is
// about. A statement that names the wrong action, or a condition, is corrected for
// whatever it is about; and an exception in a Deny is one for reading all that it covers.
func keepsTheRest(t *testing.T, before, after *reading, id CauseID, fixes []Fix) {
	t.Helper()
	own := before.eval.request
	service, _, _ := strings.Cut(own.Action, ":")
	requests := map[string]policy.Request{"deleting it": {Action: "s3:DeleteObject", Resource: own.Resource}, "writing it": {Action: "s3:PutObject", Resource: own.Resource}}
	widens := id == CauseIdentityWrongAction || id == CauseIdentityConditionUnmet || strings.HasSuffix(string(id), "explicit-deny") || service != "s3"
	if !widens {
		requests["reading another key"] = policy.Request{Action: own.Action, Resource: own.Resource + "2"}
		requests["reading another bucket"] = policy.Request{Action: own.Action, Resource: "arn:aws:s3:::acme-payroll/2026/q3/forecast.parquet"}
	}
	for what, other := range requests {
		other.Principal, other.ResourceAccount, other.Context = own.Principal, own.ResourceAccount, own.Context
		was, _ := policy.Decide(&other, &before.eval.set)
		is, _ := policy.Decide(&other, &after.eval.set)
		if (was == policy.Allow) != (is == policy.Allow) {
			t.Errorf("%s: %q changes %s for the caller: %s, then %s\n%s", id, fixes[0].Title, what, was, is, fixes[0].After)
		}
	}
}

// causeOfDeny is the cause of a Deny in each layer.
var causeOfDeny = map[policy.Layer]string{
	policy.IdentityBased: "identity-explicit-deny", policy.ResourceBased: "bucket-policy-explicit-deny", policy.Boundary: "boundary-explicit-deny",
	policy.ServiceControl: "scp-explicit-deny", policy.ResourceControl: "rcp-explicit-deny", policy.VPCEndpoint: "vpce-explicit-deny",
}

// standing is the set of a stranger with policies of their own, or who carries
// those that the caller shares with others, her group's and her boundary.
func standing(s policy.Set, e Evidence, own string) policy.Set {
	s.Session = nil
	if own != "shared" {
		s.Boundaries, s.Identity = nil, []policy.Named{{Name: "own", Document: doc("own", single(own)).Document}}
		return s
	}
	s.Identity = nil
	for _, d := range e.IdentityPolicies.Value {
		if d.ARN != "" || strings.HasPrefix(d.Attached, "group ") {
			s.Identity = append(s.Identity, policy.Named{Name: d.Name, Document: d.Document})
		}
	}
	return s
}

// aPolicyWorld makes the policies of a world at random, everything read, and the
// refusal that follows from them. ok: the request is refused.
func aPolicyWorld(rnd *rand.Rand) (e Evidence, ok bool) {
	pool := []string{
		`"Sid":"Mine","Effect":"Allow",WHO"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-reports/*"`,
		`"Sid":"All","Effect":"Allow",WHO"Action":"*","Resource":"*"`,
		`"Sid":"Elsewhere","Effect":"Allow",WHO"Action":["s3:GetObject"],"Resource":"arn:aws:s3:::acme-reports/2025/*"`,
		`"Sid":"Head","Effect":"Allow",WHO"Action":["s3:HeadObject","s3:PutObject"],"Resource":"arn:aws:s3:::acme-reports/*"`,
		`"Sid":"Region","Effect":"Allow",WHO"Action":"s3:Get*","Resource":"arn:aws:s3:::acme-reports/*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}`,
		`"Sid":"Sealed","Effect":"Deny",WHO"Action":"s3:*","Resource":"arn:aws:s3:::acme-reports/2026/*"`,
		`"Sid":"SealedToo","Effect":"Deny",WHO"Action":["s3:GetObject","s3:PutObject"],"Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}`,
		`"Sid":"Other","Effect":"Allow",WHO"Action":"logs:*","Resource":"*"`,
	}
	document := func(name, who string, from, to int) PolicyDoc {
		var all []string
		for range from + rnd.IntN(to-from+1) {
			all = append(all, "{"+strings.ReplaceAll(pool[rnd.IntN(len(pool))], "WHO", who)+"}")
		}
		if len(all) == 0 {
			all = []string{"{" + strings.ReplaceAll(pool[1], "WHO", who) + "}"}
		}
		return doc(name, `{"Version":"2012-10-17","Statement":[`+strings.Join(all, ",")+`]}`)
	}
	e = refusal("Access Denied", noBucketPolicy, ceilingsRead, listed(true))
	e.Role = KnownFact(Principal{ARN: anaARN}, Exchange{})
	e.OwnerOfBucket = KnownFact([]string{ownAccount, otherOne}[rnd.IntN(2)], Exchange{})
	own, team := document("own", "", 1, 2), document("team", "", 1, 1)
	own.Attached, team.Attached = "user ana", "group team"
	e.IdentityPolicies = KnownFact([]PolicyDoc{own, team}[:rnd.IntN(3)], Exchange{})
	everybody := `"Principal":{"AWS":["arn:aws:iam::111122223333:root"]},`
	if rnd.IntN(2) == 0 {
		e.BucketPolicy = KnownFact(document("bucket policy", []string{everybody, `"Principal":"*",`}[rnd.IntN(2)], 1, 2), Exchange{})
	}
	if rnd.IntN(3) == 0 {
		e.Boundary = KnownFact(document("limits", "", 1, 2), Exchange{})
	}
	if rnd.IntN(3) == 0 {
		e.SCPs = KnownFact([]PolicyLevel{{Level: "root", Policies: []PolicyDoc{document("guard", "", 1, 2)}}}, Exchange{})
	}
	if rnd.IntN(4) == 0 {
		e.RCPs = KnownFact([]PolicyLevel{{Level: "root", Policies: []PolicyDoc{document("shield", `"Principal":"*",`, 1, 2)}}}, Exchange{})
	}
	if rnd.IntN(4) == 0 {
		e.VPCEndpoint = KnownFact(VPCEndpoint{ID: "vpce-9", VPC: "vpc-9", Policy: document("vpce-9", `"Principal":"*",`, 1, 2)}, Exchange{})
	}
	r := read(&e)
	d := policy.Evaluate(r.eval.request, r.eval.set)
	e.Get = answer("GetObject", 403, "AccessDenied", policy.Message(r.eval.request, d))
	return e, d.Effect != policy.Allow
}

// TestFixesKeepTheirPromise looks at every fix of every finding in hundreds of worlds.
func TestFixesKeepTheirPromise(t *testing.T) {
	rnd := rand.New(rand.NewPCG(6, 403))
	computed, chained := 0, 0
	for world := range 500 {
		e, refused := aPolicyWorld(rnd)
		if !refused {
			continue
		}
		report := Explain(e)
		d := read(&e).eval.decision
		for _, f := range report.Findings {
			if len(f.Fixes) > 0 {
				t.Run(fmt.Sprintf("%d %s", world, f.ID), func(t *testing.T) { promises(t, e, f) })
			}
			for _, fix := range f.Fixes {
				if len(fix.After) > 0 {
					computed++
				}
				if fix.Together {
					chained++
				}
				if d.Effect == policy.ExplicitDeny && strings.HasSuffix(string(f.ID), "no-allow") && strings.Contains(string(fix.Policy), `"Allow"`) {
					t.Errorf("world %d: %s offers an Allow, and the %s denies:\n%s", world, f.ID, d.DecidedBy, fix.Policy)
				}
			}
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d computed changes, %d of them needed together", computed, chained)
	if computed < 1000 || chained < 500 {
		t.Errorf("%d computed changes, %d of them needed together: too few to mean anything", computed, chained)
	}
}

package diagnose

import (
	"strings"
	"testing"
)

// TestPoliciesOfAWSAreNotEdited: a policy that AWS keeps can be attached and
// detached, and no command changes it.
func TestPoliciesOfAWSAreNotEdited(t *testing.T) {
	const arn = "arn:aws:iam::aws:policy/"
	awsOwn := func(name, inside string) PolicyDoc {
		d := doc(name, single(inside))
		d.ARN = arn + name
		return d
	}
	denyAll := awsOwn("AWSDenyAll", `"Sid":"DenyAll","Effect":"Deny","Action":"*","Resource":"*"`)
	billing := awsOwn("Billing", `"Effect":"Allow","Action":"billing:*","Resource":"*"`)
	typo := awsOwn("Typo", `"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-reports"`)
	attached := func(docs ...PolicyDoc) edit {
		return func(e *Evidence) { e.IdentityPolicies = KnownFact(docs, Exchange{}) }
	}
	bounded := func(e *Evidence) { e.Boundary = KnownFact(billing, Exchange{}) }
	for cause, e := range map[CauseID]Evidence{
		CauseIdentityExplicitDeny:  refusal(denied("identity-based policy"), ownBucket, attached(denyAll)),
		CauseBoundaryNoAllow:       refusal(noAllow("permissions boundary"), ownBucket, identity(allowsObject), bounded),
		CauseIdentityWrongResource: refusal(noAllow("identity-based policy"), ownBucket, attached(typo)),
	} {
		f := Explain(e).finding(cause)
		if len(f.Fixes) == 0 {
			t.Errorf("%s (%s): nothing is offered", cause, f.State)
		}
		for _, fix := range f.Fixes {
			if strings.Contains(fix.Text, "--policy-arn "+arn) || strings.Contains(fix.Applies.Policy, arn) {
				t.Errorf("%s: %q edits a policy of AWS's: %s", cause, fix.Title, fix.Text)
			}
		}
	}
}

package diagnose

import (
	"strings"
	"testing"

	"s403/diagnose/policy"
)

// TestKeysThatLookLikePatterns: a key may hold what a policy reads as a wildcard or
// as a variable. The Allow for it covers this key, and no other.
func TestKeysThatLookLikePatterns(t *testing.T) {
	own := []edit{getAnswers(403, "AccessDenied", noAllow("identity-based policy")), ownBucket, noBucketPolicy, identity(), ceilingsRead}
	others := []edit{getAnswers(403, "AccessDenied", noAllow("resource-based policy")), ownedBy(otherOne), noBucketPolicy, identity(single(`"Effect":"Allow","Action":"s3:*","Resource":"*"`)), ceilingsRead}
	for _, key := range []string{"a*", "logs/?.txt", "price-${usd}", "100%$", "a*b?c$d"} {
		for cause, edits := range map[CauseID][]edit{CauseIdentityNoAllow: own, CauseBucketPolicyNoAllow: others} {
			e := refusal("", edits...)
			e.Target.Key = key
			f := Explain(e).finding(cause)
			if len(f.Fixes) == 0 || len(f.Fixes[0].After) == 0 {
				t.Errorf("%q, %s: no change is offered (%s): %+v", key, cause, f.State, f.Fixes)
				continue
			}
			mended := carryOut(t, e, f.Fixes[:1])
			r := read(&mended)
			if effect, by := r.weighed(&r.eval.set); effect != policy.Allow {
				t.Errorf("%q, %s: with the change it is %s by the %s:\n%s", key, cause, effect, by, f.Fixes[0].After)
			}
			for _, other := range []string{"ab", "abc", "logs/1.txt", "price-x", "price-", "1000", "axbyczd"} {
				r.eval.request.Resource = mended.Target.BucketARN() + "/" + other
				if effect, _ := r.weighed(&r.eval.set); effect == policy.Allow {
					t.Errorf("%q, %s: the change allows %q too:\n%s", key, cause, other, f.Fixes[0].After)
				}
			}
		}
	}
}

// TestPoliciesOfOneName: an inline policy of the user and one of a group may have the
// same name. The change goes into the one that is meant, and holds with it alone.
func TestPoliciesOfOneName(t *testing.T) {
	first := doc("read", single(`"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"`))
	second := doc("read", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"},{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-reports"}]}`)
	first.Attached, second.Attached = "group readers", "user ana"
	e := refusal(noAllow("identity-based policy"), ownBucket, noBucketPolicy, ceilingsRead, func(e *Evidence) {
		e.IdentityPolicies = KnownFact([]PolicyDoc{first, second}, Exchange{Operation: "GetUserPolicy", Status: 200})
	})
	r := Explain(e)
	f := r.finding(CauseIdentityWrongResource)
	if f.State != Confirmed || !strings.Contains(f.Why, "user ana") {
		t.Fatalf("%s: %s", f.State, f.Why)
	}
	fix := f.Fixes[0]
	if !strings.Contains(fix.Text, "put-user-policy --user-name ana --policy-name read ") || !strings.Contains(string(fix.Before), "ec2:Describe") || strings.Contains(string(fix.After), "ListAllMyBuckets") {
		t.Errorf("%s\n%s\n%s", fix.Title, fix.Text, fix.After)
	}
	denies := doc("guard", single(`"Effect":"Deny","Action":"s3:GetObject","Resource":"*"`))
	allows := doc("guard", allowsObject)
	denies.Attached, allows.Attached = "user ana", "group readers"
	e.IdentityPolicies.Value = []PolicyDoc{allows, denies}
	e.Get.Value.Message = denied("identity-based policy")
	for _, fix := range Explain(e).finding(CauseIdentityExplicitDeny).Fixes {
		if len(fix.After) > 0 && !strings.Contains(fix.Text, "--user-name ana --policy-name guard ") {
			t.Errorf("%s: %s", fix.Title, fix.Text)
		}
	}
}

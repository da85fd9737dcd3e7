package diagnose

import (
	"strings"
	"testing"
)

// TestRoleWithAnUnknownPath: a session's ARN has lost the path of its role. What
// a condition knows the caller by must match her with it as well as without.
func TestRoleWithAnUnknownPath(t *testing.T) {
	sealed := single(`"Sid":"Sealed","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"`)
	for name, role := range map[string]edit{
		"not read": func(*Evidence) {},
		"read": func(e *Evidence) {
			e.Role = KnownFact(Principal{ARN: "arn:aws:iam::111122223333:role/team/dev"}, Exchange{})
		},
		"no reader": func(e *Evidence) { e.Role = Fact[Principal]{State: Denied} },
	} {
		e := refusal(strings.ReplaceAll(denied("resource-based policy"), anaARN, sessionARN), ownBucket, session, bucketPolicy(sealed), identity(allowsObject), ceilingsRead, role)
		f := Explain(e).finding(CauseBucketPolicyExplicitDeny)
		if len(f.Fixes) == 0 || len(f.Fixes[0].After) == 0 {
			t.Errorf("%s: no exception is offered", name)
			continue
		}
		mended := carryOut(t, e, f.Fixes[:1])
		for _, arn := range []string{"arn:aws:iam::111122223333:role/team/dev", "arn:aws:iam::111122223333:role/dev"} {
			r := read(&mended)
			r.eval.request.Context["aws:PrincipalArn"] = []string{arn}
			effect, _ := r.weighed(&r.eval.set)
			if passes := effect == "allow"; passes != (name != "read" || strings.Contains(arn, "team")) {
				t.Errorf("%s: as %s the request is %s\n%s", name, arn, effect, f.Fixes[0].After)
			}
		}
	}
	outside := refusal(strings.ReplaceAll(noAllow("resource-based policy"), anaARN, sessionARN), session, ownedBy(otherOne), noBucketPolicy, identity(allowsObject))
	f := Explain(outside).finding(CauseBucketPolicyNoAllow)
	if len(f.Fixes) == 0 || !strings.Contains(f.Fixes[0].Text, "path") {
		t.Errorf("a Principal of an unknown path, and no word of it: %+v", f.Fixes)
	}
}

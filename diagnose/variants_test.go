package diagnose

import "testing"

// What the unseen keys could turn around is never claimed as certain; what they
// cannot is.
func TestUnseenKeys(t *testing.T) {
	deny := func(condition string) edit {
		return bucketPolicy(single(`"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::acme-reports/*","Condition":` + condition))
	}
	for _, c := range []struct {
		name   string
		policy edit
		want   CauseState
	}{
		{"another network", deny(`{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`), Likely},
		{"one of many endpoints", deny(`{"StringNotEquals":{"aws:SourceVpce":["vpce-1","vpce-2","vpce-3","vpce-4","vpce-5","vpce-6"]}}`), Likely},
		{"present or not", deny(`{"Null":{"aws:SourceIp":"false"}}`), Possible},
		{"what is known decides", deny(`{"Bool":{"aws:SecureTransport":"true"},"StringLike":{"aws:PrincipalArn":"*:user/ana"}}`), Confirmed},
		{"what is known rules it out", deny(`{"Bool":{"aws:SecureTransport":"false"}}`), RuledOut},
		{"MFA is absent for long-term keys", deny(`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`), Confirmed},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Explain(refusal("Access Denied", ownBucket, identity(allowsObject), ceilingsRead, c.policy))
			for _, f := range r.Findings {
				if f.ID == CauseBucketPolicyExplicitDeny && f.State != c.want {
					t.Errorf("%s, want %s: %s", f.State, c.want, f.Why)
				}
			}
		})
	}
}

// A statement for other objects asks for nothing that bears on this request.
func TestUnseenKeysElsewhereDoNotMatter(t *testing.T) {
	elsewhere := single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::billing/*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`)
	r := read(&Evidence{IdentityPolicies: refusal("", identity(elsewhere)).IdentityPolicies, Target: Target{Bucket: testBucket, Key: testKey}})
	if len(r.eval.unseen) != 0 || len(r.eval.variants) != 1 {
		t.Errorf("%v tried in %d variants", r.eval.unseen, len(r.eval.variants))
	}
}

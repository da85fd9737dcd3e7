package diagnose

import (
	"strings"
	"testing"
)

// TestKeysThatOnlyAWSSees: a condition on a key whose value is not known from here
// proves nothing, whatever its operator. A Deny that may not match must never be
// confirmed: something else may have refused.
func TestKeysThatOnlyAWSSees(t *testing.T) {
	deny := func(condition string) edit {
		return bucketPolicy(single(`"Sid":"Guard","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":` + condition))
	}
	throughEndpoint := func(vpc string) edit {
		return func(e *Evidence) {
			e.VPCEndpoint = KnownFact(VPCEndpoint{ID: "vpce-1", VPC: vpc, Policy: doc("vpce-1", single(`"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"`))}, Exchange{})
		}
	}
	asRole := func(e *Evidence) {
		e.Options.AsPrincipal = "arn:aws:iam::111122223333:role/team/dev"
		e.Head, e.Get = Fact[Answer]{}, Fact[Answer]{}
	}
	readRole := func(e *Evidence) {
		e.Role = KnownFact(Principal{ARN: "arn:aws:iam::111122223333:role/team/dev"}, Exchange{})
	}
	readUser := func(e *Evidence) { e.Role = KnownFact(Principal{ARN: anaARN}, Exchange{}) }
	tagged := func(e *Evidence) { e.Role.Value.Tags = map[string]string{"team": "red"} }
	federated := func(e *Evidence) {
		e.Caller.Value = Identity{ARN: "arn:aws:sts::111122223333:federated-user/ana", Account: ownAccount, Kind: KindFederated}
	}
	signedBySomebody := func(e *Evidence) {
		e.Caller, e.Credentials, e.Options.Presigned = Fact[Identity]{Value: Identity{Kind: KindUnknown}}, Fact[Credentials]{}, true
	}
	for name, c := range map[string]struct {
		condition string
		who       edit
		proven    bool
	}{
		"an address inside the VPC":                {`{"NotIpAddress":{"aws:VpcSourceIp":"10.0.0.0/8"}}`, throughEndpoint("vpc-1"), false},
		"the VPC's ARN":                            {`{"ArnNotEquals":{"aws:SourceVpcArn":"arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1"}}`, throughEndpoint("vpc-1"), false},
		"a VPC that the endpoint does not say":     {`{"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}`, throughEndpoint(""), false},
		"another VPC than the endpoint's":          {`{"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}`, throughEndpoint("vpc-2"), true},
		"no public address through a door":         {`{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`, throughEndpoint("vpc-1"), true},
		"a role whose path is not known":           {`{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/team/dev"}}`, session, false},
		"a role of another name":                   {`{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/team/ops"}}`, session, true},
		"a role whose path was read":               {`{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/dev"}}`, readRoleOf(session, readRole), true},
		"another role, named with its path (--as)": {`{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/team/dev"}}`, asRole, false},
		"another role, of another path (--as)":     {`{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/dev"}}`, asRole, true},
		"the unique id of another principal":       {`{"StringNotLike":{"aws:userid":"AROAEXAMPLE:*"}}`, asRole, false},
		"an id that nobody could read":             {`{"StringNotLike":{"aws:userid":"AIDAEXAMPLE"}}`, func(*Evidence) {}, false},
		"a tag that the user does not have":        {`{"StringNotEquals":{"aws:PrincipalTag/team":"red"}}`, readUser, true},
		"a tag of a user who was not read":         {`{"StringNotEquals":{"aws:PrincipalTag/team":"red"}}`, func(*Evidence) {}, false},
		"a tag that the session may have":          {`{"StringNotEquals":{"aws:PrincipalTag/team":"red"}}`, readRoleOf(session, readRole), false},
		"a tag that the session may override":      {`{"StringEquals":{"aws:PrincipalTag/team":"red"}}`, readRoleOf(session, readRole, tagged), false},
		"a federated user, whose id is its name":   {`{"StringNotLike":{"aws:userid":"111122223333:eve"}}`, federated, true},
		"whoever signed the URL":                   {`{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/dev"}}`, signedBySomebody, false},
		"the account of whoever signed the URL":    {`{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}`, signedBySomebody, false},
		"a second factor, with a key for long":     {`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`, func(*Evidence) {}, true},
		"a second factor of a session":             {`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`, session, false},
		"a second factor of whoever signed":        {`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`, signedBySomebody, false},
		"a second factor of some time ago":         {`{"NumericGreaterThan":{"aws:MultiFactorAuthAge":"3600"}}`, session, false},
		"a session that was opened some day":       {`{"DateLessThan":{"aws:TokenIssueTime":"2026-01-01T00:00:00Z"}}`, session, false},
		"an id that STS told": {`{"StringNotLike":{"aws:userid":"AIDAEXAMPLE"}}`, func(e *Evidence) {
			e.Caller.Value.UserID = "AIDAOTHER"
		}, true},
	} {
		e := refusal("Access Denied", ownBucket, identity(allowsObject), ceilingsRead, deny(c.condition), c.who)
		f := Explain(e).finding(CauseBucketPolicyExplicitDeny)
		if got := f.State == Confirmed; got != c.proven {
			t.Errorf("%s: the Deny is %s, proven should be %t: %s", name, f.State, c.proven, f.Why)
		}
	}
}

// readRoleOf lays one edit over another.
func readRoleOf(edits ...edit) edit {
	return func(e *Evidence) { *e = with(*e, edits...) }
}

// TestUnknowableKeysAreNamed: the report says on which key the decision hinges.
func TestUnknowableKeysAreNamed(t *testing.T) {
	e := refusal("Access Denied", ownBucket, session, identity(allowsObject), ceilingsRead,
		bucketPolicy(single(`"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/team/dev"}}`)))
	if f := Explain(e).finding(CauseBucketPolicyExplicitDeny); !strings.Contains(f.Why, "aws:PrincipalArn") {
		t.Errorf("%s: %s", f.State, f.Why)
	}
}

// TestMayDeny: a Deny that an unseen value may match, whichever side of its bound, is
// never ruled out.
func TestMayDeny(t *testing.T) {
	for _, condition := range []string{
		`{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`, `{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`,
		`{"NumericGreaterThan":{"aws:MultiFactorAuthAge":"3600"}}`, `{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}`,
		`{"DateGreaterThan":{"aws:TokenIssueTime":"2026-01-01T00:00:00Z"}}`, `{"DateLessThan":{"aws:TokenIssueTime":"2026-01-01T00:00:00Z"}}`,
		`{"Null":{"aws:MultiFactorAuthAge":"false"}}`, `{"Null":{"aws:MultiFactorAuthAge":"true"}}`,
	} {
		e := refusal("Access Denied", ownBucket, session, identity(allowsObject), ceilingsRead,
			bucketPolicy(single(`"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":`+condition)))
		if f := Explain(e).finding(CauseBucketPolicyExplicitDeny); f.State != Possible && f.State != Likely {
			t.Errorf("%s: the Deny is %s: %s", condition, f.State, f.Why)
		}
	}
}

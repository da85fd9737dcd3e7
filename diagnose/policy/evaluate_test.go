package policy

import (
	"strings"
	"testing"
)

const (
	userAna = "arn:aws:iam::111122223333:user/ana"
	userBen = "arn:aws:iam::444455556666:user/ben"
)

// getObject is a request of GetObject for arn:aws:s3:::b/k, in 111122223333.
func getObject(principal string, context ...string) Request {
	r := Request{Principal: principal, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: "111122223333"}
	r.Context = make(map[string][]string)
	for i := 0; i+1 < len(context); i += 2 {
		r.Context[context[i]] = []string{context[i+1]}
	}
	return r
}

func everything(t testing.TB) []Named {
	t.Helper()
	return []Named{{"all", mustParse(t, []byte(allowAll))}}
}

// TestAccessPoint: the bucket policy delegates by s3:DataAccessPointAccount,
// and then the access point's policy decides.
func TestAccessPoint(t *testing.T) {
	const arn = "arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/object/k"
	delegate := mustParse(t, []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*",
		"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{"StringEquals":{"s3:DataAccessPointAccount":"111122223333"}}}}`))
	point := mustParse(t, []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"`+userBen+`"},
		"Action":"s3:GetObject","Resource":"`+strings.TrimSuffix(arn, "k")+`*"}}`))
	deny := mustParse(t, []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}`))
	through := func(account string) Request {
		r := getObject(userBen, "s3:DataAccessPointAccount", account)
		r.Resource, r.BucketResource = arn, "arn:aws:s3:::b/k"
		return r
	}
	tests := []struct {
		name          string
		r             Request
		bucket, point *Document
		want          Effect
	}{
		{"both allow", through("111122223333"), delegate, point, Allow},
		{"the bucket does not delegate", through("111122223333"), nil, point, ImplicitDeny},
		{"delegates to another account", through("777788889999"), delegate, point, ImplicitDeny},
		{"the access point denies", through("111122223333"), delegate, deny, ExplicitDeny},
		{"the bucket denies", through("111122223333"), deny, point, ExplicitDeny},
	}
	for _, test := range tests {
		d := Evaluate(test.r, Set{Identity: everything(t), Resource: test.bucket, AccessPoint: test.point})
		if d.Effect != test.want || d.Effect != Allow && d.DecidedBy != ResourceBased {
			t.Errorf("%s: %s by %s", test.name, d.Effect, d.DecidedBy)
		}
	}
}

// TestLayers: every layer says what it says, whoever decides.
func TestLayers(t *testing.T) {
	deny := []Named{{"deny", mustParse(t, []byte(strings.Replace(allowAll, "Allow", "Deny", 1)))}}
	d := Evaluate(getObject(userAna), Set{
		Identity: everything(t), Boundaries: []Named{}, Session: deny,
		SCPs: []Level{{"root", everything(t)}, {"account", nil}},
	})
	if d.Effect != ExplicitDeny || d.DecidedBy != SessionPolicy || len(d.Layers) != int(slots) {
		t.Fatalf("%s by %s, %d layers", d.Effect, d.DecidedBy, len(d.Layers))
	}
	want := map[Layer]LayerResult{
		ServiceControl: {Effect: ImplicitDeny, Applies: true, Level: "account"}, ResourceControl: {Effect: Allow},
		VPCEndpoint: {Effect: Allow}, ResourceBased: {Effect: ImplicitDeny, Applies: true, Overridden: true},
		IdentityBased: {Effect: Allow, Applies: true}, Boundary: {Effect: ImplicitDeny, Applies: true},
		SessionPolicy: {Effect: ExplicitDeny, Applies: true},
	}
	for layer, w := range want {
		w.Layer = layer
		if got, ok := d.Layer(layer); !ok || got != w {
			t.Errorf("%s: %+v, want %+v", layer, got, w)
		}
	}
	if _, ok := d.Layer("no such layer"); ok {
		t.Error("a layer that is none was found")
	}
}

// TestRestrictPublicBuckets: the setting denies what a public policy grants, and
// is not blamed for what the policy does not grant anyway.
func TestRestrictPublicBuckets(t *testing.T) {
	public := mustParse(t, []byte(`{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}`))
	s := Set{Resource: public, RestrictPublicBuckets: true}
	r := getObject("anonymous")
	d := Evaluate(r, s)
	if layer, _ := d.Layer(ResourceBased); d.Effect != ExplicitDeny || !layer.Public {
		t.Errorf("granted: %s, %+v", d.Effect, layer)
	}
	r.Action = "s3:PutObject"
	d = Evaluate(r, s)
	if layer, _ := d.Layer(ResourceBased); d.Effect != ImplicitDeny || layer.Public {
		t.Errorf("not granted: %s, %+v", d.Effect, layer)
	}
}

// TestRole: a role stands for any session of it.
func TestRole(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/team/dev"
	grant := mustParse(t, []byte(`{"Statement":{"Effect":"Allow","Principal":{"AWS":"`+role+`"},"Action":"*","Resource":"*"}}`))
	if d := Evaluate(getObject(role), Set{Resource: grant}); d.Effect != Allow || d.DecidedBy != ResourceBased {
		t.Errorf("%s by %s", d.Effect, d.DecidedBy)
	}
	if d := Evaluate(getObject(role), Set{Resource: grant, Boundaries: []Named{}}); d.Effect != ImplicitDeny || d.DecidedBy != Boundary {
		t.Errorf("with a boundary: %s by %s", d.Effect, d.DecidedBy)
	}
}

// TestServiceLinked: service control policies leave service-linked roles alone.
func TestServiceLinked(t *testing.T) {
	r := getObject("arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s",
		"aws:PrincipalArn", "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX")
	if d := Evaluate(r, Set{Identity: everything(t), SCPs: []Level{{"root", nil}}}); d.Effect != Allow {
		t.Errorf("%s by %s", d.Effect, d.DecidedBy)
	}
}

func TestIsPublic(t *testing.T) {
	tests := []struct {
		principal, condition string
		want                 bool
	}{
		{`"*"`, ``, true},
		{`{"AWS":["111122223333","*"]}`, ``, true},
		{`{"AWS":"111122223333"}`, ``, false},
		{`{"Service":"cloudfront.amazonaws.com"}`, ``, false},
		{`"*"`, `"StringEquals":{"aws:SourceVpc":"vpc-91237329"}`, false},
		{`"*"`, `"StringLike":{"aws:SourceVpc":"vpc-*"}`, true},
		{`"*"`, `"StringEquals":{"aws:SourceVpc":"${aws:PrincipalTag/vpc}"}`, true},
		{`"*"`, `"StringNotEquals":{"aws:SourceVpc":"vpc-1"}`, true},
		{`"*"`, `"StringEqualsIfExists":{"aws:SourceVpc":"vpc-1"}`, true},
		{`"*"`, `"StringEquals":{"aws:Referer":"x"}`, true},
		{`"*"`, `"StringEquals":{"aws:PrincipalOrgID":"o-1"}`, false},
		{`"*"`, `"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, false},
		{`"*"`, `"IpAddress":{"aws:SourceIp":["203.0.113.0/24","0.0.0.0/1"]}`, true},
		{`"*"`, `"IpAddress":{"aws:SourceIp":"2001:db8::/32"}`, false},
		{`"*"`, `"IpAddress":{"aws:SourceIp":"2000::/3"}`, true},
		{`"*"`, `"StringLike":{"aws:userid":"AROAEXAMPLE:*"}`, true},
		{`"*"`, `"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:eu-west-1:111122223333:accesspoint/*"}`, false},
		{`"*"`, `"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:eu-west-1:*:accesspoint/x"}`, true},
		{`"*"`, `"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-1/"}`, true},
		{`"*"`, `"ForAnyValue:StringEquals":{"aws:PrincipalOrgPaths":"o-1/"}`, false},
	}
	for _, test := range tests {
		d := mustParse(t, []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":`+test.principal+
			`,"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{`+test.condition+`}}}`))
		if got, why := IsPublic(d); got != test.want || why == "" {
			t.Errorf("%s with %s: %t (%s)", test.principal, test.condition, got, why)
		}
	}
	if public, why := IsPublic(nil); public || why == "" {
		t.Error("no policy is public")
	}
}

func TestMessage(t *testing.T) {
	const head = `User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/k" `
	deny := mustParse(t, []byte(strings.Replace(allowAll, "Allow", "Deny", 1)))
	const scp = "arn:aws:organizations::999988887777:policy/o-1/service_control_policy/p-1"
	foreign := getObject(userBen, "aws:PrincipalOrgID", "o-1", "aws:ResourceOrgID", "o-1")
	tests := []struct {
		name string
		r    Request
		s    Set
		want string
	}{
		{"allowed", getObject(userAna), Set{Identity: everything(t)}, ""},
		{"implicit", getObject(userAna), Set{}, head + "because no identity-based policy allows the s3:GetObject action"},
		{"boundary", getObject(userAna), Set{Identity: everything(t), Boundaries: []Named{}}, head + "because no permissions boundary allows the s3:GetObject action"},
		{"inline deny", getObject(userAna), Set{Identity: []Named{{"p", deny}}}, head + "with an explicit deny in an identity-based policy"},
		{"deny with an ARN", getObject(userAna), Set{SCPs: []Level{{"root", []Named{{scp, deny}}}}}, head + "with an explicit deny in a service control policy: " + scp},
		{"anonymous", getObject("anonymous"), Set{}, BareMessage},
		{"another account", getObject(userBen), Set{}, BareMessage},
		{"the same organization", foreign, Set{Identity: everything(t)}, strings.Replace(head, userAna, userBen, 1) + "because no resource-based policy allows the s3:GetObject action"},
		{"an endpoint across accounts", foreign, Set{VPCEndpoint: []Named{}}, BareMessage},
	}
	for _, test := range tests {
		if got := Message(test.r, Evaluate(test.r, test.s)); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestActions(t *testing.T) {
	for action, want := range map[string]bool{"s3:GetObject": true, "S3:getobject": true, "s3:Get*": true, "s3:Head*": false,
		"s3:HeadObject": false, "ec2:Anything": true, "s3:": false} {
		if got := ActionExists(action); got != want {
			t.Errorf("ActionExists(%q) = %t", action, got)
		}
	}
	for action, want := range map[string]string{"s3:HeadObject": "s3:GetObject", "s3:headbucket": "s3:ListBucket",
		"s3:ListObjectsV2": "s3:ListBucket", "s3:PutObjet": "s3:PutObject", "s3:GetObject": "", "s3:Head*": "", "s3:Xyzzy": "", "iam:GetUsr": ""} {
		if got := SuggestAction(action); got != want {
			t.Errorf("SuggestAction(%q) = %q, want %q", action, got, want)
		}
	}
	if len(actionRows) < 180 || ActionsDate < "2026-01-01" {
		t.Errorf("%d actions of %q", len(actionRows), ActionsDate)
	}
	for op, meant := range operationActions {
		if actionRows[meant] == nil || actionsByLower["s3:"+op] != nil {
			t.Errorf("%s means %s, which must exist while it must not", op, meant)
		}
	}
}

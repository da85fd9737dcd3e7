package policy

import (
	"fmt"
	"strings"
	"testing"
)

// callers of TestPrincipals, by the names its table uses.
var callers = map[string]Request{
	"user":      getObject("arn:aws:iam::111122223333:user/team/ana"),
	"session":   getObject("arn:aws:sts::111122223333:assumed-role/dev/ci"),
	"pathed":    getObject("arn:aws:sts::111122223333:assumed-role/dev/ci", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/team/dev"),
	"federated": getObject("arn:aws:sts::111122223333:federated-user/ana"),
	"root":      getObject("arn:aws:iam::111122223333:root"),
	"anonymous": getObject("anonymous"),
	"service":   getObject("cloudfront.amazonaws.com"),
	"cn":        getObject("s3.amazonaws.com.cn"),
	"foreign":   getObject("arn:aws:iam::444455556666:user/ben"),
}

// TestPrincipals is one line a case: a caller, the Principal of an Allow in the
// bucket policy of account 111122223333, and how directly it names the caller:
// "name" overrides every implicit deny of the caller's own account, "role" those
// of identity policies alone, "account" none, and "-" does not name her at all.
// The rules: "AWS JSON policy elements: Principal", and the table of "How AWS
// enforcement code logic evaluates requests" in the IAM User Guide.
func TestPrincipals(t *testing.T) {
	const table = `
user      "*"                                                         name
user      {"AWS":"*"}                                                 name
user      {"AWS":"111122223333"}                                      account
user      {"AWS":"arn:aws:iam::111122223333:root"}                    account
user      {"AWS":"444455556666"}                                      -
user      {"AWS":"arn:aws:iam::111122223333:user/team/ana"}           name
user      {"AWS":"arn:aws:iam::111122223333:user/team/Ana"}           -
user      {"AWS":"arn:aws:iam::111122223333:user/ana"}                -
user      {"AWS":"AIDAEXAMPLEUSER00001"}                              -
user      {"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"} -
user      {"Federated":"accounts.google.com"}                         -
user      {"Service":"cloudfront.amazonaws.com"}                      -
user      {"Service":"cloudfront.amazonaws.com","AWS":["444455556666","111122223333"]} account
session   {"AWS":"arn:aws:sts::111122223333:assumed-role/dev/ci"}     name
session   {"AWS":"arn:aws:sts::111122223333:assumed-role/dev/other"}  -
session   {"AWS":"arn:aws:iam::111122223333:role/dev"}                role
session   {"AWS":"arn:aws:iam::111122223333:role/team/dev"}           role
session   {"AWS":"arn:aws:iam::111122223333:role/team/Dev"}           -
session   {"AWS":"arn:aws:iam::444455556666:role/dev"}                -
session   {"AWS":"arn:aws-cn:iam::111122223333:role/team/dev"}        -
session   {"AWS":["arn:aws:iam::111122223333:root","arn:aws:iam::111122223333:role/dev"]} role
session   {"AWS":["arn:aws:iam::111122223333:role/dev","*"]}          name
pathed    {"AWS":"arn:aws:iam::111122223333:role/team/dev"}           role
pathed    {"AWS":"arn:aws:iam::111122223333:role/other/dev"}          -
federated {"AWS":"arn:aws:sts::111122223333:federated-user/ana"}      name
federated {"AWS":"arn:aws:iam::111122223333:user/ana"}                role
federated {"AWS":"arn:aws:iam::111122223333:root"}                    account
root      {"AWS":"arn:aws:iam::111122223333:root"}                    account
anonymous "*"                                                         name
anonymous {"AWS":"*"}                                                 name
anonymous {"AWS":"111122223333"}                                      -
service   {"Service":"cloudfront.amazonaws.com"}                      name
service   {"Service":"logging.s3.amazonaws.com"}                      -
service   {"AWS":"111122223333"}                                      -
cn        {"Service":"s3.amazonaws.com.cn"}                           name
foreign   {"AWS":"arn:aws:iam::444455556666:user/ben"}                name
foreign   {"AWS":"arn:aws:iam::111122223333:root"}                    -
`
	names := map[grade]string{noMatch: "-", byAccount: "account", byRole: "role", byName: "name"}
	for line := range strings.Lines(strings.TrimSpace(table)) {
		f := strings.Fields(line)
		d := mustParse(t, fmt.Appendf(nil, `{"Statement":{"Effect":"Allow","Principal":%s,"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}`, f[1]))
		r := callers[f[0]]
		c := newCall(&r, &Set{Resource: d})
		if got := names[c.document(ResourceBased, "", "", d).allow]; got != f[2] {
			t.Errorf("%s: %s", strings.TrimSpace(line), got)
		}
		c.done()
	}
}

// TestNotPrincipal: whoever a Deny is to spare must be listed with her account,
// and a session with its role too ("AWS JSON policy elements: NotPrincipal").
func TestNotPrincipal(t *testing.T) {
	const account, role = `"arn:aws:iam::111122223333:root"`, `"arn:aws:iam::111122223333:role/dev"`
	const session, user = `"arn:aws:sts::111122223333:assumed-role/dev/ci"`, `"arn:aws:iam::111122223333:user/team/ana"`
	tests := []struct {
		caller, list string
		denied       bool
	}{
		{"user", user + "," + account, false},
		{"user", user, true},
		{"user", account, true},
		{"session", session + "," + role + "," + account, false},
		{"session", session + `,"arn:aws:iam::111122223333:role/team/dev",` + account, false},
		{"session", session + "," + account, true},
		{"session", role + "," + account, true},
		{"pathed", session + "," + role + "," + account, true},
		{"root", account, false},
		{"anonymous", user + "," + account, true},
		{"foreign", user + "," + account, true},
	}
	for _, test := range tests {
		d := mustParse(t, []byte(`{"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":[`+test.list+`]},"Action":"*","Resource":"*"}}`))
		if got := Evaluate(callers[test.caller], Set{Resource: d}).Effect == ExplicitDeny; got != test.denied {
			t.Errorf("%s with %s: denied %t", test.caller, test.list, got)
		}
	}
}

// TestRequestCheck: a request that can match nothing says so before it is weighed.
func TestRequestCheck(t *testing.T) {
	tests := []struct{ principal, action, resource, want string }{
		{"arn:aws:iam::111122223333:user/ana", "s3:GetObject", "arn:aws:s3:::b/k", ""},
		{"anonymous", "s3:ListAllMyBuckets", "*", ""},
		{"edgelambda.amazonaws.com", "s3:GetObject", "arn:aws:s3:::b/k", ""},
		{"", "s3:GetObject", "*", "has no principal"},
		{"ana", "s3:GetObject", "*", `principal "ana" is neither an ARN`},
		{"*", "s3:GetObject", "*", `principal "*" is neither`},
		{"anonymous", "", "*", "has no action"},
		{"anonymous", "GetObject", "*", `action "GetObject" has no service prefix`},
		{"anonymous", "s3:GetObject", "", "has no resource"},
		{"anonymous", "s3:GetObject", "s3://b/k", `resource "s3://b/k" is neither an ARN`},
	}
	for _, test := range tests {
		r := Request{Principal: test.principal, Action: test.action, Resource: test.resource}
		switch err := r.Check(); {
		case test.want == "" && err != nil, test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%+v: %v, want %q", test, err, test.want)
		}
	}
}

// TestCallerKinds: service and kind of an ARN together tell what sort of principal it is.
func TestCallerKinds(t *testing.T) {
	for arn, want := range map[string]callerKind{
		"arn:aws:iam::111122223333:user/ana":            callerUser,
		"arn:aws:sts::111122223333:user/ana":            callerOther,
		"arn:aws:sts::111122223333:federated-user/ana":  callerFederated,
		"arn:aws:iam::111122223333:federated-user/ana":  callerOther,
		"arn:aws:sts::111122223333:assumed-role/dev/ci": callerSession,
		"arn:aws:iam::111122223333:assumed-role/dev/ci": callerOther,
		"arn:aws:iam::111122223333:role/dev":            callerSession,
		"arn:aws:sts::111122223333:role/dev":            callerOther,
		"arn:aws:iam::111122223333:root":                callerRoot,
		"arn:aws:sts::111122223333:root":                callerOther,
		"arn:aws:sts::111122223333:something/else":      callerOther,
	} {
		if got := newCaller(arn).kind; got != want {
			t.Errorf("%s is of kind %d, want %d", arn, got, want)
		}
	}
}

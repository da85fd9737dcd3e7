package lab

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
)

const servicesWorld = testWorld + `
[[role]]
name = "main/reader-role"
path = "/team/"
policies = ["aws/Everything"]
trust = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":["sts:AssumeRole","sts:TagSession"]}}'
[[policy]]
name = "aws/Everything"
document = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
[[user]]
name = "other/guest"
inline = { p = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}}' }
[[actor]]
name = "guest"
user = "other/guest"
[[key]]
name = "main/k"
id = "1a2b3c4d-0000-0000-0000-000000000000"
region = "eu-west-1"
`

func config(held Credentials, endpoint string) aws.Config {
	return aws.Config{
		BaseEndpoint: &endpoint, Region: "eu-west-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(held.AccessKeyID, held.SecretAccessKey, held.SessionToken),
	}
}

func ofSession(c *ststypes.Credentials) Credentials {
	return Credentials{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken}
}

// TestAssumeRole goes across accounts, with a session policy that narrows.
func TestAssumeRole(t *testing.T) {
	l, endpoint := opened(t, servicesWorld)
	ctx := context.Background()
	guest := sts.NewFromConfig(config(heldBy(t, l, "guest"), endpoint))
	in := &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::111122223333:role/team/reader-role"), RoleSessionName: aws.String("visit"),
		Policy: aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}}`)}
	out, err := guest.AssumeRole(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	if *out.AssumedRoleUser.Arn != "arn:aws:sts::111122223333:assumed-role/reader-role/visit" {
		t.Errorf("the session is %s", *out.AssumedRoleUser.Arn)
	}
	session := clientOf(ofSession(out.Credentials), endpoint)
	if _, err := session.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("plain")}); err != nil {
		t.Errorf("what the session policy allows: %v", err)
	}
	_, err = session.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("plain"), Key: aws.String("a b/ü+=&?#%.txt")})
	if o := outcomeOf(err); !strings.Contains(o.message, "because no session policy allows the s3:GetObject action") {
		t.Errorf("what it does not allow: %v", o)
	}
	who, err := sts.NewFromConfig(config(ofSession(out.Credentials), endpoint)).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil || *who.Account != "111122223333" || *who.Arn != *out.AssumedRoleUser.Arn {
		t.Errorf("the session is %v (%v)", who, err)
	}
	if _, err := sts.NewFromConfig(config(heldBy(t, l, "stranger/admin"), endpoint)).AssumeRole(ctx, in); !strings.Contains(outcomeOf(err).message, "no role trust policy allows") {
		t.Errorf("whom the trust policy does not name: %v", err)
	}
}

// TestSessionTokens holds what becomes of a session that ends.
func TestSessionTokens(t *testing.T) {
	now := time.Date(2026, 10, 2, 9, 0, 0, 0, time.UTC)
	l, err := OpenFile("test.toml", strings.NewReader(servicesWorld), WithClock(func() time.Time { return now }))
	if err != nil {
		t.Fatal(err)
	}
	session := &credential{arn: "arn:aws:iam::111122223333:user/x"}
	l.sessions.add(session, now, time.Hour)
	if err := session.checkToken(session.token, now.Add(59*time.Minute)); err != nil {
		t.Errorf("within its hour: %v", err)
	}
	if err := session.checkToken(session.token, now.Add(61*time.Minute)); err == nil || err.Code != "ExpiredToken" || err.Status != 400 {
		t.Errorf("after its hour: %v", err)
	}
	if err := session.checkToken("x"+session.token, now); err == nil || err.Code != "InvalidToken" {
		t.Errorf("another token: %v", err)
	}
	for range maxSessions + 10 {
		l.sessions.add(&credential{}, now, time.Hour)
	}
	if len(l.sessions.byKey) != maxSessions || l.sessions.find(session.keyID) != nil {
		t.Errorf("%d sessions are kept, want %d and not the oldest", len(l.sessions.byKey), maxSessions)
	}
}

// TestFederation holds that a federated user gets what both her policies allow.
func TestFederation(t *testing.T) {
	l, endpoint := opened(t, servicesWorld)
	ctx := context.Background()
	c := sts.NewFromConfig(config(heldBy(t, l, "main/admin"), endpoint))
	out, err := c.GetFederationToken(ctx, &sts.GetFederationTokenInput{Name: aws.String("fred")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = clientOf(ofSession(out.Credentials), endpoint).ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("plain")})
	if o := outcomeOf(err); o.status != 403 {
		t.Errorf("without a session policy: %v", o)
	}
	token, err := c.GetSessionToken(ctx, &sts.GetSessionTokenInput{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clientOf(ofSession(token.Credentials), endpoint).ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("plain")}); err != nil {
		t.Errorf("a session of the same user: %v", err)
	}
}

// TestIAM reads and writes policies, and sees the writes take effect.
func TestIAM(t *testing.T) {
	l, endpoint := opened(t, servicesWorld)
	ctx := context.Background()
	c := iam.NewFromConfig(config(heldBy(t, l, "main/admin"), endpoint))
	role, err := c.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("reader-role")})
	if err != nil || *role.Role.Arn != "arn:aws:iam::111122223333:role/team/reader-role" {
		t.Fatalf("get role: %v %v", role, err)
	}
	document := `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}}`
	if _, err := c.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: aws.String("reader"), PolicyName: aws.String("more"), PolicyDocument: &document}); err != nil {
		t.Fatal(err)
	}
	names, err := c.ListUserPolicies(ctx, &iam.ListUserPoliciesInput{UserName: aws.String("reader")})
	if err != nil || strings.Join(names.PolicyNames, " ") != "more reader" {
		t.Errorf("policies %v (%v)", names, err)
	}
	if _, err := c.GetUser(ctx, &iam.GetUserInput{UserName: aws.String("nobody")}); outcomeOf(err).code != "NoSuchEntity" {
		t.Errorf("a user who is not there: %v", err)
	}
	if _, err := c.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: aws.String("reader"), PolicyName: aws.String("bad"), PolicyDocument: aws.String("{")}); outcomeOf(err).code != "MalformedPolicyDocument" {
		t.Errorf("a policy that is none: %v", err)
	}
	guest := iam.NewFromConfig(config(heldBy(t, l, "guest"), endpoint))
	_, err = guest.ListUserPolicies(ctx, &iam.ListUserPoliciesInput{UserName: aws.String("guest")})
	if o := outcomeOf(err); o.message != "User: arn:aws:iam::444455556666:user/guest is not authorized to perform: iam:ListUserPolicies on resource: arn:aws:iam::444455556666:user/guest because no identity-based policy allows the iam:ListUserPolicies action" {
		t.Errorf("who may not: %v", o)
	}
	result, err := c.SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{PolicySourceArn: role.Role.Arn, ActionNames: []string{"s3:GetObject"}, ResourceArns: []string{"arn:aws:s3:::plain/x"}})
	if err != nil || result.EvaluationResults[0].EvalDecision != "allowed" {
		t.Errorf("simulation: %v (%v)", result, err)
	}
}

// TestAuthorizationDetails: one answer has all that stands on the users, groups and
// roles of the account, of the kinds that are asked for.
func TestAuthorizationDetails(t *testing.T) {
	l, endpoint := opened(t, servicesWorld+`
[[group]]
name = "main/staff"
policies = ["aws/Everything"]
inline = { lists = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}}' }
[[user]]
name = "main/ina"
groups = ["main/staff"]
boundary = "aws/Everything"
`)
	ctx := context.Background()
	c := iam.NewFromConfig(config(heldBy(t, l, "main/admin"), endpoint))
	out, err := c.GetAccountAuthorizationDetails(ctx, &iam.GetAccountAuthorizationDetailsInput{Filter: []iamtypes.EntityType{"Group"}})
	if err != nil || len(out.GroupDetailList) != 1 || len(out.UserDetailList)+len(out.RoleDetailList)+len(out.Policies) != 0 {
		t.Fatalf("the groups alone: %+v (%v)", out, err)
	}
	g := out.GroupDetailList[0]
	text, err := url.PathUnescape(*g.GroupPolicyList[0].PolicyDocument)
	if *g.GroupPolicyList[0].PolicyName != "lists" || err != nil || !strings.Contains(text, `"s3:ListBucket"`) || *g.AttachedManagedPolicies[0].PolicyName != "Everything" {
		t.Errorf("group %+v, its policy %q (%v)", g, text, err)
	}
	all, err := c.GetAccountAuthorizationDetails(ctx, &iam.GetAccountAuthorizationDetailsInput{})
	if err != nil {
		t.Fatal(err)
	}
	of := map[string][]string{}
	for _, u := range all.UserDetailList {
		of[*u.UserName] = u.GroupList
	}
	if !slices.Equal(of["ina"], []string{"staff"}) || len(all.RoleDetailList) != 1 || len(all.Policies) != 1 || *all.Policies[0].PolicyName != "Everything" {
		t.Errorf("all: users %v, %d roles, %d policies", of, len(all.RoleDetailList), len(all.Policies))
	}
	used, err := c.ListPolicies(ctx, &iam.ListPoliciesInput{PolicyUsageFilter: iamtypes.PolicyUsageTypePermissionsBoundary})
	if err != nil || len(used.Policies) != 1 || *used.Policies[0].PolicyName != "Everything" {
		t.Errorf("the boundaries: %+v (%v)", used, err)
	}
	guest := iam.NewFromConfig(config(heldBy(t, l, "guest"), endpoint))
	if _, err := guest.GetAccountAuthorizationDetails(ctx, &iam.GetAccountAuthorizationDetailsInput{}); outcomeOf(err).code != "AccessDenied" {
		t.Errorf("who may not: %v", err)
	}
}

// TestKMSAndOrganizations asks the services of the JSON protocol.
func TestKMSAndOrganizations(t *testing.T) {
	l, endpoint := opened(t, servicesWorld)
	ctx := context.Background()
	k := kms.NewFromConfig(config(heldBy(t, l, "main/admin"), endpoint))
	id := aws.String("1a2b3c4d-0000-0000-0000-000000000000")
	if _, err := k.DisableKey(ctx, &kms.DisableKeyInput{KeyId: id}); err != nil {
		t.Fatal(err)
	}
	out, err := k.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: id})
	if err != nil || out.KeyMetadata.KeyState != "Disabled" {
		t.Errorf("describe: %v (%v)", out, err)
	}
	_, err = kms.NewFromConfig(config(heldBy(t, l, "guest"), endpoint)).DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("arn:aws:kms:eu-west-1:111122223333:key/" + *id)})
	if o := outcomeOf(err); o.code != "AccessDeniedException" {
		t.Errorf("a stranger to the key: %v", o)
	}
	o := organizations.NewFromConfig(config(heldBy(t, l, "main/admin"), endpoint))
	parents, err := o.ListParents(ctx, &organizations.ListParentsInput{ChildId: aws.String("444455556666")})
	if err != nil || len(parents.Parents) != 1 || parents.Parents[0].Type != "ROOT" {
		t.Errorf("parents: %v (%v)", parents, err)
	}
	scps, err := o.ListPolicies(ctx, &organizations.ListPoliciesInput{Filter: "SERVICE_CONTROL_POLICY"})
	if err != nil || len(scps.Policies) == 0 || *scps.Policies[0].Id != "p-FullAWSAccess" {
		t.Errorf("policies: %v (%v)", scps, err)
	}
	_, err = organizations.NewFromConfig(config(heldBy(t, l, "other/admin"), endpoint)).ListRoots(ctx, &organizations.ListRootsInput{})
	if outcomeOf(err).code != "AccessDeniedException" {
		t.Errorf("a member account: %v", err)
	}
}

// TestCredentialsStay holds the made-up keys, which documents and pictures show.
func TestCredentialsStay(t *testing.T) {
	got, err := json.Marshal(Actor{Name: "missing-key/mia"}.Credentials())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"mia","accessKeyId":"AKIAJMSYTCC7QO7NTLAB","secretAccessKey":"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","sessionToken":""}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

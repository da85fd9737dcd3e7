package lab

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// rolesWorld has a role for each thing that a trust policy can ask for.
const rolesWorld = testWorld + `
[[policy]]
name = "aws/Everything"
document = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
[[user]]
name = "main/mia"
mfa = true
inline = { p = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:*","iam:*"],"Resource":"*"},{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}' }
[[user]]
name = "main/ned"
[[actor]]
name = "mia"
user = "main/mia"
[[actor]]
name = "ned"
user = "main/ned"
[[actor]]
name = "root"
root = "main"
[[role]]
name = "main/plain"
policies = ["aws/Everything"]
max-session = "2h"
[[role]]
name = "main/external"
policies = ["aws/Everything"]
trust = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"s3cret"}}}}'
[[role]]
name = "main/with-mfa"
policies = ["aws/Everything"]
trust = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}}'
[[role]]
name = "main/no-tags"
policies = ["aws/Everything"]
trust = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}'
[[role]]
name = "main/denies"
trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]}'
[[role]]
name = "main/tagged"
inline = { p = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"blue"}}}}' }
`

const roleARN = "arn:aws:iam::111122223333:role/"

// TestAssumeRoleRefusals goes through what STS asks of who assumes a role.
func TestAssumeRoleRefusals(t *testing.T) {
	l, endpoint := opened(t, rolesWorld)
	ctx := context.Background()
	device, seed := aws.String("arn:aws:iam::111122223333:mfa/mia"), mfaSeed("main/mia")
	for _, c := range []struct {
		what, actor string
		in          sts.AssumeRoleInput
		status      int
		message     string // a part
	}{
		{"a role of the account", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "plain")}, 200, ""},
		{"no policy that allows it", "ned", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "plain")}, 403, "because no identity-based policy allows the sts:AssumeRole action"},
		{"a stranger", "stranger/admin", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "plain")}, 403, "because no role trust policy allows the sts:AssumeRole action"},
		{"a role that is not there", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "none")}, 403, "is not authorized to perform: sts:AssumeRole on resource: " + roleARN + "none"},
		{"no ARN", "mia", sts.AssumeRoleInput{RoleArn: aws.String("plain-role-name-of-twenty")}, 400, "plain-role-name-of-twenty is invalid"},
		{"root", "root", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "plain")}, 403, "Roles may not be assumed by root accounts."},
		{"a name with a blank", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "plain"), RoleSessionName: aws.String("a b")}, 400, `failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`},
		{"a short name", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "plain"), RoleSessionName: aws.String("a")}, 400, "length greater than or equal to 2"},
		{"two hours", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "plain"), DurationSeconds: aws.Int32(7200)}, 200, ""},
		{"more than the role's longest", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "plain"), DurationSeconds: aws.Int32(7201)}, 400, "exceeds the MaxSessionDuration set for this role"},
		{"a minute", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "plain"), DurationSeconds: aws.Int32(60)}, 400, "greater than or equal to 900"},
		{"the external id", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "external"), ExternalId: aws.String("s3cret")}, 200, ""},
		{"another external id", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "external"), ExternalId: aws.String("other")}, 403, "no role trust policy allows"},
		{"no external id", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "external")}, 403, "no role trust policy allows"},
		{"no MFA", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "with-mfa")}, 403, "no role trust policy allows"},
		{"MFA", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "with-mfa"), SerialNumber: device, TokenCode: aws.String(mfaCode(seed, time.Now()))}, 200, ""},
		{"a wrong code", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "with-mfa"), SerialNumber: device, TokenCode: aws.String("000000")}, 403, "MultiFactorAuthentication failed with invalid MFA one time pass code."},
		{"no code", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "with-mfa"), SerialNumber: device}, 403, "must provide both MFA serial number and one time pass code"},
		{"somebody else's device", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "with-mfa"), SerialNumber: aws.String("arn:aws:iam::111122223333:mfa/ned"), TokenCode: aws.String("123456")}, 403, "unable to validate MFA code"},
		{"tags that the trust policy does not allow", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "no-tags"), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}}}, 403, "sts:TagSession"},
		{"a trust policy that denies", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "denies")}, 403, "with an explicit deny in the role trust policy"},
		{"a session policy that is none", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "plain"), Policy: aws.String("{")}, 400, ""},
		{"a session policy that is too long", "mia", sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "plain"), Policy: aws.String(strings.Repeat(" ", 2049))}, 400, "less than or equal to 2048"},
	} {
		t.Run(c.what, func(t *testing.T) {
			if c.in.RoleSessionName == nil {
				c.in.RoleSessionName = aws.String("visit")
			}
			_, err := sts.NewFromConfig(config(heldBy(t, l, c.actor), endpoint)).AssumeRole(ctx, &c.in)
			if got := outcomeOf(err); got.status != c.status || !strings.Contains(got.message, c.message) {
				t.Errorf("%v, want %d with %q", got, c.status, c.message)
			}
		})
	}
}

// TestSessionTags holds that a session's tags are what policies see, that
// transitive ones go on to the next role, and that a chain lasts an hour at most.
func TestSessionTags(t *testing.T) {
	l, endpoint := opened(t, rolesWorld)
	ctx := context.Background()
	tags := []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}}
	first, err := sts.NewFromConfig(config(heldBy(t, l, "mia"), endpoint)).AssumeRole(ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String(roleARN + "plain"), RoleSessionName: aws.String("one"), Tags: tags, TransitiveTagKeys: []string{"team"}})
	if err != nil {
		t.Fatal(err)
	}
	chained := sts.NewFromConfig(config(ofSession(first.Credentials), endpoint))
	in := &sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "tagged"), RoleSessionName: aws.String("two")}
	second, err := chained.AssumeRole(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clientOf(ofSession(second.Credentials), endpoint).ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("plain")}); err != nil {
		t.Errorf("the tag did not go on: %v", err)
	}
	in.DurationSeconds = aws.Int32(3601)
	if _, err := chained.AssumeRole(ctx, in); !strings.Contains(outcomeOf(err).message, "1 hour session limit for roles assumed by role chaining") {
		t.Errorf("a chain of more than an hour: %v", err)
	}
	in.DurationSeconds, in.Tags = nil, tags
	if _, err := chained.AssumeRole(ctx, in); outcomeOf(err).code != "InvalidParameterValue" {
		t.Errorf("a transitive tag set again: %v", err)
	}
}

// TestUserSessions holds what the sessions of a user are good for: MFA counts,
// and IAM is closed without it.
func TestUserSessions(t *testing.T) {
	l, endpoint := opened(t, rolesWorld)
	ctx := context.Background()
	c := sts.NewFromConfig(config(heldBy(t, l, "mia"), endpoint))
	ask := func(held Credentials) (bucket, users int) {
		_, err := clientOf(held, endpoint).ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("plain")})
		_, other := iam.NewFromConfig(config(held, endpoint)).GetUser(ctx, &iam.GetUserInput{})
		return outcomeOf(err).status, outcomeOf(other).status
	}
	device, code := aws.String("arn:aws:iam::111122223333:mfa/mia"), aws.String(mfaCode(mfaSeed("main/mia"), time.Now()))
	for _, s := range []struct {
		what          string
		in            sts.GetSessionTokenInput
		bucket, users int
	}{
		{"without MFA", sts.GetSessionTokenInput{}, 403, 403},
		{"with MFA", sts.GetSessionTokenInput{SerialNumber: device, TokenCode: code}, 200, 200},
	} {
		out, err := c.GetSessionToken(ctx, &s.in)
		if err != nil {
			t.Fatal(err)
		}
		if bucket, users := ask(ofSession(out.Credentials)); bucket != s.bucket || users != s.users {
			t.Errorf("%s: S3 answers %d, IAM %d, want %d, %d", s.what, bucket, users, s.bucket, s.users)
		}
		again := sts.NewFromConfig(config(ofSession(out.Credentials), endpoint))
		if _, err := again.GetSessionToken(ctx, &sts.GetSessionTokenInput{}); outcomeOf(err).message != "Cannot call GetSessionToken with session credentials" {
			t.Errorf("a session of a session: %v", err)
		}
	}
	fed, err := c.GetFederationToken(ctx, &sts.GetFederationTokenInput{Name: aws.String("fred"), Policy: aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`)})
	if err != nil {
		t.Fatal(err)
	}
	asFred := sts.NewFromConfig(config(ofSession(fed.Credentials), endpoint))
	if who, err := asFred.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}); err != nil || *who.Arn != "arn:aws:sts::111122223333:federated-user/fred" {
		t.Errorf("the federated user is %v (%v)", who, err)
	}
	if _, err := asFred.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "plain"), RoleSessionName: aws.String("x1")}); outcomeOf(err).status != 403 {
		t.Errorf("a federated user assumes a role: %v", err)
	}
}

// TestMFACode holds the codes against RFC 6238, appendix B.
func TestMFACode(t *testing.T) {
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"} {
		if got := mfaCode([]byte("12345678901234567890"), time.Unix(at, 0)); got != want {
			t.Errorf("the code at %d is %s, want %s", at, got, want)
		}
	}
}

// writesWorld is where TestPolicyWrites writes.
const writesWorld = rolesWorld + `
[[control-policy]]
name = "guard"
id = "p-guard001"
kind = "scp"
targets = ["other"]
document = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:ListBucket","Resource":"*"}}'
[[policy]]
name = "main/own"
document = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'
[[vpc-endpoint]]
id = "vpce-1"
vpc = "vpc-1"
account = "main"
region = "eu-west-1"
`

// policyWrite is a write of IAM's, and what it leads to.
type policyWrite struct {
	what   string
	do     func() error
	status int
	ned    int // what ned's listing answers afterwards
}

// TestPolicyWrites does what the commands of a fix do, and what they cannot.
func TestPolicyWrites(t *testing.T) {
	l, endpoint := opened(t, writesWorld)
	ctx := context.Background()
	list := func() int {
		_, err := clientOf(heldBy(t, l, "ned"), endpoint).ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("plain")})
		return outcomeOf(err).status
	}
	for _, s := range policyWrites(ctx, iam.NewFromConfig(config(heldBy(t, l, "main/admin"), endpoint))) {
		if got := outcomeOf(s.do()); got.status != s.status {
			t.Errorf("%s: %v, want %d", s.what, got, s.status)
		}
		if got := list(); got != s.ned {
			t.Errorf("%s: then a listing answers %d, want %d", s.what, got, s.ned)
		}
	}
	writesElsewhere(ctx, t, l, endpoint)
}

// policyWrites are made one after the other.
func policyWrites(ctx context.Context, c *iam.Client) []policyWrite {
	ned, own := aws.String("ned"), aws.String("arn:aws:iam::111122223333:policy/own")
	all := aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`)
	return []policyWrite{
		{"attach a policy", func() error {
			_, err := c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: ned, PolicyArn: own})
			return err
		}, 200, 403},
		{"attach one that is not there", func() error {
			_, err := c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: ned, PolicyArn: aws.String("arn:aws:iam::111122223333:policy/no-such-policy")})
			return err
		}, 404, 403},
		{"make a version that is not the default", func() error {
			_, err := c.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: own, PolicyDocument: all})
			return err
		}, 200, 403},
		{"make the default version", func() error {
			_, err := c.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: own, PolicyDocument: all, SetAsDefault: true})
			return err
		}, 200, 200},
		{"change AWS's own policy", func() error {
			_, err := c.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: aws.String("arn:aws:iam::aws:policy/Everything"), PolicyDocument: all, SetAsDefault: true})
			return err
		}, 403, 200},
		{"detach it", func() error {
			_, err := c.DetachUserPolicy(ctx, &iam.DetachUserPolicyInput{UserName: ned, PolicyArn: own})
			return err
		}, 200, 403},
		{"detach it again", func() error {
			_, err := c.DetachUserPolicy(ctx, &iam.DetachUserPolicyInput{UserName: ned, PolicyArn: own})
			return err
		}, 404, 403},
		{"put an inline policy", func() error {
			_, err := c.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: ned, PolicyName: aws.String("p"), PolicyDocument: all})
			return err
		}, 200, 200},
		{"set a boundary", func() error {
			_, err := c.PutUserPermissionsBoundary(ctx, &iam.PutUserPermissionsBoundaryInput{UserName: ned, PermissionsBoundary: aws.String("arn:aws:iam::aws:policy/Everything")})
			return err
		}, 200, 200},
		{"delete the inline policy", func() error {
			_, err := c.DeleteUserPolicy(ctx, &iam.DeleteUserPolicyInput{UserName: ned, PolicyName: aws.String("p")})
			return err
		}, 200, 403},
		{"delete it again", func() error {
			_, err := c.DeleteUserPolicy(ctx, &iam.DeleteUserPolicyInput{UserName: ned, PolicyName: aws.String("p")})
			return err
		}, 404, 403},
	}
}

// writesElsewhere changes a trust policy, a control policy and an endpoint's.
func writesElsewhere(ctx context.Context, t *testing.T, l *Lab, endpoint string) {
	admin := config(heldBy(t, l, "main/admin"), endpoint)
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"555566667777"},"Action":"sts:AssumeRole"}}`
	if _, err := iam.NewFromConfig(admin).UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("plain"), PolicyDocument: &trust}); err != nil {
		t.Error(err)
	}
	if _, err := sts.NewFromConfig(config(heldBy(t, l, "stranger/admin"), endpoint)).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String(roleARN + "plain"), RoleSessionName: aws.String("x1")}); err != nil {
		t.Errorf("whom the role trusts now: %v", err)
	}
	o := organizations.NewFromConfig(admin)
	content := aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}}`)
	out, err := o.UpdatePolicy(ctx, &organizations.UpdatePolicyInput{PolicyId: aws.String("p-guard001"), Content: content})
	if err != nil || *out.Policy.Content != *content {
		t.Errorf("update policy: %v (%v)", out, err)
	}
	if _, err := o.UpdatePolicy(ctx, &organizations.UpdatePolicyInput{PolicyId: aws.String("p-nothere1"), Content: content}); outcomeOf(err).code != "PolicyNotFoundException" {
		t.Errorf("a policy that is not there: %v", err)
	}
	form := url.Values{"Action": {"ModifyVpcEndpoint"}, "Version": {"2016-11-15"}, "VpcEndpointId": {"vpce-1"}, "PolicyDocument": {`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}`}}
	if got := askEC2(t, heldBy(t, l, "main/admin"), endpoint, form).status; got != 200 || !strings.Contains(l.state.Load().endpoints["vpce-1"].policy.text, "Deny") {
		t.Errorf("modify the endpoint: %d, %s", got, l.state.Load().endpoints["vpce-1"].policy.text)
	}
	form.Set("VpcEndpointId", "vpce-2")
	if got := askEC2(t, heldBy(t, l, "main/admin"), endpoint, form).status; got != 400 {
		t.Errorf("an endpoint that is not there: %d", got)
	}
}

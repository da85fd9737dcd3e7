package lab

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// acrossWorld is a bucket whose policy allows everything to two other accounts,
// one inside the organization and one outside, and denies its own root.
const acrossWorld = testWorld + `
[[policy]]
name = "aws/Everything"
document = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
[[bucket]]
name = "open"
account = "main"
region = "eu-west-1"
ownership = "ObjectWriter"
versioning = "Enabled"
public-access-block = ["BlockPublicAcls"]
policy = '''
{"Version":"2012-10-17","Statement":[
 {"Effect":"Allow","Principal":{"AWS":["111122223333","444455556666","555566667777"]},"Action":"s3:*","Resource":["arn:aws:s3:::open","arn:aws:s3:::open/*"]},
 {"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"s3:*","Resource":["arn:aws:s3:::open","arn:aws:s3:::open/*"],
  "Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:root"}}}]}'''
[[bucket.object]]
key = "mine"
body = "mine"
[[bucket.object]]
key = "theirs"
body = "theirs"
owner = "stranger"
[[bucket.object]]
key = "gone"
delete-marker = true
version = "marker"
[[actor]]
name = "root"
root = "main"
`

// TestAcross asks for each setting of a bucket as its own account, as another of
// the organization and as a stranger, all of whom the policy allows everything.
// GetBucketPolicy and its kin are for the bucket's own account alone.
func TestAcross(t *testing.T) {
	l, endpoint := opened(t, acrossWorld)
	ctx, bucket := context.Background(), aws.String("open")
	type asks func(*s3.Client) error
	for _, c := range []struct {
		what                        string
		ask                         asks
		own, inside, outside, asked int // statuses; asked: as the account's root
	}{
		{"GetBucketPolicy", func(c *s3.Client) error {
			_, err := c.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: bucket})
			return err
		}, 200, 405, 405, 200},
		{"PutBucketPolicy", func(c *s3.Client) error {
			out, err := c.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: bucket})
			text := aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}`)
			if err == nil {
				text = out.Policy
			}
			_, err = c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: bucket, Policy: text})
			return err
		}, 200, 405, 405, 200},
		{"GetBucketPolicyStatus", func(c *s3.Client) error {
			_, err := c.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: bucket})
			return err
		}, 200, 200, 200, 403},
		{"GetBucketAcl", func(c *s3.Client) error {
			_, err := c.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: bucket})
			return err
		}, 200, 200, 200, 403},
		{"GetPublicAccessBlock", func(c *s3.Client) error {
			_, err := c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket})
			return err
		}, 200, 200, 200, 403},
		{"GetBucketOwnershipControls", func(c *s3.Client) error {
			_, err := c.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: bucket})
			return err
		}, 200, 200, 200, 403},
		{"GetBucketLocation", func(c *s3.Client) error {
			_, err := c.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: bucket})
			return err
		}, 200, 200, 200, 403},
		{"ListBucket", func(c *s3.Client) error {
			_, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket})
			return err
		}, 200, 200, 200, 403},
		{"GetObjectAcl of the owner's object", aclOf(ctx, "mine"), 200, 200, 200, 403},
		{"GetObjectAcl of a stranger's object", aclOf(ctx, "theirs"), 403, 403, 200, 403},
		{"GetObject of a stranger's object", getOf(ctx, "theirs"), 403, 403, 200, 403},
		{"GetObject of the owner's object", getOf(ctx, "mine"), 200, 200, 200, 403},
	} {
		for _, as := range []struct {
			actor string
			want  int
		}{{"main/admin", c.own}, {"other/admin", c.inside}, {"stranger/admin", c.outside}, {"root", c.asked}} {
			if got := outcomeOf(c.ask(clientOf(heldBy(t, l, as.actor), endpoint))); got.status != as.want {
				t.Errorf("%s as %s: %v, want %d", c.what, as.actor, got, as.want)
			}
		}
	}
}

func aclOf(ctx context.Context, key string) func(*s3.Client) error {
	return func(c *s3.Client) error {
		_, err := c.GetObjectAcl(ctx, &s3.GetObjectAclInput{Bucket: aws.String("open"), Key: &key})
		return err
	}
}

func getOf(ctx context.Context, key string) func(*s3.Client) error {
	return func(c *s3.Client) error {
		_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("open"), Key: &key})
		return err
	}
}

// TestLocationAfar asks another region's endpoint where a bucket is: it answers
// the bucket's own account, and knows no bucket policy.
func TestLocationAfar(t *testing.T) {
	l, endpoint := opened(t, acrossWorld)
	for actor, want := range map[string]int{"main/admin": 200, "other/admin": 403, "stranger/admin": 403} {
		held := heldBy(t, l, actor)
		c := s3.New(s3.Options{BaseEndpoint: &endpoint, Region: "us-east-1", UsePathStyle: true, RetryMaxAttempts: 1,
			Credentials: credentials.NewStaticCredentialsProvider(held.AccessKeyID, held.SecretAccessKey, "")})
		out, err := c.GetBucketLocation(context.Background(), &s3.GetBucketLocationInput{Bucket: aws.String("open")})
		if got := outcomeOf(err); got.status != want || want == 200 && out.LocationConstraint != "eu-west-1" {
			t.Errorf("%s: %v, want %d", actor, got, want)
		}
	}
}

// TestPublicACLs holds that BlockPublicAcls refuses an ACL for the public, in the
// words of the S3 User Guide, and no other.
func TestPublicACLs(t *testing.T) {
	l, endpoint := opened(t, acrossWorld)
	ctx, c := context.Background(), clientOf(heldBy(t, l, "main/admin"), endpoint)
	_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("open"), Key: aws.String("k"), Body: strings.NewReader("x"), ACL: types.ObjectCannedACLPublicRead})
	want := `User: arn:aws:iam::111122223333:user/admin is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::open/k" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.`
	if got := outcomeOf(err); got.status != 403 || got.message != want {
		t.Errorf("a public object: %v", got)
	}
	_, err = c.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: aws.String("open"), Key: aws.String("mine"), ACL: types.ObjectCannedACLAuthenticatedRead})
	if got := outcomeOf(err); got.status != 403 || !strings.Contains(got.message, "BlockPublicAcls") {
		t.Errorf("an ACL for all accounts: %v", got)
	}
	if _, err = c.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: aws.String("open"), Key: aws.String("mine"), ACL: types.ObjectCannedACLPrivate}); err != nil {
		t.Errorf("a private ACL: %v", err)
	}
}

// TestOwnersInOptions holds that both expected owners of a copy are checked, and
// what is said of a delete marker that is asked for by its version.
func TestOwnersInOptions(t *testing.T) {
	l, endpoint := opened(t, acrossWorld)
	ctx, c := context.Background(), clientOf(heldBy(t, l, "main/admin"), endpoint)
	in := &s3.CopyObjectInput{Bucket: aws.String("open"), Key: aws.String("copy"), CopySource: aws.String("plain/a%20b/%C3%BC%2B%3D%26%3F%23%25.txt")}
	if _, err := c.CopyObject(ctx, in); err != nil {
		t.Errorf("a copy: %v", err)
	}
	in.ExpectedSourceBucketOwner = aws.String("444455556666")
	if _, err := c.CopyObject(ctx, in); outcomeOf(err).status != 403 {
		t.Errorf("another owner of the source: %v", err)
	}
	_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("open"), Key: aws.String("gone"), VersionId: aws.String("marker")})
	if got := outcomeOf(err); got.status != 405 || got.code != "MethodNotAllowed" {
		t.Errorf("the version that is a delete marker: %v", got)
	}
}

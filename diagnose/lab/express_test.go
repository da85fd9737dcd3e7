package lab

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// hotBucket is the directory bucket of expressWorld.
const hotBucket = "hot--euw1-az1--x-s3"

// expressWorld is a directory bucket, somebody who may open sessions of either
// kind, and somebody who may open them for reading alone.
const expressWorld = testWorld + `
[[bucket]]
name = "hot--euw1-az1--x-s3"
account = "main"
region = "eu-west-1"
[[bucket.object]]
key = "k"
body = "hot"
[[user]]
name = "main/writer"
[user.inline]
open = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3express:CreateSession","Resource":"*"}}'
[[user]]
name = "main/reads"
[user.inline]
open = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3express:CreateSession","Resource":"*","Condition":{"StringEquals":{"s3express:SessionMode":"ReadOnly"}}}}'
[[actor]]
name = "writer"
user = "main/writer"
[[actor]]
name = "reads"
user = "main/reads"
`

// expressSession signs with a session's key, whose token goes in a header of its own.
func expressSession(ctx context.Context, c *s3.Client, endpoint string, mode types.SessionMode) (*s3.Client, error) {
	out, err := c.CreateSession(ctx, &s3.CreateSessionInput{Bucket: aws.String(hotBucket), SessionMode: mode})
	if err != nil {
		return nil, err
	}
	held := Credentials{AccessKeyID: *out.Credentials.AccessKeyId, SecretAccessKey: *out.Credentials.SecretAccessKey}
	return expressClient(held, endpoint, *out.Credentials.SessionToken), nil
}

// expressClient opens no sessions of its own accord.
func expressClient(held Credentials, endpoint, token string) *s3.Client {
	return clientOf(held, endpoint, func(o *s3.Options) {
		o.DisableS3ExpressSessionAuth = aws.Bool(true)
		o.Credentials = credentials.NewStaticCredentialsProvider(held.AccessKeyID, held.SecretAccessKey, held.SessionToken)
		if token != "" {
			o.APIOptions = append(o.APIOptions, smithyhttp.AddHeaderValue("X-Amz-S3session-Token", token))
		}
	})
}

// TestExpressSessions holds what a session of a directory bucket opens: one for
// reading reads, lists and tells attributes, and writes nothing (API_CreateSession,
// "ReadOnly session"); of a session without a mode the greatest that is allowed.
func TestExpressSessions(t *testing.T) {
	l, endpoint := opened(t, expressWorld)
	ctx := context.Background()
	for _, c := range []struct {
		actor       string
		mode        types.SessionMode
		open        int // status of CreateSession
		read, write int
	}{
		{"writer", "", 200, 200, 200},
		{"writer", types.SessionModeReadWrite, 200, 200, 200},
		{"writer", types.SessionModeReadOnly, 200, 200, 403},
		{"reads", "", 200, 200, 403},
		{"reads", types.SessionModeReadOnly, 200, 200, 403},
		{"reads", types.SessionModeReadWrite, 403, 0, 0},
	} {
		t.Run(c.actor+" "+string(c.mode), func(t *testing.T) {
			session, err := expressSession(ctx, expressClient(heldBy(t, l, c.actor), endpoint, ""), endpoint, c.mode)
			if got := outcomeOf(err); got.status != c.open {
				t.Fatalf("CreateSession: %v, want %d", got, c.open)
			}
			if c.open != 200 {
				return
			}
			if got := outcomeOf(readHot(ctx, session)); got.status != c.read {
				t.Errorf("reading: %v, want %d", got, c.read)
			}
			if got := outcomeOf(writeHot(ctx, session)); got.status != c.write || c.write == 403 && got.message != "Access Denied" {
				t.Errorf("writing: %v, want %d", got, c.write)
			}
		})
	}
}

// readHot does all that a session for reading may.
func readHot(ctx context.Context, c *s3.Client) error {
	bucket, key := aws.String(hotBucket), aws.String("k")
	_, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: key})
	if err != nil {
		return err
	}
	out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key})
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, out.Body)
	_ = out.Body.Close()
	_, err = c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket})
	return err
}

// writeHot writes an object and deletes it.
func writeHot(ctx context.Context, c *s3.Client) error {
	bucket, key := aws.String(hotBucket), aws.String("new")
	if _, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: key, Body: strings.NewReader("x")}); err != nil {
		return err
	}
	_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: key})
	return err
}

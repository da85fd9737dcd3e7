package lab

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// TestWordsWithoutResource holds two refusals against how people quote them from AWS:
// S3 names no resource where it would be "*", and EC2 begins with a sentence of its own.
func TestWordsWithoutResource(t *testing.T) {
	l, endpoint := opened(t, testWorld+`
[[user]]
name = "main/nobody"
[[actor]]
name = "nobody"
user = "main/nobody"
`)
	held := heldBy(t, l, "nobody")
	_, err := clientOf(held, endpoint).ListBuckets(context.Background(), &s3.ListBucketsInput{})
	want := "User: arn:aws:iam::111122223333:user/nobody is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action"
	if got := outcomeOf(err); got.status != 403 || got.message != want {
		t.Errorf("ListBuckets: %v", got)
	}
	want = "You are not authorized to perform this operation. User: arn:aws:iam::111122223333:user/nobody is not authorized to perform: ec2:DescribeVpcEndpoints because no identity-based policy allows the ec2:DescribeVpcEndpoints action"
	if got := askEC2(t, held, endpoint, url.Values{"Action": {"DescribeVpcEndpoints"}}); got.code != "UnauthorizedOperation" || got.message != want {
		t.Errorf("DescribeVpcEndpoints: %v", got)
	}
}

// TestSettingsThatAreEmpty holds the settings that every bucket has and that answer
// with an empty document when nobody has set them, and what an upload that is not
// there is called.
func TestSettingsThatAreEmpty(t *testing.T) {
	l, endpoint := opened(t, testWorld)
	ctx, bucket := context.Background(), aws.String("plain")
	for actor, want := range map[string]int{"main/admin": 200, "other/admin": 403} {
		c := clientOf(heldBy(t, l, actor), endpoint)
		logging, err := c.GetBucketLogging(ctx, &s3.GetBucketLoggingInput{Bucket: bucket})
		if got := outcomeOf(err); got.status != want || want == 200 && logging.LoggingEnabled != nil {
			t.Errorf("%s: GetBucketLogging: %v", actor, got)
		}
		_, err = c.GetBucketNotificationConfiguration(ctx, &s3.GetBucketNotificationConfigurationInput{Bucket: bucket})
		if got := outcomeOf(err); got.status != want {
			t.Errorf("%s: GetBucketNotificationConfiguration: %v", actor, got)
		}
		faster, err := c.GetBucketAccelerateConfiguration(ctx, &s3.GetBucketAccelerateConfigurationInput{Bucket: bucket})
		if got := outcomeOf(err); got.status != want || want == 200 && faster.Status != "" {
			t.Errorf("%s: GetBucketAccelerateConfiguration: %v", actor, got)
		}
	}
	c := clientOf(heldBy(t, l, "main/admin"), endpoint)
	_, err := c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: bucket, Key: aws.String("k"), UploadId: aws.String("none")})
	if got := outcomeOf(err); got.status != 404 || got.code != "NoSuchUpload" || !strings.HasPrefix(got.message, "The specified upload does not exist.") {
		t.Errorf("AbortMultipartUpload: %v", got)
	}
}

package lab

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// storageWorld is a bucket with keys in folders, and one with versions.
const storageWorld = testWorld + `
[[bucket]]
name = "tree"
account = "main"
region = "eu-west-1"
[[bucket.object]]
key = "a/%d"
count = 7
[[bucket.object]]
key = "b"
body = "0123456789"
[[bucket.object]]
key = "c/%d"
count = 3
[[bucket.object]]
key = "d e/ü"
[[bucket.object]]
key = "e"
[[bucket]]
name = "kept"
account = "main"
region = "eu-west-1"
versioning = "Enabled"
[[bucket.object]]
key = "a"
body = "one"
version = "v1"
[[bucket.object]]
key = "a"
body = "two"
version = "v2"
[[bucket.object]]
key = "b"
body = "only"
version = "v3"
[[bucket.object]]
key = "b"
delete-marker = true
version = "v4"
[[bucket.object]]
key = "c/1"
version = "v5"
[[bucket.object]]
key = "c/2"
version = "v6"
[[bucket]]
name = "paused"
account = "main"
region = "eu-west-1"
versioning = "Suspended"
[[bucket.object]]
key = "a"
body = "old"
version = "v1"
`

func storage(t *testing.T) *s3.Client {
	t.Helper()
	l, endpoint := opened(t, storageWorld)
	return clientOf(heldBy(t, l, "main/admin"), endpoint)
}

// TestListing pages through a bucket at every page size, with and without a
// delimiter: nothing is lost, nothing comes twice, and the order is S3's.
func TestListing(t *testing.T) {
	c, ctx := storage(t), context.Background()
	for _, in := range []struct{ prefix, delimiter, start, want string }{
		{"", "", "", "a/1 a/2 a/3 a/4 a/5 a/6 a/7 b c/1 c/2 c/3 d e/ü e"},
		{"", "/", "", "a/ b c/ d e/ e"},
		{"a/", "/", "", "a/1 a/2 a/3 a/4 a/5 a/6 a/7"},
		{"", "/", "b", "c/ d e/ e"},
		{"", "", "a/55", "a/6 a/7 b c/1 c/2 c/3 d e/ü e"},
		{"a", "", "", "a/1 a/2 a/3 a/4 a/5 a/6 a/7"},
		{"x", "/", "", ""},
	} {
		for size := int32(1); size <= 15; size++ {
			var got []string
			pages := s3.NewListObjectsV2Paginator(c, &s3.ListObjectsV2Input{Bucket: aws.String("tree"), Prefix: &in.prefix, Delimiter: &in.delimiter, StartAfter: &in.start, MaxKeys: &size})
			for pages.HasMorePages() {
				page, err := pages.NextPage(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if n := len(page.Contents) + len(page.CommonPrefixes); int32(n) != aws.ToInt32(page.KeyCount) || int32(n) > size || n == 0 && *page.IsTruncated {
					t.Fatalf("a page of at most %d has %d entries, and says %d", size, n, aws.ToInt32(page.KeyCount))
				}
				for _, o := range page.Contents {
					got = append(got, *o.Key)
				}
				for _, p := range page.CommonPrefixes {
					got = append(got, *p.Prefix)
				}
			}
			slices.Sort(got)
			if strings.Join(got, " ") != in.want {
				t.Errorf("prefix %q, delimiter %q, after %q, %d a page: %q, want %q", in.prefix, in.delimiter, in.start, size, strings.Join(got, " "), in.want)
			}
		}
	}
	first, err := c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: aws.String("tree"), Delimiter: aws.String("/"), MaxKeys: aws.Int32(4), EncodingType: types.EncodingTypeUrl})
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(first.NextMarker) != "d%20e/" {
		t.Errorf("version 1, encoded: next marker %q (%v)", aws.ToString(first.NextMarker), err)
	}
}

// TestVersionListing pages through versions and delete markers.
func TestVersionListing(t *testing.T) {
	c, ctx := storage(t), context.Background()
	for _, in := range []struct{ prefix, delimiter, want string }{
		{"", "", "a v2 latest;a v1;b v4 latest gone;b v3;c/1 v5 latest;c/2 v6 latest"},
		{"", "/", "a v2 latest;a v1;b v4 latest gone;b v3;c/"},
		{"b", "", "b v4 latest gone;b v3"},
	} {
		for size := int32(1); size <= 7; size++ {
			var got []string
			pages := s3.NewListObjectVersionsPaginator(c, &s3.ListObjectVersionsInput{Bucket: aws.String("kept"), Prefix: &in.prefix, Delimiter: &in.delimiter, MaxKeys: &size})
			for pages.HasMorePages() {
				page, err := pages.NextPage(ctx)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, versionsOf(page)...)
			}
			want := strings.Split(in.want, ";")
			slices.Sort(got) // a page lists versions, markers and prefixes apart
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("prefix %q, delimiter %q, %d a page: %q, want %q", in.prefix, in.delimiter, size, got, want)
			}
		}
	}
}

// versionsOf are the entries of a page as text.
func versionsOf(page *s3.ListObjectVersionsOutput) (all []string) {
	entry := func(key, id *string, latest *bool, more string) {
		text := *key + " " + *id
		if *latest {
			text += " latest"
		}
		all = append(all, text+more)
	}
	for _, v := range page.Versions {
		entry(v.Key, v.VersionId, v.IsLatest, "")
	}
	for _, m := range page.DeleteMarkers {
		entry(m.Key, m.VersionId, m.IsLatest, " gone")
	}
	for _, p := range page.CommonPrefixes {
		all = append(all, *p.Prefix)
	}
	return all
}

// TestVersions writes, deletes and reads versions, by DeleteObjects too, and
// with versioning suspended.
func TestVersions(t *testing.T) {
	c, ctx, kept := storage(t), context.Background(), aws.String("kept")
	read := func(bucket, key, version string) string {
		in := &s3.GetObjectInput{Bucket: &bucket, Key: &key}
		if version != "" {
			in.VersionId = &version
		}
		out, err := c.GetObject(ctx, in)
		if err != nil {
			return fmt.Sprint(outcomeOf(err).status)
		}
		body, _ := io.ReadAll(out.Body)
		return string(body)
	}
	for _, r := range []struct{ key, version, want string }{{"a", "", "two"}, {"a", "v1", "one"}, {"b", "", "404"}, {"b", "v3", "only"}, {"b", "v4", "405"}, {"a", "v9", "404"}} {
		if got := read("kept", r.key, r.version); got != r.want {
			t.Errorf("%s at %q is %q, want %q", r.key, r.version, got, r.want)
		}
	}
	out, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: kept, Delete: &types.Delete{Objects: []types.ObjectIdentifier{
		{Key: aws.String("a")}, {Key: aws.String("b"), VersionId: aws.String("v4")}, {Key: aws.String("c/1"), VersionId: aws.String("v5")}, {Key: aws.String("nothing"), VersionId: aws.String("v0")}}}})
	if err != nil || len(out.Deleted) != 4 || len(out.Errors) > 0 || !aws.ToBool(out.Deleted[0].DeleteMarker) || aws.ToString(out.Deleted[0].DeleteMarkerVersionId) == "" {
		t.Errorf("delete: %+v (%v)", out, err)
	}
	for _, r := range []struct{ key, version, want string }{{"a", "", "404"}, {"a", "v2", "two"}, {"b", "", "only"}, {"c/1", "", "404"}} {
		if got := read("kept", r.key, r.version); got != r.want {
			t.Errorf("after the deletion %s at %q is %q, want %q", r.key, r.version, got, r.want)
		}
	}
	if got := read("paused", "a", "v1"); got != "old" {
		t.Errorf("a version from before the suspension is %q", got)
	}
	for range 2 { // the second takes the place of the first: both are the version "null"
		if _, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("paused"), Key: aws.String("a"), Body: strings.NewReader("new")}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: aws.String("paused")})
	if err != nil || strings.Join(versionsOf(all), ";") != "a null latest;a v1" || read("paused", "a", "v1") != "old" || read("paused", "a", "null") != "new" {
		t.Errorf("with versioning suspended: %q (%v)", versionsOf(all), err)
	}
	if _, err := c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: aws.String("tree"), VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("tree"), Key: aws.String("b"), Body: strings.NewReader("new")}); err != nil || read("tree", "b", "null") != "0123456789" || read("tree", "b", "") != "new" {
		t.Errorf("from before versioning: %q, now %q (%v)", read("tree", "b", "null"), read("tree", "b", ""), err)
	}
	if v, err := c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: aws.String("paused")}); err != nil || v.Status != types.BucketVersioningStatusSuspended {
		t.Errorf("versioning is %v (%v)", v, err)
	}
}

// TestMultipart holds the ETag of an upload in parts, its use in conditions, and
// the refusals of what is not whole.
func TestMultipart(t *testing.T) {
	c, ctx, bucket, key := storage(t), context.Background(), aws.String("tree"), aws.String("big")
	up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key, ContentType: aws.String("text/plain"), StorageClass: types.StorageClassStandardIa, Metadata: map[string]string{"who": "me"}})
	if err != nil {
		t.Fatal(err)
	}
	bodies := [][]byte{bytes.Repeat([]byte("x"), minPart), []byte("the end")}
	var parts []types.CompletedPart
	var sums []byte
	for i, b := range bodies {
		n := int32(i + 1)
		out, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: key, UploadId: up.UploadId, PartNumber: &n, Body: bytes.NewReader(b)})
		if err != nil {
			t.Fatal(err)
		}
		sum := md5.Sum(b)
		sums = append(sums, sum[:]...)
		parts = append(parts, types.CompletedPart{ETag: out.ETag, PartNumber: &n})
	}
	whole := md5.Sum(sums)
	want := `"` + hex.EncodeToString(whole[:]) + `-2"`
	complete := func(parts ...types.CompletedPart) outcome {
		out, err := c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: bucket, Key: key, UploadId: up.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts}})
		if err == nil && *out.ETag != want {
			t.Errorf("the upload's ETag is %s, want %s", *out.ETag, want)
		}
		return outcomeOf(err)
	}
	small := parts[1]
	for _, r := range []struct {
		what, code string
		parts      []types.CompletedPart
	}{
		{"in the wrong order", "InvalidPartOrder", []types.CompletedPart{parts[1], parts[0]}},
		{"another ETag", "InvalidPart", []types.CompletedPart{parts[0], {ETag: aws.String(`"00"`), PartNumber: small.PartNumber}}},
		{"a part that is not there", "InvalidPart", []types.CompletedPart{{ETag: small.ETag, PartNumber: aws.Int32(9)}}},
		{"whole", "", parts},
	} {
		if got := complete(r.parts...); got.code != r.code {
			t.Errorf("%s: %v, want %q", r.what, got, r.code)
		}
	}
	head, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: key, IfMatch: &want})
	if err != nil || *head.ETag != want || *head.ContentLength != minPart+7 || head.StorageClass != types.StorageClassStandardIa || *head.ContentType != "text/plain" || head.Metadata["who"] != "me" {
		t.Fatalf("the object is %+v (%v)", head, err)
	}
	list, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket, Prefix: key})
	if err != nil || *list.Contents[0].ETag != want {
		t.Errorf("listed with %+v (%v)", list.Contents, err)
	}
	if _, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key, IfNoneMatch: &want}); outcomeOf(err).status != 304 {
		t.Errorf("not changed: %v", err)
	}
	if _, err := c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: bucket, Key: key, UploadId: up.UploadId}); outcomeOf(err).code != "NoSuchUpload" {
		t.Errorf("abort what is complete: %v", err)
	}
}

// TestSmallParts holds that only the last part may be small.
func TestSmallParts(t *testing.T) {
	c, ctx, bucket, key := storage(t), context.Background(), aws.String("tree"), aws.String("small")
	up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	var parts []types.CompletedPart
	for n := int32(1); n <= 2; n++ {
		out, err := c.UploadPartCopy(ctx, &s3.UploadPartCopyInput{Bucket: bucket, Key: key, UploadId: up.UploadId, PartNumber: aws.Int32(n), CopySource: aws.String("tree/b")})
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, types.CompletedPart{ETag: out.CopyPartResult.ETag, PartNumber: aws.Int32(n)})
	}
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: bucket, Key: key, UploadId: up.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts}})
	if got := outcomeOf(err); got.status != 400 || got.code != "EntityTooSmall" {
		t.Errorf("two small parts: %v", got)
	}
}

// TestCopyAsks holds that copies, whole or in parts, need the source's GetObject.
func TestCopyAsks(t *testing.T) {
	l, endpoint := opened(t, storageWorld+`
[[user]]
name = "main/writer"
inline = { p = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:PutObject","s3:ListBucket"],"Resource":"*"},{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::kept/*"}]}' }
[[actor]]
name = "writer"
user = "main/writer"
`)
	c, ctx, bucket, key := clientOf(heldBy(t, l, "writer"), endpoint), context.Background(), aws.String("tree"), aws.String("copy")
	up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]int{"tree/b": 403, "kept/a": 200, "kept/a?versionId=v1": 403, "kept/gone": 404} {
		_, whole := c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: bucket, Key: key, CopySource: &source})
		_, inPart := c.UploadPartCopy(ctx, &s3.UploadPartCopyInput{Bucket: bucket, Key: key, UploadId: up.UploadId, PartNumber: aws.Int32(1), CopySource: &source})
		if a, b := outcomeOf(whole), outcomeOf(inPart); a.status != want || b.status != want {
			t.Errorf("copy %s: %v, in parts %v, want %d", source, a, b, want)
		}
	}
	admin := clientOf(heldBy(t, l, "main/admin"), endpoint)
	if _, err := admin.CopyObject(ctx, &s3.CopyObjectInput{Bucket: bucket, Key: key, CopySource: aws.String("kept/a?versionId=v1")}); err != nil {
		t.Fatal(err)
	}
	out, err := admin.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if body, _ := io.ReadAll(out.Body); string(body) != "one" {
		t.Errorf("the copy of the old version is %q", body)
	}
}

// TestConditionsAndRanges reads and writes under conditions, and in parts.
func TestConditionsAndRanges(t *testing.T) {
	c, ctx := storage(t), context.Background()
	bucket, key, any, tag, other := aws.String("tree"), aws.String("b"), aws.String("*"), aws.String(`"781e5e245d69b566979b86e28d23f2c7"`), aws.String(`"00"`)
	get := func(in s3.GetObjectInput) (int, string) {
		in.Bucket, in.Key = bucket, key
		out, err := c.GetObject(ctx, &in)
		if err != nil {
			return outcomeOf(err).status, outcomeOf(err).code
		}
		body, _ := io.ReadAll(out.Body)
		return 200, string(body)
	}
	for _, r := range []struct {
		what   string
		in     s3.GetObjectInput
		status int
		body   string // or the code
	}{
		{"if it matches", s3.GetObjectInput{IfMatch: tag}, 200, "0123456789"},
		{"if another matches", s3.GetObjectInput{IfMatch: other}, 412, "PreconditionFailed"},
		{"if it has changed", s3.GetObjectInput{IfNoneMatch: tag}, 304, "NotModified"},
		{"a range", s3.GetObjectInput{Range: aws.String("bytes=2-4")}, 200, "234"},
		{"from the end", s3.GetObjectInput{Range: aws.String("bytes=-3")}, 200, "789"},
		{"to the end", s3.GetObjectInput{Range: aws.String("bytes=8-")}, 200, "89"},
		{"past the end", s3.GetObjectInput{Range: aws.String("bytes=8-99")}, 200, "89"},
		{"more than there is, from the end", s3.GetObjectInput{Range: aws.String("bytes=-99")}, 200, "0123456789"},
		{"nothing from the end", s3.GetObjectInput{Range: aws.String("bytes=-0")}, 416, "InvalidRange"},
		{"beyond all sizes", s3.GetObjectInput{Range: aws.String("bytes=99999999999999999999-")}, 416, "InvalidRange"},
		{"beyond", s3.GetObjectInput{Range: aws.String("bytes=10-")}, 416, "InvalidRange"},
		{"two ranges", s3.GetObjectInput{Range: aws.String("bytes=0-1,4-5")}, 200, "0123456789"},
		{"no range", s3.GetObjectInput{Range: aws.String("lines=1")}, 200, "0123456789"},
	} {
		if status, body := get(r.in); status != r.status || body != r.body {
			t.Errorf("%s: %d %q, want %d %q", r.what, status, body, r.status, r.body)
		}
	}
	put := func(in s3.PutObjectInput, key string) int {
		in.Bucket, in.Key, in.Body = bucket, &key, strings.NewReader("x")
		_, err := c.PutObject(ctx, &in)
		return outcomeOf(err).status
	}
	if a, b, d := put(s3.PutObjectInput{IfNoneMatch: any}, "new"), put(s3.PutObjectInput{IfNoneMatch: any}, "new"), put(s3.PutObjectInput{IfMatch: other}, "new"); a != 200 || b != 412 || d != 412 {
		t.Errorf("writes under conditions: %d %d %d, want 200 412 412", a, b, d)
	}
	var missing *types.NoSuchKey
	if _, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("none")}); !errors.As(err, &missing) {
		t.Errorf("a key that is not there: %v", err)
	}
}

// TestHeadRange holds that a range counts for a HEAD too.
func TestHeadRange(t *testing.T) {
	c, ctx := storage(t), context.Background()
	for _, r := range []struct {
		ask, want string
		status    int
		size      int64
	}{
		{"bytes=2-4", "bytes 2-4/10", 206, 3},
		{"bytes=-99", "bytes 0-9/10", 206, 10},
		{"lines=1", "", 200, 10},
		{"bytes=10-", "", 416, 0},
	} {
		out, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String("tree"), Key: aws.String("b"), Range: &r.ask})
		if err != nil {
			if got := outcomeOf(err).status; got != r.status {
				t.Errorf("%s: %d, want %d", r.ask, got, r.status)
			}
			continue
		}
		if *out.ContentLength != r.size || aws.ToString(out.ContentRange) != r.want {
			t.Errorf("%s: %d bytes, %q, want %d, %q", r.ask, *out.ContentLength, aws.ToString(out.ContentRange), r.size, r.want)
		}
	}
}

// TestBadRequests holds what S3 says of requests that ask for what cannot be.
func TestBadRequests(t *testing.T) {
	l, endpoint := opened(t, storageWorld)
	for _, r := range []struct{ path, code, words string }{
		{"/tree?list-type=2&max-keys=-1", "InvalidArgument", "not an integer"},
		{"/tree?list-type=2&max-keys=many", "InvalidArgument", "not an integer"},
		{"/tree?list-type=2&encoding-type=base64", "InvalidArgument", "Invalid Encoding Method"},
		{"/tree?list-type=2&continuation-token=%21", "InvalidArgument", "continuation token"},
		{"/tree/" + strings.Repeat("k", 1025), "KeyTooLongError", "Your key is too long"},
		{"/tree?list-type=2&max-keys=0", "", ""},
	} {
		if _, code, words := get(t, endpoint, r.path, heldBy(t, l, "main/admin")); code != r.code || !strings.Contains(words, r.words) {
			t.Errorf("%.60s: %s %q, want %s %q", r.path, code, words, r.code, r.words)
		}
	}
	c, ctx := clientOf(heldBy(t, l, "main/admin"), endpoint), context.Background()
	in := &s3.CopyObjectInput{Bucket: aws.String("tree"), Key: aws.String("b"), CopySource: aws.String("tree/b")}
	if _, err := c.CopyObject(ctx, in); outcomeOf(err).code != "InvalidRequest" {
		t.Errorf("a copy of an object onto itself: %v", err)
	}
	in.MetadataDirective = types.MetadataDirectiveReplace
	if _, err := c.CopyObject(ctx, in); err != nil {
		t.Errorf("a copy onto itself with new metadata: %v", err)
	}
}

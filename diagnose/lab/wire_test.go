package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// testWorld is one bucket with a user for each thing that a test does.
const testWorld = `
[organization]
id = "o-test"
management = "main"
[[unit]]
path = "Root"
[[account]]
name = "main"
id = "111122223333"
unit = "Root"
[[account]]
name = "other"
id = "444455556666"
unit = "Root"
[[account]]
name = "stranger"
id = "555566667777"
[[bucket]]
name = "plain"
account = "main"
region = "eu-west-1"
[[bucket.object]]
key = "a b/ü+=&?#%.txt"
body = "hello"
tags = { class = "open" }
[[bucket]]
name = "dotted.name"
account = "main"
region = "eu-west-1"
[[bucket.object]]
key = "k"
body = "dots"
`

// opened serves a world of its own.
func opened(t *testing.T, world string) (*Lab, string) {
	t.Helper()
	l, err := OpenFile("test.toml", strings.NewReader(world))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(l.Handler())
	t.Cleanup(server.Close)
	return l, server.URL
}

// heldBy are the credentials of an actor of the world.
func heldBy(t *testing.T, l *Lab, name string) Credentials {
	t.Helper()
	for _, a := range l.state.Load().world.Actors {
		if a.Name == name {
			return a.Credentials()
		}
	}
	t.Fatalf("there is no actor %q", name)
	return Credentials{}
}

func clientOf(held Credentials, endpoint string, more ...func(*s3.Options)) *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: &endpoint, Region: "eu-west-1", UsePathStyle: true, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(held.AccessKeyID, held.SecretAccessKey, held.SessionToken),
	}, more...)
}

// TestHeadHasNoBody holds what a refused HEAD carries: the headers that every
// AWS answer has, and not a byte more.
func TestHeadHasNoBody(t *testing.T) {
	_, endpoint := opened(t, testWorld)
	response, err := http.Head(endpoint + "/plain/nothing")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if response.StatusCode != 403 || len(body) > 0 || response.Header.Get("Server") != "AmazonS3" || response.Header.Get("Content-Type") != "application/xml" {
		t.Errorf("status %d, body %q, header %v", response.StatusCode, body, response.Header)
	}
	for _, name := range []string{"X-Amz-Request-Id", "X-Amz-Id-2", "Date"} {
		if response.Header.Get(name) == "" {
			t.Errorf("header %s is missing", name)
		}
	}
	bucket, err := http.Head(endpoint + "/plain")
	if err != nil {
		t.Fatal(err)
	}
	_ = bucket.Body.Close()
	if bucket.StatusCode != 403 || bucket.Header.Get("X-Amz-Bucket-Region") != "eu-west-1" {
		t.Errorf("HEAD of the bucket: status %d, region %q", bucket.StatusCode, bucket.Header.Get("X-Amz-Bucket-Region"))
	}
}

// TestRequestIDs holds that the ids of header and body are one.
func TestRequestIDs(t *testing.T) {
	_, endpoint := opened(t, testWorld)
	response, err := http.Get(endpoint + "/plain/nothing")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if id := between(string(body), "<RequestId>", "</RequestId>"); id == "" || id != response.Header.Get("X-Amz-Request-Id") {
		t.Errorf("request id %q in the body, %q in the header", id, response.Header.Get("X-Amz-Request-Id"))
	}
}

// TestKeysThatEscape goes through signing, storage and back with every kind of
// character that a client escapes, in path and virtual-host style.
func TestKeysThatEscape(t *testing.T) {
	l, endpoint := opened(t, testWorld)
	c := clientOf(heldBy(t, l, "main/admin"), endpoint)
	ctx := context.Background()
	for i, key := range []string{"a b/ü+=&?#%.txt", "plus+plus", "per%20cent", "quote'\"", "colon:semi;comma,", "日本/語", "tilde~star*", "a//b", "/lead", "dot/../dot", "new\nline"} {
		want := fmt.Sprintf("body %d", i)
		if _, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("plain"), Key: &key, Body: strings.NewReader(want)}); err != nil {
			t.Errorf("put %q: %v", key, err)
			continue
		}
		out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("plain"), Key: &key})
		if err != nil {
			t.Errorf("get %q: %v", key, err)
			continue
		}
		if got, _ := io.ReadAll(out.Body); string(got) != want {
			t.Errorf("get %q: %q, want %q", key, got, want)
		}
	}
}

// TestVirtualHost asks with the bucket in the Host header.
func TestVirtualHost(t *testing.T) {
	for _, c := range []struct{ host, path, bucket, key string }{
		{"127.0.0.1:4003", "/b/k/l", "b", "k/l"},
		{"localhost:4003", "/b/k", "b", "k"},
		{"b.localhost:4003", "/k", "b", "k"},
		{"b.s3.localhost", "/k", "b", "k"},
		{"b.s3.eu-west-1.amazonaws.com", "/k", "b", "k"},
		{"dotted.name.s3.eu-west-1.amazonaws.com", "/k", "dotted.name", "k"},
		{"ap-111122223333.s3-accesspoint.eu-west-1.amazonaws.com", "/k", "ap-111122223333", "k"},
		{"s3.eu-west-1.amazonaws.com", "/b/k", "b", "k"},
		{"[::1]:4003", "/b", "b", ""},
		{"127.0.0.1", "/arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/k", "arn:aws:s3:eu-west-1:111122223333:accesspoint/ap", "k"},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://host"+c.path, nil)
		r.Host = c.host
		if bucket, key := address(r); bucket != c.bucket || key != c.key {
			t.Errorf("%s%s is bucket %q, key %q, want %q, %q", c.host, c.path, bucket, key, c.bucket, c.key)
		}
	}
}

// TestPresigned holds that a presigned URL opens what its signer may read, for
// HEAD and GET as it was signed, and not when it has been touched.
func TestPresigned(t *testing.T) {
	l, endpoint := opened(t, testWorld)
	p := s3.NewPresignClient(clientOf(heldBy(t, l, "main/admin"), endpoint))
	key := "a b/ü+=&?#%.txt"
	signed, err := p.PresignGetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String("plain"), Key: &key}, s3.WithPresignExpires(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, method, url string
		status            int
		code              string
	}{
		{"as it is", http.MethodGet, signed.URL, 200, ""},
		{"another method", http.MethodHead, signed.URL, 403, ""},
		{"another key", http.MethodGet, strings.Replace(signed.URL, "/plain/", "/plain/x", 1), 403, "SignatureDoesNotMatch"},
		{"more time", http.MethodGet, strings.Replace(signed.URL, "X-Amz-Expires=60", "X-Amz-Expires=600", 1), 403, "SignatureDoesNotMatch"},
		{"too much time", http.MethodGet, strings.Replace(signed.URL, "X-Amz-Expires=60", "X-Amz-Expires=604801", 1), 400, "AuthorizationQueryParametersError"},
		{"no date", http.MethodGet, strings.Replace(signed.URL, "X-Amz-Date=", "X-Amz-When=", 1), 400, "AuthorizationQueryParametersError"},
	} {
		if got := plainOutcome(t, c.method, c.url); got.status != c.status || got.code != c.code {
			t.Errorf("%s: %v, want %d %s", c.what, got, c.status, c.code)
		}
	}
}

// TestSignatureMismatchSaysWhy holds that the answer shows what was signed, and
// not the token that was sent along.
func TestSignatureMismatchSaysWhy(t *testing.T) {
	l, endpoint := opened(t, testWorld)
	held := heldBy(t, l, "main/admin")
	held.SecretAccessKey = "wrong"
	_, err := clientOf(held, endpoint).ListObjectsV2(context.Background(), &s3.ListObjectsV2Input{Bucket: aws.String("plain")})
	if o := outcomeOf(err); o.status != 403 || o.code != "SignatureDoesNotMatch" {
		t.Errorf("%v", o)
	}
	r, _ := http.NewRequest(http.MethodGet, endpoint+"/plain?list-type=2", nil)
	r.Header.Set("X-Amz-Date", time.Now().UTC().Format(amzTime))
	r.Header.Set("X-Amz-Content-Sha256", unsignedPayload)
	r.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=00", held.AccessKeyID, time.Now().UTC().Format("20060102")))
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(response.Body)
	_ = response.Body.Close()
	for _, want := range []string{"<CanonicalRequest>GET\n/plain\nlist-type=2\n", "<StringToSign>AWS4-HMAC-SHA256\n", "<AWSAccessKeyId>" + held.AccessKeyID} {
		if !strings.Contains(strings.ReplaceAll(string(body), "&#xA;", "\n"), want) {
			t.Errorf("%q is not in %s", want, body)
		}
	}
}

// TestUploads goes through what writers do: chunked bodies, multipart, copy,
// tags, delete.
func TestUploads(t *testing.T) {
	l, endpoint := opened(t, testWorld)
	ctx, bucket := context.Background(), aws.String("plain")
	c := clientOf(heldBy(t, l, "main/admin"), endpoint)
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: aws.String("big")})
	must("create upload", err)
	part, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: aws.String("big"), UploadId: up.UploadId, PartNumber: aws.Int32(1), Body: bytes.NewReader(bytes.Repeat([]byte("x"), 1<<20))})
	must("upload part", err)
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: bucket, Key: aws.String("big"), UploadId: up.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{ETag: part.ETag, PartNumber: aws.Int32(1)}}}})
	must("complete upload", err)
	_, err = c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: bucket, Key: aws.String("copy"), CopySource: aws.String("plain/big")})
	must("copy", err)
	head, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("copy")})
	must("head the copy", err)
	if *head.ContentLength != 1<<20 || head.ServerSideEncryption != types.ServerSideEncryptionAes256 {
		t.Errorf("the copy has %d bytes, encryption %q", *head.ContentLength, head.ServerSideEncryption)
	}
	_, err = c.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{Bucket: bucket, Key: aws.String("copy"), Tagging: &types.Tagging{TagSet: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}}})
	must("tag", err)
	_, err = c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: []types.ObjectIdentifier{{Key: aws.String("big")}, {Key: aws.String("copy")}}}})
	must("delete", err)
	list, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket, FetchOwner: aws.Bool(true)})
	must("list", err)
	if len(list.Contents) != 1 || *list.Contents[0].Owner.ID != canonicalID("111122223333") {
		t.Errorf("left are %d objects", len(list.Contents))
	}
}

// TestTagConditions holds that s3:ExistingObjectTag is the object's tag as it is now.
func TestTagConditions(t *testing.T) {
	l, endpoint := opened(t, testWorld+`
[[user]]
name = "main/tagged"
inline = { p = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/class":"open"}}}}' }
[[actor]]
name = "tagged"
user = "main/tagged"
`)
	ctx, in := context.Background(), &s3.GetObjectInput{Bucket: aws.String("plain"), Key: aws.String("a b/ü+=&?#%.txt")}
	reader := clientOf(heldBy(t, l, "tagged"), endpoint)
	if _, err := reader.GetObject(ctx, in); err != nil {
		t.Errorf("with the tag: %v", err)
	}
	_, err := clientOf(heldBy(t, l, "main/admin"), endpoint).DeleteObjectTagging(ctx, &s3.DeleteObjectTaggingInput{Bucket: in.Bucket, Key: in.Key})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader.GetObject(ctx, in); outcomeOf(err).status != 403 {
		t.Errorf("without the tag: %v", err)
	}
}

// TestEncryptionIsTold holds that what is written says how it is encrypted, as S3
// has since all objects are (S3 user guide, "Amazon S3 now automatically encrypts
// all new objects"; API_PutObject), and that a refusal does not.
func TestEncryptionIsTold(t *testing.T) {
	l, endpoint := opened(t, testWorld+`
[[key]]
name = "main/k"
id = "1a2b3c4d-1234-4321-8765-0a1b2c3d4e5f"
region = "eu-west-1"
[[bucket]]
name = "sealed"
account = "main"
region = "eu-west-1"
encryption = "main/k"
bucket-key = true
`)
	ctx, c := context.Background(), clientOf(heldBy(t, l, "main/admin"), endpoint)
	plain, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("plain"), Key: aws.String("new"), Body: strings.NewReader("x")})
	if err != nil || plain.ServerSideEncryption != types.ServerSideEncryptionAes256 {
		t.Errorf("PutObject: %v, %v", plain, err)
	}
	kms, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("sealed"), Key: aws.String("new"), Body: strings.NewReader("x")})
	if err != nil || kms.ServerSideEncryption != types.ServerSideEncryptionAwsKms || !strings.HasSuffix(aws.ToString(kms.SSEKMSKeyId), "key/1a2b3c4d-1234-4321-8765-0a1b2c3d4e5f") || !aws.ToBool(kms.BucketKeyEnabled) {
		t.Errorf("PutObject under KMS: %+v, %v", kms, err)
	}
	copied, err := c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: aws.String("sealed"), Key: aws.String("copy"), CopySource: aws.String("plain/new")})
	if err != nil || copied.ServerSideEncryption != types.ServerSideEncryptionAwsKms {
		t.Errorf("CopyObject: %+v, %v", copied, err)
	}
	begun, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: aws.String("plain"), Key: aws.String("parts")})
	if err != nil || begun.ServerSideEncryption != types.ServerSideEncryptionAes256 {
		t.Errorf("CreateMultipartUpload: %+v, %v", begun, err)
	}
	_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("plain"), Key: aws.String("new"), Body: strings.NewReader("x"), IfNoneMatch: aws.String("*")})
	var re *awshttp.ResponseError
	if !errors.As(err, &re) || re.HTTPStatusCode() != 412 || re.Response.Header.Get("X-Amz-Server-Side-Encryption") != "" {
		t.Errorf("a refused PutObject: %v", err)
	}
}

// TestQuotesInErrors holds how the quotation marks of an explained refusal go out:
// as the named entity, which scripts that read S3's XML with grep look for.
func TestQuotesInErrors(t *testing.T) {
	l, endpoint := opened(t, testWorld)
	held := heldBy(t, l, "main/reader")
	link, err := s3.NewPresignClient(clientOf(held, endpoint)).PresignGetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String("plain"), Key: aws.String("k")})
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(link.URL)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if want := `on resource: &quot;arn:aws:s3:::plain/k&quot; because`; !strings.Contains(string(body), want) {
		t.Errorf("%s does not hold %s", body, want)
	}
}

// TestErrorBodies holds the details of error bodies that scripts and diff tools go
// by: bare quotes and line ends in what the server signed, and the object's size
// beside a range that is out of it (S3 API reference, "Error responses").
func TestErrorBodies(t *testing.T) {
	l, endpoint := opened(t, testWorld)
	held := heldBy(t, l, "main/admin")
	ask := func(held Credentials, region, key, span string) string {
		c := clientOf(held, endpoint, func(o *s3.Options) { o.Region = region })
		link, err := s3.NewPresignClient(c).PresignGetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String("dotted.name"), Key: &key})
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequest(http.MethodGet, link.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		if span != "" {
			r.Header.Set("Range", span)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		return string(body)
	}
	wrong := held
	wrong.SecretAccessKey += "x"
	for want, body := range map[string]string{
		"<Code>AuthorizationQueryParametersError</Code><Message>Error parsing the X-Amz-Credential parameter; the region 'us-east-1' is wrong; expecting 'eu-west-1'</Message><Region>eu-west-1</Region>": ask(held, "us-east-1", "k", ""),
		"<StringToSign>AWS4-HMAC-SHA256\n2":                                                                    ask(wrong, "eu-west-1", "k", ""),
		"<RangeRequested>bytes=99-</RangeRequested><ActualObjectSize>4</ActualObjectSize>":                     ask(held, "eu-west-1", "k", "bytes=99-"),
		"<Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a&amp;b&lt;c</Key><Re": ask(held, "eu-west-1", "a&b<c", ""),
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s\ndoes not hold %q", body, want)
		}
	}
}

package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// TestUploadsUnderWay holds the lists of uploads and of their parts: pages,
// folders, and what is left when one is aborted.
func TestUploadsUnderWay(t *testing.T) {
	c, ctx, bucket := storage(t), context.Background(), aws.String("tree")
	ids := map[string]*string{}
	for _, key := range []string{"z", "f/1", "f/2", "g/ü 1", "a"} {
		up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: &key})
		if err != nil {
			t.Fatal(err)
		}
		ids[key] = up.UploadId
	}
	uploads := func(prefix, delimiter string, size int32) (all []string) {
		pages := s3.NewListMultipartUploadsPaginator(c, &s3.ListMultipartUploadsInput{Bucket: bucket, Prefix: &prefix, Delimiter: &delimiter, MaxUploads: &size})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range page.Uploads {
				all = append(all, *u.Key)
			}
			for _, p := range page.CommonPrefixes {
				all = append(all, *p.Prefix)
			}
		}
		return all
	}
	for _, w := range []struct {
		prefix, delimiter string
		size              int32
		want              string
	}{
		{"", "", 1000, "a f/1 f/2 g/ü 1 z"},
		{"", "", 2, "a f/1 f/2 g/ü 1 z"},
		{"f/", "", 1, "f/1 f/2"},
		{"", "/", 1000, "a z f/ g/"},
		{"", "/", 1, "a f/ g/ z"},
	} {
		if got := strings.Join(uploads(w.prefix, w.delimiter, w.size), " "); got != w.want {
			t.Errorf("uploads under %q by %q, %d a page: %q, want %q", w.prefix, w.delimiter, w.size, got, w.want)
		}
	}
	for n := int32(1); n <= 3; n++ {
		in := &s3.UploadPartInput{Bucket: bucket, Key: aws.String("z"), UploadId: ids["z"], PartNumber: &n, Body: strings.NewReader(strings.Repeat("x", int(n)))}
		if _, err := c.UploadPart(ctx, in); err != nil {
			t.Fatal(err)
		}
	}
	var parts []string
	pages := s3.NewListPartsPaginator(c, &s3.ListPartsInput{Bucket: bucket, Key: aws.String("z"), UploadId: ids["z"], MaxParts: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Parts {
			parts = append(parts, fmt.Sprintf("%d:%d", *p.PartNumber, *p.Size))
		}
	}
	if !slices.Equal(parts, []string{"1:1", "2:2", "3:3"}) {
		t.Errorf("parts are %v", parts)
	}
	if _, err := c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: bucket, Key: aws.String("z"), UploadId: ids["z"]}); err != nil {
		t.Error(err)
	}
	if _, err := c.ListParts(ctx, &s3.ListPartsInput{Bucket: bucket, Key: aws.String("z"), UploadId: ids["z"]}); outcomeOf(err).code != "NoSuchUpload" {
		t.Errorf("parts of what was aborted: %v", err)
	}
	if got := uploads("z", "", 10); len(got) != 0 {
		t.Errorf("after the abort there is %v", got)
	}
}

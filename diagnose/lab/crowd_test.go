package lab

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

const (
	crowd = 100 // clients at once
	each  = 20  // rounds of five requests by each: 10,000 in all
)

// crowdWorld has a user for each client, who may do nothing to begin with.
func crowdWorld() string {
	var b strings.Builder
	b.WriteString(servicesWorld)
	for n := range crowd {
		fmt.Fprintf(&b, "[[user]]\nname = \"main/u%d\"\n[[actor]]\nname = \"u%[1]d\"\nuser = \"main/u%[1]d\"\n", n)
	}
	return b.String()
}

// TestManyClients has a hundred clients at once, each of whom writes and reads, is
// refused and asks who she is, while policies are changed: 10,000 requests. It
// holds that every answer is right at the moment that it is given: what was written
// is read, a grant counts for the very next request of hers, and for hers alone.
func TestManyClients(t *testing.T) {
	l, endpoint := opened(t, crowdWorld())
	admin := heldBy(t, l, "main/admin")
	var wg sync.WaitGroup
	for n := range crowd {
		user := heldBy(t, l, fmt.Sprintf("u%d", n))
		wg.Go(func() {
			v := visitor{l: l, n: n, mine: clientOf(admin, endpoint), hers: clientOf(user, endpoint), sts: sts.NewFromConfig(config(user, endpoint))}
			for i := range each {
				if err := v.round(context.Background(), i); err != nil {
					t.Errorf("client %d, round %d: %v", n, i, err)
					return
				}
			}
		})
	}
	wg.Wait()
	count := 0
	pages := s3.NewListObjectsV2Paginator(clientOf(admin, endpoint), &s3.ListObjectsV2Input{Bucket: aws.String("plain"), Prefix: aws.String("c"), MaxKeys: aws.Int32(300)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		count += len(page.Contents)
	}
	if count != crowd*each {
		t.Errorf("%d objects are listed, %d were written", count, crowd*each)
	}
}

// visitor is one of the crowd: an administrator's client, and one of a user whom
// nobody else is.
type visitor struct {
	l          *Lab
	n          int
	mine, hers *s3.Client
	sts        *sts.Client
}

// round makes five requests; one client in five changes the world between them.
func (v visitor) round(ctx context.Context, i int) error {
	bucket, key := aws.String("plain"), aws.String(fmt.Sprintf("c%d/%d", v.n, i))
	body := fmt.Sprintf("body of %d, %d", v.n, i)
	if _, err := v.mine.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: key, Body: strings.NewReader(body)}); err != nil {
		return fmt.Errorf("put: %w", err)
	}
	out, err := v.mine.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key})
	if err != nil {
		return fmt.Errorf("get: %w", err)
	}
	got, err := readAll(out.Body, 100)
	_ = out.Body.Close()
	if err != nil || string(got) != body {
		return fmt.Errorf("read %q, %w; want %q", got, err, body)
	}
	for _, step := range []struct {
		after string // her inline policy; empty: none
		want  int
	}{
		{fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::plain/%s"}}`, *key), 200},
		{"", 403},
	} {
		if v.n%5 != 0 { // whose policies nobody changes: always refused
			step.after, step.want = "", 403
		}
		m := Change{Layer: "identity-based policy", Owner: fmt.Sprintf("arn:aws:iam::111122223333:user/u%d", v.n), Name: "p", After: step.after}
		if v.n%5 == 0 {
			if err := v.l.Change(m); err != nil {
				return err
			}
		}
		if _, err := v.hers.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: key}); outcomeOf(err).status != step.want {
			return fmt.Errorf("head with the policy %q: %v, want %d", step.after, outcomeOf(err), step.want)
		}
	}
	who, err := v.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if want := fmt.Sprintf("arn:aws:iam::111122223333:user/u%d", v.n); err != nil || aws.ToString(who.Arn) != want {
		return fmt.Errorf("caller identity %v, %w; want %s", who, err, want)
	}
	return nil
}

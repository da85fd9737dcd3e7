package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// TestWorldErrors holds that a world that cannot be read is one line that says
// where and why.
func TestWorldErrors(t *testing.T) {
	const account = "[[account]]\nname = \"a\"\nid = \"111122223333\"\n"
	for _, c := range []struct{ what, world, want string }{
		{"no TOML", "[[account]\n", `read world "w": line 1, column`},
		{"unknown field", account + "colour = \"red\"\n", `line 4, column 1: no such field "account.colour"`},
		{"a type", account + "restricted = \"yes\"\n", `line 4, column`},
		{"an account id", "[[account]]\nname = \"a\"\nid = \"12\"\n", `account "a": id "12" is not twelve digits`},
		{"twice", account + account, `account "a" (111122223333) stands twice`},
		{"no such account", account + "[[bucket]]\nname = \"b\"\naccount = \"x\"\n", `bucket "b": there is no account "x"`},
		{"a policy", account + "[[bucket]]\nname = \"b\"\naccount = \"a\"\npolicy = '{\"Statement\":{}}'\n", `read policy "bucket policy" of bucket b: line 1, column`},
		{"a user's name", account + "[[user]]\nname = \"ana\"\n", `user "ana": write it as "account/name"`},
		{"no such policy", account + "[[user]]\nname = \"a/u\"\npolicies = [\"none\"]\n", `user "a/u": there is no managed policy "none"`},
		{"an actor", account + "[[actor]]\nname = \"x\"\n", `actor "x": one of user, role, root and anonymous is needed`},
		{"a date", account + "[[bucket]]\nname = \"b\"\naccount = \"a\"\n[[bucket.object]]\nkey = \"k\"\nmodified = \"today\"\n", `fill bucket "b": object "k": read date "today"`},
		{"a size", account + "[[bucket]]\nname = \"b\"\naccount = \"a\"\n[[bucket.object]]\nkey = \"k\"\nsize = 99999999\n", `out of range`},
		{"a target", account + "[[control-policy]]\nname = \"p\"\nkind = \"scp\"\ntargets = [\"Root\"]\ndocument = '{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}}'\n", `target "Root" is neither a unit nor an account`},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := OpenFile("w", strings.NewReader(c.world))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q, want one line with %q", err, c.want)
			}
		})
	}
}

// FuzzWorld holds that no world file makes the lab panic, and that what is read
// can be written and read again.
func FuzzWorld(f *testing.F) {
	f.Add([]byte(testWorld))
	f.Add([]byte(servicesWorld))
	for _, s := range Scenarios() {
		text, err := files.ReadFile("scenarios/" + s.Name + ".toml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := ParseScenario("fuzz", text)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("the error has several lines: %q", err)
			}
			return
		}
		_ = s.Link("http://127.0.0.1:1")
		_, _ = build(s.World.withStaff())
	})
}

// FuzzRequest holds that no request makes the lab panic or wait.
func FuzzRequest(f *testing.F) {
	l, err := New(nil)
	if err != nil {
		f.Fatal(err)
	}
	h := l.Handler()
	f.Add("GET", "/acme-reports?list-type=2", "", "Action=GetCallerIdentity")
	f.Add("HEAD", "/acme-contracts/supplier.pdf?versionId=x", "AWS4-HMAC-SHA256 Credential=AKIA/20261002/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0", "")
	f.Add("POST", "/?Action=AssumeRole", "AWS a:b", "Policy=%7B")
	f.Add("PUT", "/v20180820/accesspoint/finance/policy", "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request,SignedHeaders=,Signature=", "<a/>")
	f.Fuzz(func(_ *testing.T, method, target, authorization, body string) {
		r, err := http.NewRequest(method, "http://127.0.0.1"+target, strings.NewReader(body))
		if err != nil || r.URL.Host != "127.0.0.1" {
			return
		}
		r.Header.Set("Authorization", authorization)
		r.Header.Set("X-Amz-Date", time.Now().UTC().Format(amzTime))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		defer func() {
			if p := recover(); p != nil && !aborted(p) {
				panic(p)
			}
		}()
		h.ServeHTTP(&nowhere{header: http.Header{}}, r)
	})
}

// nowhere takes an answer and forgets it.
type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n *nowhere) WriteHeader(int)             {}

// TestManyClients has a hundred clients at once, some of which change the world
// and some of which assume roles, and holds that every answer is right: a read
// that is allowed gives its own object's body, one that is not is refused.
func TestManyClients(t *testing.T) {
	const clients, each = 100, 34 // 10,200 requests
	l, endpoint := opened(t, servicesWorld)
	admin, guest := heldBy(t, l, "main/admin"), heldBy(t, l, "guest")
	var wg sync.WaitGroup
	var wrong atomic.Int64
	for n := range clients {
		wg.Go(func() {
			ctx := context.Background()
			mine, theirs := clientOf(admin, endpoint), clientOf(guest, endpoint)
			for i := range each {
				key, body := fmt.Sprintf("c%d/%d", n, i), fmt.Sprintf("body of %d, %d", n, i)
				if _, err := mine.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("plain"), Key: &key, Body: strings.NewReader(body)}); err != nil {
					t.Errorf("put: %v", err)
					return
				}
				out, err := mine.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("plain"), Key: &key})
				if err != nil {
					t.Errorf("get: %v", err)
					return
				}
				got, _ := readAll(out.Body, 100)
				_ = out.Body.Close()
				if string(got) != body {
					wrong.Add(1)
				}
				if _, err := theirs.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String("plain"), Key: &key}); outcomeOf(err).status != 403 {
					wrong.Add(1)
				}
				if n%10 == 0 {
					if err := l.Change(Change{Layer: "identity-based policy", Owner: "arn:aws:iam::444455556666:user/guest", Name: "n", After: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}}`}); err != nil {
						t.Errorf("change: %v", err)
					}
				}
			}
		})
	}
	wg.Wait()
	if wrong.Load() > 0 {
		t.Errorf("%d answers were wrong", wrong.Load())
	}
	c := clientOf(admin, endpoint)
	count := 0
	pages := s3.NewListObjectsV2Paginator(c, &s3.ListObjectsV2Input{Bucket: aws.String("plain"), Prefix: aws.String("c"), MaxKeys: aws.Int32(300)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		count += len(page.Contents)
	}
	if count != clients*each {
		t.Errorf("%d objects are listed, %d were written", count, clients*each)
	}
}

// TestServeStops holds that the lab stops when it is asked to, also while a
// client holds a connection.
func TestServeStops(t *testing.T) {
	l, err := OpenFile("test.toml", strings.NewReader(testWorld))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := l.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Serve(ctx, listener) }()
	held, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	response, err := http.Get(l.Endpoint() + "/plain")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("serve: %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the lab does not stop")
	}
}

// BenchmarkNew is the start of a lab with all scenarios: it must not be felt.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(nil); err != nil {
			b.Fatal(err)
		}
	}
}

// aborted tells whether the lab closed the connection on purpose.
func aborted(p any) bool {
	err, ok := p.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}

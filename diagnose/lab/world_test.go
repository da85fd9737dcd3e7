package lab

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
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
		{"a type", account + "restricted = \"yes\"\n", `line 4, column 14: "account.restricted" takes true or false, not a string`},
		{"an account id", "[[account]]\nname = \"a\"\nid = \"12\"\n", `account "a": id "12" is not twelve digits`},
		{"twice", account + account, `account "a" (111122223333) stands twice`},
		{"no such account", account + "[[bucket]]\nname = \"b\"\naccount = \"x\"\n", `read world "w": the entry on line 5: bucket "b": there is no account "x"`},
		{"a policy", account + "[[bucket]]\nname = \"b\"\naccount = \"a\"\npolicy = '{\"Statement\":{}}'\n", `read world "w": the entry on line 5: read policy "bucket policy" of bucket "b": line 1, column`},
		{"a user's name", account + "[[user]]\nname = \"ana\"\n", `user "ana": write it as "account/name"`},
		{"no such policy", account + "[[user]]\nname = \"a/u\"\npolicies = [\"none\"]\n", `user "a/u": there is no managed policy "none"`},
		{"an actor called like an account", account + "[[actor]]\nname = \"a\"\nuser = \"a/none\"\n", `the entry on line 5: actor "a": there is no user "a/none"`},
		{"a mend", "name = \"s\"\ncause = \"x\"\ntarget = \"s3://b/k\"\nactor-name = \"a\"\n[[mend]]\nlayer = \"bucket policy\"\nafter = '{\"Version: 1}'\n" + account, `read scenario "w": mend 1 (bucket policy): after is no JSON: unexpected end`},
		{"an actor", account + "[[actor]]\nname = \"x\"\n", `actor "x": one of user, role, root and anonymous is needed`},
		{"a date", account + "[[bucket]]\nname = \"b\"\naccount = \"a\"\n[[bucket.object]]\nkey = \"k\"\nmodified = \"today\"\n", `fill bucket "b": object "k": read date "today"`},
		{"a size", account + "[[bucket]]\nname = \"b\"\naccount = \"a\"\n[[bucket.object]]\nkey = \"k\"\nsize = 99999999\n", `out of range`},
		{"a lock without versions", account + "[[bucket]]\nname = \"b\"\naccount = \"a\"\nobject-lock = true\n", `bucket "b": object-lock needs versioning (add versioning = "Enabled")`},
		{"a lock of an object alone", account + "[[bucket]]\nname = \"b\"\naccount = \"a\"\n[[bucket.object]]\nkey = \"k\"\nlegal-hold = true\n", `object "k" has a lock, but the bucket has none (add object-lock = true)`},
		{"a lock's mode", account + "[[bucket]]\nname = \"b\"\naccount = \"a\"\nversioning = \"Enabled\"\nobject-lock = true\n[[bucket.object]]\nkey = \"k\"\nretention = { mode = \"x\", until = \"2090-01-01T00:00:00Z\" }\n", `retention mode "x" is neither GOVERNANCE nor COMPLIANCE`},
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
	case <-time.After(time.Minute):
		t.Fatal("the lab does not stop")
	}
}

// TestServeDrains holds that a request under way when the lab is told to stop is
// answered, that nobody is let in any more, and that the port is free afterwards.
func TestServeDrains(t *testing.T) {
	l, err := OpenFile("test.toml", strings.NewReader(testWorld))
	if err != nil {
		t.Fatal(err)
	}
	l.grace = time.Minute // no machine is too slow
	listener, err := l.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Serve(ctx, listener) }()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	link, err := s3.NewPresignClient(clientOf(heldBy(t, l, "main/admin"), l.Endpoint())).PresignPutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("plain"), Key: aws.String("late")})
	if err != nil {
		t.Fatal(err)
	}
	uri := strings.TrimPrefix(link.URL, l.Endpoint())
	_, _ = fmt.Fprintf(c, "PUT %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", uri, addr)
	answers := bufio.NewReader(c)
	if r, err := http.ReadResponse(answers, nil); err != nil || r.StatusCode != http.StatusContinue { // it waits for the body now
		t.Fatalf("the lab answers %v, %v", r, err)
	}
	cancel()
	for { // until nobody is let in
		other, err := net.Dial("tcp", addr)
		if err != nil {
			break
		}
		_ = other.Close()
		time.Sleep(time.Millisecond)
	}
	_, _ = io.WriteString(c, "hello")
	if r, err := http.ReadResponse(answers, nil); err != nil || r.StatusCode != http.StatusOK {
		t.Errorf("the request under way is answered %v, %v", r, err)
	}
	if err := <-done; err != nil {
		t.Errorf("serve: %v", err)
	}
	// Another program may have taken the port for a moment.
	again, err := net.Listen("tcp", addr)
	for end := time.Now().Add(20 * time.Second); err != nil && time.Now().Before(end); time.Sleep(time.Millisecond) {
		again, err = net.Listen("tcp", addr)
	}
	if err != nil {
		t.Fatalf("the port is not free: %v", err)
	}
	_ = again.Close()
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

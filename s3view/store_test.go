package s3view

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// canned is a store that answers with what a test gives it, by method and the
// path with its query.
type canned struct {
	t     *testing.T
	mu    sync.Mutex
	seen  []string // "METHOD path?query"
	reply func(w http.ResponseWriter, r *http.Request)
}

func (c *canned) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.seen = append(c.seen, r.Method+" "+r.URL.RequestURI())
	c.mu.Unlock()
	c.reply(w, r)
}

// open connects to a canned store as the lab's client does.
func open(t *testing.T, o Options, reply func(w http.ResponseWriter, r *http.Request)) (*Store, *canned) {
	t.Helper()
	c := &canned{t: t, reply: reply}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	o.EndpointURL = server.URL
	if o.Keys == nil {
		o.Keys = &Keys{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "secret"}
	}
	s, err := Connect(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s.Store(), c
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no\nway</Message></Error>", code)
}

func at(t *testing.T, uri string) Location {
	t.Helper()
	loc, err := ParseURI(uri)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// A page holds prefixes and objects together in key order, with their keys
// decoded, whatever characters they have.
func TestListDecodesKeys(t *testing.T) {
	st, c := open(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
			<NextContinuationToken>a+b%2F=</NextContinuationToken>
			<Contents><Key>p/a%0Ab</Key><Size>7</Size><ETag>&quot;e&quot;</ETag><StorageClass>GLACIER</StorageClass>
			<LastModified>2026-10-02T09:14:07.000Z</LastModified></Contents>
			<Contents><Key>p/z%2Bz+%E6%BC%A2</Key></Contents>
			<CommonPrefixes><Prefix>p/m/</Prefix></CommonPrefixes></ListBucketResult>`)
	})
	p, err := st.ListPage(t.Context(), Listing{At: at(t, "s3://bucket/p/")})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"p/a\nb", "p/m/", "p/z+z 漢"}
	for i, e := range p.Entries {
		if e.Key != want[i] {
			t.Errorf("entry %d: %q, want %q", i, e.Key, want[i])
		}
	}
	if !p.Entries[1].Prefix || p.Entries[0].Class != "GLACIER" || p.Entries[0].Size != 7 || p.Entries[0].ETag != "e" ||
		p.Next != "a+b%2F=" || !p.More {
		t.Errorf("%+v", p)
	}
	if len(c.seen) != 1 || !strings.Contains(c.seen[0], "delimiter=%2F") || !strings.Contains(c.seen[0], "encoding-type=url") {
		t.Errorf("asked %q", c.seen)
	}
}

// A bucket in another region is asked there, once, and remembered.
func TestFollowsRegion(t *testing.T) {
	st, c := open(t, Options{Region: "us-east-1"}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amz-Bucket-Region", "eu-west-1")
		if !strings.Contains(r.Header.Get("Authorization"), "/eu-west-1/s3/") {
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	for range 2 {
		h, err := st.Head(t.Context(), at(t, "s3://bucket/key"))
		if err != nil {
			t.Fatal(err)
		}
		if len(c.seen) == 2 && h.Moved != "eu-west-1" {
			t.Errorf("moved to %q", h.Moved)
		}
	}
	if len(c.seen) != 3 || st.KnownRegion("bucket") != "eu-west-1" {
		t.Errorf("asked %d times: %q", len(c.seen), c.seen)
	}
}

// One who asks for it meets a bucket elsewhere as it is: refused.
func TestOneRegionIsNotLeft(t *testing.T) {
	st, c := open(t, Options{Region: "us-east-1", OneRegion: true}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amz-Bucket-Region", "eu-west-1")
		w.WriteHeader(http.StatusMovedPermanently)
	})
	_, err := st.Head(t.Context(), at(t, "s3://bucket/key"))
	if e := AsError(err); e == nil || e.Status != 301 || len(c.seen) != 1 || st.KnownRegion("bucket") != "us-east-1" {
		t.Errorf("%v after %q; the region is %q", err, c.seen, st.KnownRegion("bucket"))
	}
}

// An unsigned request to a directory bucket is refused, and does not bring the
// program down: the SDK cannot open a session without credentials.
func TestUnsignedDirectoryBucket(t *testing.T) {
	st, _ := open(t, Options{NoSignRequest: true, PathStyle: PathAlways}, func(w http.ResponseWriter, _ *http.Request) { refuse(w, 403, "AccessDenied") })
	_, err := st.Head(t.Context(), at(t, "s3://hot--euw1-az1--x-s3/k"))
	if e := AsError(err); e == nil || !e.Denied() {
		t.Errorf("it answers %v", err)
	}
}

// Every answer but success is an *Error that says what happened in one line.
func TestErrors(t *testing.T) {
	tests := []struct {
		status                         int
		code                           string
		denied, absent, slow, diagnose bool
	}{
		{403, "AccessDenied", true, false, false, true},
		{404, "NoSuchKey", false, true, false, true},
		{503, "SlowDown", false, false, true, false},
		{301, "PermanentRedirect", false, false, false, true},
		{400, "ExpiredToken", false, false, false, true},
	}
	for _, tt := range tests {
		st, _ := open(t, Options{}, func(w http.ResponseWriter, _ *http.Request) { refuse(w, tt.status, tt.code) })
		_, err := st.ListPage(t.Context(), Listing{At: at(t, "s3://bucket/a"), Once: true})
		e := AsError(err)
		if e == nil || e.Status != tt.status || e.Code != tt.code || e.Denied() != tt.denied || e.NotFound() != tt.absent ||
			e.Throttled() != tt.slow || e.Diagnosable() != tt.diagnose || strings.Contains(e.Error(), "\n") {
			t.Errorf("%d %s: %+v", tt.status, tt.code, e)
		}
	}
}

// A server that accepts and then says nothing ends in one clear line, soon.
func TestSilentServer(t *testing.T) {
	quit := make(chan struct{})
	st, c := open(t, Options{Timeout: 100 * time.Millisecond}, func(http.ResponseWriter, *http.Request) { <-quit })
	t.Cleanup(func() { close(quit) })
	_, err := st.ListPage(t.Context(), Listing{At: at(t, "s3://bucket")})
	if err == nil || !strings.Contains(err.Error(), "no answer within the time allowed") {
		t.Errorf("the error is %v", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.seen) != 1 {
		t.Errorf("asked %d times", len(c.seen))
	}
}

// Each setting of a bucket is in one of five states, and says which action is missing.
func TestBucketSettings(t *testing.T) {
	st, _ := open(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		switch q := r.URL.RawQuery; {
		case strings.HasPrefix(q, "versioning"):
			_, _ = fmt.Fprint(w, "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
		case strings.HasPrefix(q, "policyStatus"):
			refuse(w, 403, "AccessDenied")
		case strings.HasPrefix(q, "policy"):
			_, _ = fmt.Fprint(w, `{"Version":"2012-10-17","Statement":[{"Sid":"a"},{"Sid":"b"}]}`)
		case strings.HasPrefix(q, "lifecycle"):
			refuse(w, 404, "NoSuchLifecycleConfiguration")
		case strings.HasPrefix(q, "object-lock"):
			refuse(w, 501, "NotImplemented")
		case strings.HasPrefix(q, "cors"):
			refuse(w, 418, "Teapot")
		case r.Method == http.MethodHead:
			w.Header().Set("X-Amz-Bucket-Region", "eu-west-1")
		default:
			refuse(w, 403, "AccessDenied")
		}
	})
	got := map[string]Field{}
	calls := 0
	for _, f := range st.BucketSettings(t.Context(), "bucket", func(int, Field) { calls++ }) {
		got[f.Name] = f
	}
	want := map[string]FieldState{"region": Known, "versioning": Known, "policy": Known, "policy status": Denied,
		"lifecycle": NotConfigured, "object lock": NotSupported, "CORS": Failed, "encryption": Denied}
	for name, state := range want {
		if got[name].State != state {
			t.Errorf("%s: %+v, want %s", name, got[name], state)
		}
	}
	if got["policy"].Value != "2 statements" || !strings.Contains(got["policy"].Text, "\n  \"Statement\"") {
		t.Errorf("policy: %+v", got["policy"])
	}
	if got["encryption"].Why != "needs s3:GetEncryptionConfiguration" || calls != len(settings)+1 {
		t.Errorf("encryption: %+v after %d calls", got["encryption"], calls)
	}
}

// Versions and delete markers come together, the newest of each key first.
func TestVersions(t *testing.T) {
	st, _ := open(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k2</NextKeyMarker>
			<Version><Key>k</Key><VersionId>1</VersionId><IsLatest>false</IsLatest><LastModified>2026-01-01T00:00:00Z</LastModified></Version>
			<Version><Key>k</Key><VersionId>2</VersionId><IsLatest>false</IsLatest><LastModified>2026-02-01T00:00:00Z</LastModified></Version>
			<Version><Key>k2</Key><VersionId>9</VersionId><IsLatest>true</IsLatest></Version>
			<DeleteMarker><Key>k</Key><VersionId>3</VersionId><IsLatest>true</IsLatest></DeleteMarker></ListVersionsResult>`)
	})
	v, err := st.Versions(t.Context(), at(t, "s3://bucket/k"), "")
	var ids strings.Builder
	for _, e := range v.Entries {
		ids.WriteString(e.ID)
	}
	if err != nil || ids.String() != "321" || !v.Entries[0].DeleteMarker || v.Next != "" {
		t.Errorf("%+v, %v", v, err)
	}
}

// Redirects that never end are left after a few, and said in one line.
func TestRedirectsInARound(t *testing.T) {
	for _, status := range []int{301, 302, 307, 308} {
		st, c := open(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://"+r.Host+r.URL.RequestURI())
			w.WriteHeader(status)
		})
		_, err := st.ListPage(t.Context(), Listing{At: at(t, "s3://bucket/a"), Once: true})
		if e := AsError(err); e == nil || e.Status != status || !strings.Contains(e.Error(), "check the endpoint") {
			t.Errorf("%d: %v", status, err)
		}
		c.mu.Lock()
		if len(c.seen) > 2*(maxRedirects+1) {
			t.Errorf("%d: asked %d times", status, len(c.seen))
		}
		c.mu.Unlock()
	}
}

// What is no answer of S3 is said to be none, with what to look at.
func TestForeignAnswers(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		says   string
	}{
		{200, "<html><body>Please log in</body></html>", "the answer is not one of S3"},
		{200, "<ListBucketResult><Contents><Key>a</Key></Conte", "the answer is not one of S3"},
		{200, "", "the answer is not one of S3"},
		{302, "", "no proxy or login page"},
		{407, "", "HTTPS_PROXY"},
		{502, "<html>Bad Gateway</html>", "try again later"},
		{503, "", "ask again later"},
	} {
		st, _ := open(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(tt.status)
			_, _ = w.Write([]byte(tt.body))
		})
		_, err := st.ListPage(t.Context(), Listing{At: at(t, "s3://bucket/a"), Once: true})
		if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%d: %v", tt.status, err)
		}
	}
}

package cli

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// listingStore is a bucket "reports" of the keys given, a few a page. Whoever
// does not sign is refused.
func listingStore(t *testing.T, pageSize int, keys ...string) string {
	t.Helper()
	slices.Sort(keys)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuse := func(status int, code string) {
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", code)
		}
		switch {
		case !strings.HasPrefix(r.URL.Path, "/reports"):
			refuse(http.StatusNotFound, "NoSuchBucket")
			return
		case r.Header.Get("Authorization") == "":
			refuse(http.StatusForbidden, "AccessDenied")
			return
		}
		writePage(w, r.URL.Query(), pageSize, keys)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func writePage(w http.ResponseWriter, q url.Values, pageSize int, keys []string) {
	after := q.Get("start-after")
	if token, err := hex.DecodeString(q.Get("continuation-token")); err == nil && len(token) > 0 {
		after = string(token)
	}
	_, _ = fmt.Fprint(w, "<ListBucketResult><EncodingType>url</EncodingType>")
	n, last := 0, ""
	for _, k := range keys {
		if k <= after || !strings.HasPrefix(k, q.Get("prefix")) {
			continue
		}
		if n++; n > pageSize {
			break
		}
		last = k
		_, _ = fmt.Fprintf(w, "<Contents><Key>%s</Key><Size>%d</Size><ETag>&quot;e&quot;</ETag><StorageClass>STANDARD</StorageClass>"+
			"<LastModified>2026-10-02T09:14:07.000Z</LastModified></Contents>", url.QueryEscape(k), len(k))
	}
	_, _ = fmt.Fprintf(w, "<IsTruncated>%t</IsTruncated>", n > pageSize)
	if n > pageSize {
		_, _ = fmt.Fprintf(w, "<NextContinuationToken>%x</NextContinuationToken>", last)
	}
	_, _ = fmt.Fprint(w, "</ListBucketResult>")
}

// runFind runs s403 find with keys in the environment and nothing else.
func runFind(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	for _, name := range []string{"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	var stdout, stderr bytes.Buffer
	code = RunOn(t.Context(), append([]string{"find"}, args...), Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr})
	return code, stdout.String(), stderr.String()
}

var reportKeys = []string{"2026/a.csv", "2026/b.txt", "2026/q1/a.csv", "2026/q1/ü 漢+%.csv", "2025/a.csv", "x\ny.csv", `"quoted"`, `back\slash`, "latin/caf\xe9"}

// What find prints is a contract: a key a line, JSON lines, summaries.
func TestFind(t *testing.T) {
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"keys in order", []string{"s3://reports/2026/"}, "2026/a.csv\n2026/b.txt\n2026/q1/a.csv\n2026/q1/ü 漢+%.csv\n"},
		{"a line stays a key", []string{"s3://reports", "--name", "*y.csv"}, "\"x\\ny.csv\"\n"},
		{"what looks quoted is quoted", []string{"s3://reports/\""}, "\"\\\"quoted\\\"\"\n"},
		{"a backslash is itself", []string{"s3://reports/b"}, "back\\slash\n"},
		{"glob of the last part", []string{"s3://reports", "--name", "a.*"}, "2025/a.csv\n2026/a.csv\n2026/q1/a.csv\n"},
		{"glob of the whole key", []string{"s3://reports", "--name", "2026/*.csv"}, "2026/a.csv\n"},
		{"summary", []string{"s3://reports/2026/", "--summary"}, "4 objects, 53 bytes\n"},
		{"json of a key that is not UTF-8", []string{"s3://reports/latin/", "--output", "json"},
			`{"key":"latin/caf\ufffd","keyBase64":"bGF0aW4vY2Fm6Q==","size":10,"lastModified":"2026-10-02T09:14:07Z","etag":"e","storageClass":"STANDARD"}` + "\n"},
		{"nothing", []string{"s3://reports/none/"}, ""},
		{"json", []string{"s3://reports/2025/", "--output", "json"},
			`{"key":"2025/a.csv","size":10,"lastModified":"2026-10-02T09:14:07Z","etag":"e","storageClass":"STANDARD"}` + "\n"},
	}
	for _, tt := range tests {
		endpoint := listingStore(t, 2, reportKeys...)
		code, out, errs := runFind(t, append(tt.args, "--endpoint-url", endpoint)...)
		if code != 0 || out != tt.want || errs != "" {
			t.Errorf("%s: exit %d, %q, %q; want %q", tt.name, code, out, errs, tt.want)
		}
	}
}

func TestFindSummaryJSON(t *testing.T) {
	endpoint := listingStore(t, 2, reportKeys...)
	_, out, _ := runFind(t, "s3://reports", "--summary", "--output", "json", "--endpoint-url", endpoint)
	var got struct{ Objects, Bytes, Requests *int64 }
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Objects == nil || got.Bytes == nil || got.Requests == nil ||
		*got.Objects != int64(len(reportKeys)) || *got.Requests < 4 {
		t.Errorf("%s: %v", out, err)
	}
}

// Each thing that can go wrong is one line that says what to do, and an exit code.
func TestFindErrors(t *testing.T) {
	endpoint := listingStore(t, 2, reportKeys...)
	tests := []struct {
		args []string
		code int
		want string
	}{
		{[]string{}, 1, "find takes one s3://bucket[/prefix], not 0 arguments"},
		{[]string{"reports"}, 1, "did you mean s3://reports?"},
		{[]string{"s3://"}, 1, "find needs a bucket"},
		{[]string{"s3://reports", "--output", "markdown"}, 1, `--output "markdown" is none of text, json`},
		{[]string{"s3://reports", "--name", "[a"}, 1, "a [ is not closed"},
		{[]string{"s3://reports", "--workers", "-1"}, 1, "--workers -1"},
		{[]string{"s3://reports", "--no-sign-request", "--endpoint-url", endpoint}, 1, "run s403 why s3://reports"},
		{[]string{"s3://other", "--endpoint-url", endpoint}, 4, `no bucket "other"`},
		{[]string{"s3://reports", "--endpoint-url", "localhost:9000"}, 1, "is no URL"},
		{[]string{"s3://reports", "--endpoint-url", "http://127.0.0.1:1"}, 1, "connection refused"},
		{[]string{"s3://reports", "--profile", "nobody"}, 1, `no profile "nobody"`},
		{[]string{"s3://reports", "--ca-bundle", "/nowhere"}, 1, `--ca-bundle "/nowhere" cannot be read`},
		{[]string{"s3://reports", "--ca-bundle", "/dev/null"}, 1, `--ca-bundle "/dev/null" holds no certificate`},
		{[]string{"s3://reports", "--expected-bucket-owner", "me"}, 1, "12 digits"},
		{[]string{"s3://reports", "--request-payer", "owner"}, 1, "none of requester"},
		{[]string{"s3://reports", "--path-style", "x"}, 1, "none of auto, always, never"},
	}
	for _, tt := range tests {
		code, out, errs := runFind(t, tt.args...)
		if code != tt.code || !strings.Contains(errs, tt.want) || strings.Count(errs, "\n") != 1 || out != "" {
			t.Errorf("%q: exit %d, %q, %q; want %d, %q", tt.args, code, out, errs, tt.code, tt.want)
		}
	}
}

// What a store says in an error moves no cursor and turns no text round.
func TestFindErrorIsPrintable(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte("<Error><Code>AccessDenied</Code><Message>user/\u202eevil \u009b31m</Message></Error>"))
	}))
	t.Cleanup(server.Close)
	_, _, errs := runFind(t, "s3://reports", "--endpoint-url", server.URL)
	if strings.ContainsAny(errs, "\u202e\u009b") || !strings.Contains(errs, "\uFFFDevil") {
		t.Errorf("%q", errs)
	}
}

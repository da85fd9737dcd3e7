package probe

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s403/diagnose"
)

// cutting has IAM cut the lists that one action answers, as it may at any length.
func cutting(action string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		answer := httptest.NewRecorder()
		var wire recorder
		wire.wrap(next).ServeHTTP(answer, q)
		body := answer.Body.Bytes()
		if wire.form[0].Get("Action") == action {
			body = bytes.Replace(body, []byte("<IsTruncated>false"), []byte("<IsTruncated>true"), 1)
		}
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(body)
	})
}

// TestCutLists: what lies behind the end of a list that IAM cut is not known, so
// nothing is computed from the part that was read.
func TestCutLists(t *testing.T) {
	for _, action := range []string{"", "ListUserPolicies", "ListAttachedUserPolicies", "ListGroupsForUser"} {
		l := openLab(t, "missing-key")
		mia := actor(t, l, "missing-key", "mia")
		server := httptest.NewServer(cutting(action, l.Handler()))
		defer server.Close()
		c := Config{AWS: configFor(server.URL, mia.AccessKeyID, mia.SecretAccessKey, ""), S3Options: []func(*s3.Options){pathStyle}}
		e := New(c).Gather(t.Context(), target("s3://acme-invoices/2026/q3/summary.csv"), nil)
		want := diagnose.Failed
		if action == "" {
			want = diagnose.Known
		}
		if got := e.IdentityPolicies; got.State != want || len(got.Value) != 2 {
			t.Errorf("%q cut: %v with %d documents (%s), want %v with the 2 that were read", action, got.State, len(got.Value), got.Note, want)
		}
	}
}

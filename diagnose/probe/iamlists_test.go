package probe

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s403/diagnose"
)

// cutting has IAM cut the lists that one action answers, as it may at any length:
// the first answer is empty, the next has all; unless endless, where each is cut,
// or broken, where only the first one is answered.
func cutting(action, way string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		answer := httptest.NewRecorder()
		var wire recorder
		wire.wrap(next).ServeHTTP(answer, q)
		body, form := answer.Body.Bytes(), wire.form[0]
		switch {
		case form.Get("Action") != action:
		case form.Get("Marker") == "" || way == "endless":
			body = member.ReplaceAll(body, nil)
			body = bytes.Replace(body, []byte("<IsTruncated>false</IsTruncated>"), []byte("<IsTruncated>true</IsTruncated><Marker>on</Marker>"), 1)
		case way == "broken":
			answer.Code = http.StatusBadRequest
		}
		maps.Copy(w.Header(), answer.Header())
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(body)
	})
}

var member = regexp.MustCompile(`(?s)<member>.*</member>`)

// TestCutLists: a list that IAM cuts is read on; where its rest cannot be read, it
// is not known, so that nothing is computed from the part that was.
func TestCutLists(t *testing.T) {
	for _, action := range []string{"", "ListUserPolicies", "ListAttachedUserPolicies", "ListGroupsForUser"} {
		for way, want := range map[string]diagnose.State{"once": diagnose.Known, "endless": diagnose.Failed, "broken": diagnose.Failed} {
			l := openLab(t, "missing-key")
			mia := actor(t, l, "missing-key", "mia")
			server := httptest.NewServer(cutting(action, way, l.Handler()))
			defer server.Close()
			c := Config{AWS: configFor(server.URL, mia.AccessKeyID, mia.SecretAccessKey, ""), S3Options: []func(*s3.Options){pathStyle}}
			e := New(c).Gather(t.Context(), target("s3://acme-invoices/2026/q3/summary.csv"), nil)
			if action == "" {
				want = diagnose.Known
			}
			if got := e.IdentityPolicies; got.State != want || want == diagnose.Known && len(got.Value) != 2 {
				t.Errorf("%q cut (%s): %v with %d documents (%s), want %v", action, way, got.State, len(got.Value), got.Note, want)
			}
		}
	}
}

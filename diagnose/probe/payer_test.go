package probe

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s403/diagnose"
)

// TestPayerIsAsked: whoever said that she pays is shown commands that pay, too;
// who did not never pays.
func TestPayerIsAsked(t *testing.T) {
	paid := []string{"HeadObject", "GetObject", "ListObjectsV2", "ListObjectVersions", "GetObjectAcl", "GetObjectTagging"}
	for _, payer := range []bool{true, false} {
		var mu sync.Mutex
		sent := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if r.Header.Get("X-Amz-Request-Payer") == "requester" {
				sent++
			}
			w.Header().Set("Server", "AmazonS3")
			w.WriteHeader(403)
			_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
		}))
		e := New(Config{
			AWS: configFor(server.URL, "AKIAIOSFODNN7EXAMPLE", testSecret, ""), S3Options: []func(*s3.Options){pathStyle},
			Options: diagnose.Options{RequestPayer: payer},
		}).Gather(t.Context(), target("s3://b/k"), nil)
		server.Close()
		shown, seen := 0, map[string]bool{}
		for _, x := range e.Exchanges {
			seen[x.Operation] = true
			if says := strings.Contains(x.CLI, "--request-payer requester"); says {
				shown++
				if !slices.Contains(paid, x.Operation) {
					t.Errorf("%s pays: %s", x.Operation, x.CLI)
				}
			}
		}
		for _, operation := range paid {
			if !seen[operation] {
				t.Errorf("%s was not asked", operation)
			}
		}
		if shown != sent || (sent > 0) != payer {
			t.Errorf("payer %t: %d requests pay, and %d commands", payer, sent, shown)
		}
	}
}

package s3view

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
)

// A CreateSession that is refused is told as what it is: a refusal, with its
// status, code and request id, and no dead network.
func TestRefusedCreateSession(t *testing.T) {
	refused := true
	st, c := open(t, Options{PathStyle: PathAlways}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amz-Request-Id", "RID1")
		switch {
		case refused:
			refuse(w, 403, "AccessDenied")
		case r.URL.Query().Has("session"):
			_, _ = w.Write([]byte(`<CreateSessionResult><Credentials><SessionToken>t</SessionToken><SecretAccessKey>s</SecretAccessKey>
				<AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><Expiration>2126-01-01T00:00:00Z</Expiration></Credentials></CreateSessionResult>`))
		default:
			w.WriteHeader(404)
		}
	})
	place := at(t, "s3://hot--euw1-az1--x-s3/k")
	_, err := st.Head(t.Context(), place)
	e := AsError(err)
	if e == nil || e.Op != "CreateSession" || e.Status != 403 || e.Code != "AccessDenied" || e.RequestID != "RID1" || !e.Denied() || !e.Diagnosable() {
		t.Errorf("HEAD answers %+v", err)
	}
	if f := st.Tags(t.Context(), place)[0]; f.State != Denied || f.Why != "needs s3express:CreateSession" {
		t.Errorf("tags: %+v", f)
	}
	refused = false
	if _, err = st.Head(t.Context(), place); AsError(err) == nil || AsError(err).Op != "HeadObject" || !AsError(err).NotFound() {
		t.Errorf("once there is a session, HEAD answers %v after %q", err, c.seen)
	}
	for _, line := range c.seen[:2] {
		if !strings.Contains(line, "session=") {
			t.Errorf("asked %q", c.seen)
		}
	}
}

// Giving up while a session is awaited is no failure of the store.
func TestCanceledCreateSession(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	st, _ := open(t, Options{PathStyle: PathAlways}, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	_, err := st.Head(ctx, at(t, "s3://hot--euw1-az1--x-s3/k"))
	if !errors.Is(err, context.Canceled) || !AsError(err).Canceled() {
		t.Errorf("%v", err)
	}
}

package s3view

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
)

// What refuses to give credentials is not S3: the error says that nothing was
// sent, why, and what to do.
func TestRefusedCredentialsAreNoRefusalOfS3(t *testing.T) {
	for message, want := range map[string]string{
		"MultiFactorAuthentication failed with invalid MFA one time pass code.": "the code of the MFA device was not accepted; give the next one",
		"User: ana is not authorized to perform: sts:AssumeRole":                "the role of the profile could not be assumed: ",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte("<ErrorResponse><Error><Code>AccessDenied</Code><Message>" + message + "</Message></Error></ErrorResponse>"))
		}))
		s := connect(t, Options{Profile: "role", MFAToken: func(string) (string, error) { return "123456", nil }}, map[string]string{"AWS_ENDPOINT_URL_STS": server.URL})
		_, err := s.Store().Buckets(t.Context())
		e := AsError(err)
		if e == nil || !e.NotSent() || e.Status != 0 || e.Denied() || !strings.Contains(e.Error(), want) {
			t.Errorf("%q becomes %v", message, err)
		}
		server.Close()
	}
}

// The login that a profile rests on is named by the profile that has it, and the
// cached token tells when it was made.
func TestLogin(t *testing.T) {
	now := time.Date(2026, time.October, 2, 9, 14, 7, 0, time.UTC)
	for profile, command := range map[string]string{
		"sso": "aws sso login --profile sso", "via sso": "aws sso login --profile sso", "default": "", "process": "",
	} {
		if got := connect(t, Options{Profile: profile}, nil).LoginCommand(); got != command {
			t.Errorf("%s: %q, want %q", profile, got, command)
		}
	}
	s := connect(t, Options{Profile: "via sso"}, nil)
	_, err := s.Store().Buckets(t.Context())
	if e := AsError(err); e == nil || e.Login != "aws sso login --profile sso" || !e.NotSent() {
		t.Errorf("without a token: %v", err)
	}
	file, err := ssocreds.StandardCachedTokenFilepath("corp")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		`{"accessToken":"t","expiresAt":"2026-10-02T10:00:00Z"}`: true,
		`{"accessToken":"t","expiresAt":"2026-10-02T09:00:00Z"}`: false,
		`{"accessToken":"t"}`: false,
		`broken`:              false,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := s.LoggedIn(now); got != want {
			t.Errorf("LoggedIn with %s is %t", text, got)
		}
	}
}

package cli

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"s403/diagnose/lab"
)

// TestExportedWorld exports what was read of a refusal, loads it into a lab of
// its own and asks again: the same cause, and with account ids masked too.
func TestExportedWorld(t *testing.T) {
	l, err := lab.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(l.Handler())
	defer server.Close()
	for _, name := range []string{
		"identity-no-allow", "identity-wrong-resource", "identity-wrong-action", "identity-condition-unmet", "identity-explicit-deny",
		"bucket-policy-explicit-deny", "boundary-no-allow", "boundary-explicit-deny", "version-permission",
		"missing-key", "object-ownership", "kms-permission", "kms-key-state",
	} {
		for _, mask := range []string{"--mask-accounts=false", "--mask-accounts=true"} {
			t.Run(name+" "+mask, func(t *testing.T) {
				s, err := lab.Find(name)
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(t.TempDir(), "world.toml")
				s.Args = append(s.Args, "--export-world", file, mask)
				whyInLab(t, l, s, server.URL)
				askExported(t, file, s.Cause, mask == "--mask-accounts=true")
			})
		}
	}
}

// askExported serves the file and asks why as its actor.
func askExported(t *testing.T, file, cause string, masked bool) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if masked == bytes.Contains(text, []byte("111122223333")) {
		t.Errorf("account ids masked: want %t", masked)
	}
	exported, err := lab.OpenFile("world.toml", bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	server := httptest.NewServer(exported.Handler())
	defer server.Close()
	s := exported.Scenarios()[0]
	for _, c := range exported.ActorsOf(s) {
		if c.SessionToken != "" && strings.Contains(string(text), c.SessionToken) {
			t.Error("the file holds a session token")
		}
	}
	if _, got, stderr := whyInLab(t, exported, s, server.URL); got.Verdict.Cause != cause {
		t.Errorf("in the exported world the cause is %q, want %q %s\n%s", got.Verdict.Cause, cause, stderr, text)
	}
}

// TestExportRefuses holds that what cannot be exported is one line.
func TestExportRefuses(t *testing.T) {
	l, err := lab.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(l.Handler())
	defer server.Close()
	s, err := lab.Find("access-point-policy")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	c := l.ActorsOf(s)[0]
	t.Setenv("AWS_ACCESS_KEY_ID", c.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", c.SecretAccessKey)
	t.Setenv("AWS_REGION", "eu-west-1")
	var out, stderr bytes.Buffer
	code := Run([]string{"why", s.Target, "--export-world", filepath.Join(t.TempDir(), "w")}, Streams{In: strings.NewReader(""), Out: &out, Err: &stderr})
	if code != 1 || strings.Count(stderr.String(), "\n") != 1 {
		t.Errorf("exit %d, stderr %q", code, stderr.String())
	}
}

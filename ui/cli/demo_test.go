package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// hostile is an environment in which nothing that AWS's tools read is right.
func hostile(t *testing.T) (home string) {
	t.Helper()
	home = t.TempDir()
	bad := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(bad, []byte("[profile broken\nregion eu\x00\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"HOME": home, "XDG_STATE_HOME": filepath.Join(home, "state"), "XDG_CONFIG_HOME": filepath.Join(home, "config"),
		"XDG_CACHE_HOME": filepath.Join(home, "cache"), "XDG_DATA_HOME": filepath.Join(home, "data"),
		"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1",
		"AWS_ENDPOINT_URL_IAM": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_KMS": "http://127.0.0.1:1",
		"AWS_PROFILE": "missing", "AWS_DEFAULT_PROFILE": "missing", "AWS_REGION": "no such/region", "AWS_DEFAULT_REGION": "mars-1",
		"AWS_CONFIG_FILE": bad, "AWS_SHARED_CREDENTIALS_FILE": bad, "AWS_CA_BUNDLE": "/nowhere.pem",
		"AWS_ACCESS_KEY_ID": "AKIAHOSTILEHOSTILE00", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "y",
		"AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true", "AWS_RETRY_MODE": "bogus", "AWS_MAX_ATTEMPTS": "many",
		"AWS_REQUEST_CHECKSUM_CALCULATION": "bogus", "AWS_RESPONSE_CHECKSUM_VALIDATION": "bogus", "AWS_ACCOUNT_ID_ENDPOINT_MODE": "bogus",
		"AWS_ROLE_ARN": "bogus", "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1",
		"HTTP_PROXY": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1",
		"http_proxy": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1",
		"S403_READER_ACCESS_KEY_ID": "AKIAHOSTILEHOSTILE00", "S403_READER_SECRET_ACCESS_KEY": "x",
	} {
		t.Setenv(name, value)
	}
	return home
}

// The demo asks nobody but its own lab and writes no file, whatever the
// environment says: as the administrator, as an actor, and as nobody at all.
func TestDemoKeepsToItself(t *testing.T) {
	home := hostile(t)
	work := t.TempDir()
	t.Chdir(work)
	onTerminal(t, "demo").sees("s3://").press("q").quits()

	for scenario, cause := range map[string]string{"bucket-policy-explicit-deny": "bucket policy", "anonymous": "not signed"} {
		term := onTerminal(t, "demo", scenario).sees("HeadObject").press("w").sees(cause, "esc back")
		term.press("b", "D", "ctrl+c")
		if code := term.quits(); code != exitOK {
			t.Errorf("%s: exit code %d: %s", scenario, code, term.errs.String())
		}
	}
	for _, dir := range []string{home, work} {
		_ = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, _ error) error {
			if path != dir {
				t.Errorf("the demo wrote %q", path)
			}
			return nil
		})
	}
}

// In the demo the lab's own people can lend their eyes to a diagnosis.
func TestDemoReader(t *testing.T) {
	term := onTerminal(t, "demo", "identity-no-allow").sees("HeadObject").press("E").sees("reader: who else", "admin", "reader")
	term.press("down", "enter").sees("reader admin").press("w").sees("2 policies read")
	term.press("A").sees("as: whose request").types("arn:aws:iam::111122223333:role/nobody").sees("as typed").press("enter").sees("role/nobody")
	term.press("q").quits()
}

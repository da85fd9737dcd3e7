package cli

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what one-time codes are made of
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"

	"s403/diagnose/lab"
)

// vault is a role that only a login with an MFA device opens.
const vault = `
name       = "vault"
title      = "The vault"
cause      = "identity-no-allow"
actor-name = "ana"
target     = "s3://acme-vault/gold.csv"
story      = "A role that wants MFA."
fix        = "None."

[[user]]
name = "data/ana"
mfa = true
inline = { p = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}}' }

[[role]]
name = "data/keeper"
policies = ["aws/AmazonS3ReadOnlyAccess"]
trust = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}}'

[[actor]]
name = "ana"
user = "data/ana"

[[bucket]]
name = "acme-vault"
account = "data"
region = "eu-west-1"

[[bucket.object]]
key = "gold.csv"
size = 7
`

// awsFiles writes the person's AWS configuration and keeps the environment's out.
func awsFiles(t *testing.T, config string) {
	t.Helper()
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "S403_READER") {
			t.Setenv(name, "")
		}
	}
	home := t.TempDir()
	file := filepath.Join(home, "config")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"HOME": home, "XDG_STATE_HOME": filepath.Join(home, "state"), "XDG_CONFIG_HOME": filepath.Join(home, "xdg"),
		"AWS_CONFIG_FILE": file, "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(home, "none"), "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
}

// vaultLab serves the lab with the vault, and returns its people's keys by name
// and the seed of ana's MFA device.
func vaultLab(t *testing.T) (endpoint string, people map[string]lab.Credentials, seed string) {
	t.Helper()
	s, err := lab.ParseScenario("vault", []byte(vault))
	if err != nil {
		t.Fatal(err)
	}
	l, err := lab.New([]lab.Scenario{s})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(l.Handler())
	t.Cleanup(server.Close)
	people = map[string]lab.Credentials{}
	for _, c := range l.ActorsOf(s) {
		people[c.Actor] = c
	}
	for _, seed = range l.Card().Scenarios[0].MFA {
		return server.URL, people, seed
	}
	t.Fatal("nobody in the vault has an MFA device")
	return "", nil, ""
}

// authenticator is an app's code for a seed now (RFC 6238).
func authenticator(t *testing.T, seed string) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(seed)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, time.Now().Unix()/30)
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:])&0x7fffffff%1_000_000)
}

// A role whose profile has mfa_serial asks for the code in the explorer, once for
// all that waits; esc gives none, and ctrl+r asks again.
func TestMFAInTheExplorer(t *testing.T) {
	endpoint, people, seed := vaultLab(t)
	awsFiles(t, fmt.Sprintf(`[profile base]
aws_access_key_id = %s
aws_secret_access_key = %s
[profile keeper]
role_arn = arn:aws:iam::111122223333:role/keeper
source_profile = base
mfa_serial = arn:aws:iam::111122223333:mfa/ana
region = eu-west-1
endpoint_url = %s
`, people["ana"].AccessKeyID, people["ana"].SecretAccessKey, endpoint))
	t.Setenv("AWS_ENDPOINT_URL", endpoint)
	term := onTerminal(t, "--profile", "keeper")
	term.sees("╭ MFA", "arn:aws:iam::111122223333:mfa/ana").press("esc")
	term.sees("not sent", "no code of the MFA device was given").misses("╭ MFA")
	term.press("ctrl+r").sees("╭ MFA").types("00x0 0").press("enter").sees("a code has six digits")
	term.types("00").press("enter").sees("the code of the MFA device was not accepted").press("ctrl+r")
	code := authenticator(t, seed)
	term.sees("╭ MFA").types(code[:3] + " " + code[3:])
	if strings.Contains(term.screen(), code) {
		t.Error("the code is on the screen")
	}
	term.press("enter").sees("keeper/", "acme-vault").press("q")
	if code := term.quits(); code != exitOK {
		t.Errorf("exit code %d: %s", code, term.errs.String())
	}
}

// portal is the part of IAM Identity Center that hands out credentials.
func portal(t *testing.T, c lab.Credentials) (endpoint string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/federation/credentials" || r.Header.Get("X-Amz-Sso_bearer_token") != "tok" {
			http.Error(w, "{}", http.StatusUnauthorized)
			return
		}
		_, _ = fmt.Fprintf(w, `{"roleCredentials":{"accessKeyId":%q,"secretAccessKey":%q,"sessionToken":%q,"expiration":%d}}`,
			c.AccessKeyID, c.SecretAccessKey, c.SessionToken, time.Now().Add(time.Hour).UnixMilli())
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// An SSO session that has ended names the command that begins another, and the
// list opens by itself when that was done.
func TestSSOLoginIsAwaited(t *testing.T) {
	awsFiles(t, `[profile corp dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = dev
region = eu-west-1
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
`)
	endpoint, people, _ := vaultLab(t)
	t.Setenv("AWS_ENDPOINT_URL", endpoint)
	t.Setenv("AWS_ENDPOINT_URL_SSO", portal(t, people["admin"]))
	cache := func(ends time.Time) {
		file, err := ssocreds.StandardCachedTokenFilepath("corp")
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf(`{"accessToken":"tok","expiresAt":%q,"region":"eu-west-1","startUrl":"https://corp.awsapps.com/start"}`, ends.UTC().Format(time.RFC3339))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cache(time.Now().Add(-time.Hour))
	term := onTerminal(t, "--profile", "corp dev")
	term.sees("not logged in", "aws sso login --profile 'corp dev'")
	cache(time.Now().Add(time.Hour))
	term.misses("not logged in").sees("acme-vault")
	term.press("q").quits()
}

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The profiles of both files are listed once each, by name, with what they are;
// other sections and nested settings are none, and no secret is kept.
func TestProfiles(t *testing.T) {
	dir := t.TempDir()
	const config = `[default]
region = eu-west-1
s3 =
  region = nested
[profile role] # assumed
role_arn = arn:aws:iam::111122223333:role/dev
source_profile = default
[profile 'two words']
sso_session = corp
[sso-session corp]
sso_region = us-east-1
[services mine]
s3 =
  endpoint_url = http://h:1
[profile helper]
credential_process = /bin/helper
[not a profile]
region = xx
`
	const keys = "[default]\naws_access_key_id = AKIA\naws_secret_access_key = hidden\n[only-keys]\naws_access_key_id = AKIA\n"
	for name, text := range map[string]string{"config": config, "credentials": keys} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"AWS_CONFIG_FILE": filepath.Join(dir, "config"), "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(dir, "credentials")}
	var lines []string
	for _, p := range profiles(func(name string) string { return env[name] }) {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", p.Name, p.Kind, p.Region, p.Role)))
	}
	want := "default keys eu-west-1\nhelper process\nonly-keys keys\nrole role  arn:aws:iam::111122223333:role/dev\ntwo words sso"
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("profiles:\n%s\nwant\n%s", got, want)
	}
	if got := profiles(func(string) string { return "" }); len(got) != 0 {
		t.Errorf("without a home: %v", got)
	}
}

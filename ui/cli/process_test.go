package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// A credential_process that fails is named, with how it ended, in the list and in
// the whole story of who she is; when it works again, ctrl+r opens the list.
func TestCredentialProcessFails(t *testing.T) {
	endpoint, people, _ := vaultLab(t)
	dir := t.TempDir()
	helper, working := filepath.Join(dir, "helper"), filepath.Join(dir, "working")
	admin := people["admin"]
	script := fmt.Sprintf(`#!/bin/sh
if [ ! -e %s ]; then exit 3; fi
printf '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"%s","SessionToken":"%s"}'
`, working, admin.AccessKeyID, admin.SecretAccessKey, admin.SessionToken)
	if err := os.WriteFile(helper, []byte(script), 0o700); err != nil { //nolint:gosec // it is run
		t.Fatal(err)
	}
	awsFiles(t, fmt.Sprintf("[profile helped]\nregion = eu-west-1\nendpoint_url = %s\ncredential_process = %s\n", endpoint, helper))
	t.Setenv("AWS_ENDPOINT_URL", endpoint)
	term := onTerminal(t, "--profile", "helped").sees("not sent", "credential_process", "exit status 3", "by hand to see why")
	term.press("i").sees("╭ who am I", "helped", "credential_process").press("esc").misses("╭ who am I")
	if err := os.WriteFile(working, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	term.press("ctrl+r").sees("acme-vault", "@helped").misses("exit status 3")
	term.press("i").sees("╭ who am I", "credential_process", admin.AccessKeyID[:4]+"…").press("esc").misses("╭ who am I").press("q").quits()
}

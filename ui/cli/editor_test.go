//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// TestOwnEditor mends a lesson with her own editor, on a real terminal: e opens
// the policy, ctrl+e the editor, and ctrl+s applies what it has left in the file.
func TestOwnEditor(t *testing.T) {
	const mine = `"Sid": "WrittenInMyEditor"`
	dir := t.TempDir()
	editor, mended := filepath.Join(dir, "editor"), filepath.Join(dir, "mended.json")
	document := `{"Version": "2012-10-17", "Statement": [{
` + mine + `, "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-reports/*"}]}`
	if err := os.WriteFile(mended, []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\ncat '" + mended + "' > \"$1\"\n"
	if err := os.WriteFile(editor, []byte(script), 0o700); err != nil { //nolint:gosec // it has to run
		t.Fatal(err)
	}
	p := inProcess(t, []string{"EDITOR=" + editor, "HOME=" + dir}, "demo", "identity-no-allow")
	for _, step := range []struct{ shows, keys string }{
		{"w finds out why", "w"},
		{"esc back", "e"},
		{"$EDITOR", "\x1b[Z"}, // shift+tab
		{"a new policy of your own", "\x05"},
		{mine, "\x13"},
		{"allowed: mended", "q"},
	} {
		p.shows(step.shows)
		if _, err := p.tty.WriteString(step.keys); err != nil {
			t.Fatal(err)
		}
	}
}

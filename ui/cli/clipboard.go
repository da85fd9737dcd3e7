package cli

import "github.com/atotto/clipboard"

// nativeClipboard writes to the machine's own clipboard; nil where the machine
// has none that a program can reach, as over ssh.
func nativeClipboard() func(string) error {
	if clipboard.Unsupported {
		return nil
	}
	return clipboard.WriteAll
}

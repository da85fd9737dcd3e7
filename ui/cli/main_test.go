package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestMain lets the test binary be s403 itself, for tests that need a process
// with a terminal of its own. As a test, it knows nothing of whoever runs it: no
// home, no AWS settings, no proxies, no taste in terminals.
func TestMain(m *testing.M) {
	if os.Getenv("S403_TEST_AS_PROGRAM") == "1" {
		os.Exit(Run(os.Args[1:], Stdio()))
	}
	home, err := os.MkdirTemp("", "s403-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	forget("AWS_", "S403_READER_", "XDG_", "LC_", "LANG", "NO_COLOR", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
	_ = os.Setenv("HOME", home)
	_ = os.Setenv("TERM", "xterm-256color")
	code := m.Run()
	_ = os.RemoveAll(home)
	os.Exit(code)
}

// forget takes variables out of the environment, by what their names begin with.
func forget(prefixes ...string) {
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		for _, prefix := range prefixes {
			if strings.HasPrefix(name, prefix) {
				_ = os.Unsetenv(name)
			}
		}
	}
}

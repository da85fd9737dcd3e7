package cli

import (
	"net"
	"testing"
)

// The first screen does not wait for the instance metadata service, which
// swallows what it is asked on most machines: it shows that it lists, and later
// that there are no credentials.
func TestFirstScreenDoesNotWaitForIMDS(t *testing.T) {
	awsFiles(t, "")
	hole, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, and never reads them
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hole.Close() })
	t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://"+hole.Addr().String())
	term := onTerminal(t, "s3://bucket/prefix/")
	term.sees("no credentials were found")
	// Looked for in all that was drawn: the service is given up after a second,
	// in which a busy machine may not come to look at the screen.
	if listing, none := term.drew("listing"), term.drew("no credentials"); listing < 0 || none < listing {
		t.Errorf("that it lists was drawn at byte %d, that there are no credentials at %d", listing, none)
	}
	term.press("q").quits()
}

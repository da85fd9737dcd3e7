package cli

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"
)

// serverBinary finds a server that is no part of this repository: where the
// variable says, else by its name.
func serverBinary(t *testing.T, name, variable, module string) string {
	t.Helper()
	wanted := os.Getenv(variable)
	if wanted == "" {
		wanted = name
	}
	path, err := exec.LookPath(wanted)
	switch {
	case err == nil:
		return path
	case os.Getenv("S403_REQUIRE_SERVERS") == "1":
		t.Fatalf("there is no %s server, and S403_REQUIRE_SERVERS=1 asks for one: %v", name, err)
	}
	t.Skipf("there is no %s server: go install %s, or set %s to one", name, module, variable)
	return ""
}

// startServer runs a server on a free loopback port until the test ends, and
// returns when its health page answers. Between finding a free port and taking
// it, another program may have it: then the server leaves at once, and is started
// on another.
func startServer(t *testing.T, health string, command func(ctx context.Context, address string) *exec.Cmd) (endpoint string) {
	t.Helper()
	var log string
	for range 5 {
		address := freeAddress(t)
		ctx, cancel := context.WithCancel(context.Background())
		server := command(ctx, address)
		var said bytes.Buffer
		server.Stdout, server.Stderr = &said, &said
		if err := server.Start(); err != nil {
			cancel()
			t.Fatal(err)
		}
		left := make(chan struct{})
		go func() { _ = server.Wait(); close(left) }()
		t.Cleanup(func() { cancel(); <-left })
		if endpoint = "http://" + address; comesUp(endpoint+health, left) {
			return endpoint
		}
		cancel()
		<-left
		log = said.String()
	}
	t.Fatalf("the server did not come up:\n%s", log)
	return ""
}

// comesUp waits until the URL answers 200; false when the server left before.
func comesUp(url string, left <-chan struct{}) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		resp, err := http.Get(url) //nolint:gosec // our own server
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return true
			}
		}
		select {
		case <-left:
			return false
		case <-time.After(100 * time.Millisecond):
		}
	}
	return false
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

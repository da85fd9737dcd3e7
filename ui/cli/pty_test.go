//go:build unix

package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// process is s403 in a process of its own, behind a real pseudo-terminal.
type process struct {
	t    testing.TB
	cmd  *exec.Cmd
	tty  *os.File
	mu   sync.Mutex
	out  bytes.Buffer
	done chan error
}

// inProcess starts s403 with args, on a terminal of 100 by 30 cells.
func inProcess(t testing.TB, env []string, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], args...) //nolint:gosec // this very test
	cmd.Env = append(os.Environ(), append(env, "S403_TEST_AS_PROGRAM=1", "TERM=xterm-256color", "AWS_EC2_METADATA_DISABLED=true")...)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 100, Rows: 30})
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: cmd, tty: tty, done: make(chan error, 1)}
	t.Cleanup(func() { _ = tty.Close() })
	go func() {
		_, _ = io.Copy(p, tty)
		p.done <- cmd.Wait()
	}()
	return p
}

// Write takes what the program draws.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

func (p *process) wrote() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// sees waits until the program has written a text.
func (p *process) sees(text string) {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if strings.Contains(p.wrote(), text) {
			return
		}
	}
	p.t.Fatalf("the program does not write %q:\n%q", text, p.wrote())
}

// shows waits until a text stands on the program's screen, however it was drawn.
func (p *process) shows(text string) {
	p.t.Helper()
	screen := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		emu := vt.NewEmulator(100, 30)
		go func() { _, _ = io.Copy(io.Discard, emu) }() // its answers to the program's questions
		_, _ = emu.Write([]byte(p.wrote()))
		screen = emu.String()
		// Not by Close, whose flag the copying goroutine reads: that is a data race.
		_ = emu.InputPipe().(io.Closer).Close() //nolint:forcetypeassert // a pipe
		if strings.Contains(screen, text) {
			return
		}
	}
	p.t.Fatalf("the screen does not show %q:\n%s", text, screen)
}

// leaves waits for the end, and fails unless it is the exit code, with the
// terminal as it was before: each mode that was set is taken back after its last
// setting, and the cursor is shown.
func (p *process) leaves(code int) {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		p.t.Fatalf("the program does not leave:\n%q", p.wrote())
	}
	if got := p.cmd.ProcessState.ExitCode(); got != code {
		p.t.Errorf("exit code %d, want %d:\n%q", got, code, p.wrote())
	}
	for mode, name := range map[string]string{"1049": "alternate screen", "1002": "mouse", "1006": "mouse coordinates", "2004": "bracketed paste"} {
		set, unset := strings.LastIndex(p.wrote(), "\x1b[?"+mode+"h"), strings.LastIndex(p.wrote(), "\x1b[?"+mode+"l")
		if set < 0 || unset < set {
			p.t.Errorf("the %s (mode %s) was set at byte %d and taken back at %d", name, mode, set, unset)
		}
	}
	if hidden, shown := strings.LastIndex(p.wrote(), "\x1b[?25l"), strings.LastIndex(p.wrote(), "\x1b[?25h"); shown < hidden {
		p.t.Errorf("the cursor was hidden at byte %d and shown at %d", hidden, shown)
	}
}

// silent is a store that takes requests and never answers.
func silent(t *testing.T) (endpoint string) {
	t.Helper()
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-over:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { close(over); server.Close() })
	return server.URL
}

// However the explorer is left, the terminal is as it was: also while a listing
// hangs, and when a signal ends it.
func TestTheTerminalIsPutBack(t *testing.T) {
	hanging := []string{"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=secret", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_PROFILE="}
	ways := map[string]func(*process){
		"q":       func(p *process) { _, _ = p.tty.WriteString("q") },
		"ctrl+c":  func(p *process) { _, _ = p.tty.WriteString("\x03") },
		"SIGINT":  func(p *process) { _ = p.cmd.Process.Signal(syscall.SIGINT) },
		"SIGTERM": func(p *process) { _ = p.cmd.Process.Signal(syscall.SIGTERM) },
		"SIGHUP":  func(p *process) { _ = p.cmd.Process.Signal(syscall.SIGHUP) },
	}
	if signal.Ignored(syscall.SIGHUP) {
		delete(ways, "SIGHUP") // the tests run under nohup, and so does the explorer
	}
	for name, leave := range ways {
		t.Run("demo, "+name, func(t *testing.T) {
			p := inProcess(t, nil, "demo")
			p.sees("acme")
			leave(p)
			p.leaves(exitOK)
		})
		t.Run("hanging, "+name, func(t *testing.T) {
			p := inProcess(t, append(hanging, "HOME="+t.TempDir()), "--endpoint-url", silent(t), "s3://bucket/prefix/")
			p.sees("listing")
			leave(p)
			p.leaves(exitOK)
		})
	}
}

// A credential_process has no part in the terminal: what it writes for people
// stays off the screen, and it takes no keys.
func TestCredentialProcessIsKeptOffTheTerminal(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<ListBucketResult><Contents><Key>here.txt</Key></Contents></ListBucketResult>")
	}))
	t.Cleanup(server.Close)
	home := t.TempDir()
	script, config := filepath.Join(home, "helper"), filepath.Join(home, "config")
	const helper = "#!/bin/sh\necho GARBAGE >&2\nread key\n" +
		`echo '{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"s"}'` + "\n"
	for file, text := range map[string]string{script: helper, config: "[default]\ncredential_process = " + script + "\n"} {
		if err := os.WriteFile(file, []byte(text), 0o700); err != nil { //nolint:gosec // one of them is run
			t.Fatal(err)
		}
	}
	p := inProcess(t, []string{"AWS_CONFIG_FILE=" + config, "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_PROFILE=", "AWS_ACCESS_KEY_ID=", "HOME=" + home},
		"--endpoint-url", server.URL, "s3://bucket/")
	p.sees("here.txt")
	_, _ = p.tty.WriteString("q")
	p.leaves(exitOK)
	if strings.Contains(p.wrote(), "GARBAGE") {
		t.Errorf("its words are on the screen:\n%q", p.wrote())
	}
}

// BenchmarkProcessFirstFrame is the start of `s403 demo` as a person feels it:
// from the command to the first picture on her terminal. The aim is 50 ms.
func BenchmarkProcessFirstFrame(b *testing.B) {
	for b.Loop() {
		p := inProcess(b, nil, "demo")
		for !strings.Contains(p.wrote(), "learn by mending") {
			time.Sleep(100 * time.Microsecond)
		}
		b.StopTimer()
		_ = p.cmd.Process.Kill()
		<-p.done
		b.StartTimer()
	}
}

// BenchmarkFirstKeys is from enter on a bucket to its first keys on the terminal,
// where a page of a thousand keys takes its time: what is above that one round
// trip is reported as ms-over-trip. The aim is 30.
func BenchmarkFirstKeys(b *testing.B) {
	const trip = 100 * time.Millisecond
	var keys strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&keys, "<Contents><Key>key-%06d</Key><Size>1</Size></Contents>", i)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(trip)
		switch {
		case r.URL.Path == "/":
			_, _ = io.WriteString(w, "<ListAllMyBucketsResult><Buckets><Bucket><Name>endless</Name></Bucket></Buckets></ListAllMyBucketsResult>")
		case r.URL.Query().Get("list-type") == "2":
			_, _ = io.WriteString(w, "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>more</NextContinuationToken>"+keys.String()+"</ListBucketResult>")
		default:
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	b.Cleanup(server.Close)
	env := []string{"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=secret", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_PROFILE=", "HOME=" + b.TempDir()}
	var over time.Duration
	for b.Loop() {
		b.StopTimer()
		p := inProcess(b, env, "--endpoint-url", server.URL)
		p.sees("endless")
		time.Sleep(3 * trip) // what else it asks about the bucket is answered
		b.StartTimer()
		begun := time.Now()
		_, _ = p.tty.WriteString("\r")
		for !strings.Contains(p.wrote(), "key-000000") {
			time.Sleep(100 * time.Microsecond)
		}
		over += time.Since(begun) - trip
		b.StopTimer()
		_ = p.cmd.Process.Kill()
		<-p.done
		b.StartTimer()
	}
	b.ReportMetric(float64(over.Microseconds())/1000/float64(b.N), "ms-over-trip")
}

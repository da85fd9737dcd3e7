package cli

import (
	"bytes"
	"context"
	"io"
	"strings"
	"syscall"
	"testing"
)

// runWith runs s403 with args on the input, and returns its exit code and both
// outputs.
func runWith(ctx context.Context, in io.Reader, args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	code = RunOn(ctx, args, Streams{In: in, Out: &stdout, Err: &stderr})
	return code, stdout.String(), stderr.String()
}

// What is mistyped is answered with one line that says what was meant, or where
// to look it up.
func TestMistyped(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"finds s3://b", `there is no command "finds": did you mean find?`},
		{"wyh s3://b/k", `there is no command "wyh": did you mean why?`},
		{"wy s3://b/k", `there is no command "wy": did you mean why?`},
		{"version", `there is no command "version": did you mean --version?`},
		{"ls", `"ls" is no command and no place`},
		{"lsit", `"lsit" is no command and no place`},
		{"find --summry s3://b", "unknown flag: --summry: did you mean --summary?"},
		{"find --frobnicate s3://b", "unknown flag: --frobnicate: see s403 find --help"},
		{"why -x s3://b/k", "see s403 why --help"},
		{"find --workers many s3://b", "see s403 find --help"},
		{"demo missing-kye", `did you mean "missing-key"?`},
		{"demo missing", `did you mean "missing-key"?`},
		{"demo a b", "demo takes one scenario, not 2 arguments"},
		{"lab nothing-like-it", "`s403 lab list` names them"},
		{"lab lits", `there is no scenario "lits": did you mean "list"?`},
		{"lab list twice", "lab list takes no arguments, not 1"},
		{"lab list --output yaml", `--output "yaml" is none of text, json`},
		{"lab --output yaml", `--output "yaml" is none of text, json`},
		{"explain --output yaml x", `--output "yaml" is none of text, json`},
		{"why --output yaml s3://b/k", `--output "yaml" is none of text, json, markdown`},
	} {
		code, out, errs := runWith(t.Context(), strings.NewReader(""), strings.Fields(tt.args)...)
		if code != exitFailed || out != "" || !strings.Contains(errs, tt.want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: exit %d, %q, %q; want %q", tt.args, code, out, errs, tt.want)
		}
	}
}

// Formats are read in any case, by every command that has them.
func TestOutputInAnyCase(t *testing.T) {
	for _, args := range []string{"lab list --output JSON", "explain --output Json AccessDenied"} {
		code, out, errs := runWith(t.Context(), nil, strings.Fields(args)...)
		if code != exitOK || !strings.HasPrefix(strings.TrimLeft(out, "["), "{") {
			t.Errorf("%s: exit %d, %.80q, %q", args, code, out, errs)
		}
	}
	code, out, errs := runWith(t.Context(), nil, "why", "--output", "JSON", "--no-sign-request", "--endpoint-url", "http://127.0.0.1:1", "s3://b/k")
	if code != exitFailed || !strings.HasPrefix(out, "{") {
		t.Errorf("why: exit %d, %.80q, %q", code, out, errs)
	}
}

// The help spells what must be typed as it must be typed.
func TestHelpKeepsAcronyms(t *testing.T) {
	_, out, _ := runWith(t.Context(), nil, "why", "--help")
	for _, wrong := range []string{"Arn", "Pem", "Url", `"Requester"`, `"Enabled"`} {
		if strings.Contains(out, wrong) {
			t.Errorf("s403 why --help says %s:\n%s", wrong, out)
		}
	}
}

// Help that could not be written is not a success.
func TestHelpToAFullDisk(t *testing.T) {
	for _, args := range []string{"--help", "find --help", "help why", "--version", "completion bash"} {
		var errs bytes.Buffer
		code := RunOn(t.Context(), strings.Fields(args), Streams{Out: fullDisk{}, Err: &errs})
		if code != exitFailed || errs.String() != "s403: standard output cannot be written: no space left on device\n" {
			t.Errorf("%s: exit %d, %q", args, code, errs.String())
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestVersion(t *testing.T) {
	code, out, errs := runWith(t.Context(), nil, "--version")
	if code != exitOK || !strings.HasPrefix(out, "s403 ") || strings.Count(out, "\n") != 1 || errs != "" {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
}

// A command that waits for its standard input ends when it is interrupted.
func TestInterruptedWhileReading(t *testing.T) {
	for _, command := range []string{"explain", "simulate"} {
		waiting, never := io.Pipe()
		ctx, interrupt := context.WithCancel(t.Context())
		asked := make(chan struct{})
		interrupts := readerFunc(func(p []byte) (int, error) { close(asked); return waiting.Read(p) })
		go func() { <-asked; interrupt() }()
		code, out, errs := runWith(ctx, interrupts, command)
		if code != exitFailed || out != "" || errs != "s403: "+command+": interrupted\n" {
			t.Errorf("%s: exit %d, %q, %q", command, code, out, errs)
		}
		_ = never.Close()
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const simulateCase = `{"id":"c1","request":{"principal":"anonymous","action":"s3:GetObject","resource":"arn:aws:s3:::b/k"}}`

// simulate runs the command and returns what it wrote and its exit code.
func simulateWith(t *testing.T, in string, args ...string) (out, errs string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Run(append([]string{"simulate"}, args...), Streams{In: strings.NewReader(in), Out: &stdout, Err: &stderr})
	return stdout.String(), stderr.String(), code
}

func TestSimulateCommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cases.jsonl")
	if err := os.WriteFile(file, []byte(simulateCase+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const answer = `{"id":"c1","decision":"implicit-deny","decidedBy":"resource-based policy","matched":[],"message":"Access Denied"}` + "\n"
	tests := []struct {
		name, in string
		args     []string
		out      string
		code     int
		errs     string
	}{
		{"standard input", simulateCase, nil, answer, exitOK, ""},
		{"a file", "", []string{file}, answer, exitOK, ""},
		{"a file and standard input", simulateCase, []string{file, "-"}, answer + answer, exitOK, ""},
		{"nothing", "", nil, "", exitOK, ""},
		{"a bad line among good ones", simulateCase + "\nx\n" + simulateCase, nil, answer +
			`{"id":"","error":"line 2, column 1: expected an object, found 'x'"}` + "\n" + answer, exitFailed, "1 of the cases"},
		{"no such file", "", []string{file + "x"}, "", exitFailed, "cases.jsonlx"},
	}
	for _, test := range tests {
		out, errs, code := simulateWith(t, test.in, test.args...)
		if out != test.out || code != test.code || !strings.Contains(errs, test.errs) || (test.errs == "") != (errs == "") {
			t.Errorf("%s: exit code %d\n%s%s", test.name, code, out, errs)
		}
		if strings.Count(errs, "\n") > 1 {
			t.Errorf("%s: more than one line of errors: %s", test.name, errs)
		}
	}
}

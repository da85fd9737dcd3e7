package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// run executes a command line with the given standard input.
func runExplain(t *testing.T, stdin string, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Run(append([]string{"explain"}, args...), Streams{In: strings.NewReader(stdin), Out: &stdout, Err: &stderr})
	return code, stdout.String(), stderr.String()
}

const denied = `An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:iam::111122223333:user/ana ` +
	`is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/k" with an explicit deny in a service control policy`

func TestExplainJSON(t *testing.T) {
	for name, input := range map[string][2]string{"argument": {"", denied}, "stdin": {denied, ""}} {
		t.Run(name, func(t *testing.T) {
			args := []string{"--output", "json"}
			if input[1] != "" {
				args = append(args, input[1])
			}
			code, out, errs := runExplain(t, input[0], args...)
			var got map[string]any
			if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 || errs != "" {
				t.Fatalf("exit %d, stdout %q, stderr %q, %v", code, out, errs, err)
			}
			for _, field := range []string{
				"schema", "kind", "operation", "status", "code", "principal", "action", "resource",
				"layer", "effect", "policyArn", "region", "requestId", "causes", "summary",
			} {
				if _, ok := got[field]; !ok {
					t.Errorf("the answer lacks the contract's field %q", field)
				}
			}
			if got["layer"] != "service control policy" || got["schema"] != 1.0 {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestExplainText(t *testing.T) {
	code, out, _ := runExplain(t, denied)
	out = strings.Join(strings.Fields(out), " ")
	for _, want := range []string{"administrator of the organization", "s3:GetObject", "scp-explicit-deny", "What it proves"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("exit %d, text lacks %q:\n%s", code, want, out)
		}
	}
}

func TestExplainRefuses(t *testing.T) {
	for name, try := range map[string]struct {
		stdin string
		args  []string
		says  string
	}{
		"nothing":  {" \n", nil, "there is no text"},
		"too long": {strings.Repeat("x", maxPasted+1), nil, "longer than 16 MiB"},
		"format":   {denied, []string{"--output", "yaml"}, `"yaml"`},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := runExplain(t, try.stdin, try.args...)
			if code != 1 || out != "" || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, try.says) {
				t.Errorf("exit %d, stdout %q, stderr %q; want one line that says %q", code, out, errs, try.says)
			}
		})
	}
}

func TestExplainKeepsTheTerminal(t *testing.T) {
	_, out, _ := runExplain(t, "AccessDenied: User: arn:aws:iam::1:user/a\x1b]0;owned\x07 is not authorized to perform: s3:GetObject")
	if strings.ContainsAny(out, "\x1b\x07") {
		t.Errorf("a control character of the paste reached the terminal: %q", out)
	}
}

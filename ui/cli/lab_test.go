package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"s403/diagnose/lab"
)

// verdictOf is what a checker reads of `why --output json`.
type verdictOf struct {
	Verdict struct{ Cause string }
	Causes  []struct{ ID, State string }
}

// TestEveryScenarioIsNamed goes the way that the contract promises: with the
// actor's credentials, env and args of `lab list`, `why` meets the refusal and
// names the cause, and confirms no other.
func TestEveryScenarioIsNamed(t *testing.T) {
	l, err := lab.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(l.Handler())
	defer server.Close()
	for _, s := range l.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			code, got, stderr := whyInLab(t, l, s, server.URL)
			if got.Verdict.Cause != s.Cause {
				t.Fatalf("why names %q, want %q (exit %d) %s", got.Verdict.Cause, s.Cause, code, stderr)
			}
			for _, c := range got.Causes {
				if c.State == "confirmed" && c.ID != s.Cause {
					t.Errorf("%q is confirmed, and is not the cause", c.ID)
				}
			}
		})
	}
}

// whyInLab runs `why` on a scenario as its actor.
func whyInLab(t *testing.T, l *lab.Lab, s lab.Scenario, endpoint string) (int, verdictOf, string) {
	t.Helper()
	for _, name := range []string{"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_ENDPOINT_URL", endpoint)
	for _, held := range l.ActorsOf(s) {
		if held.Actor == s.Actor {
			t.Setenv("AWS_ACCESS_KEY_ID", held.AccessKeyID)
			t.Setenv("AWS_SECRET_ACCESS_KEY", held.SecretAccessKey)
			t.Setenv("AWS_SESSION_TOKEN", held.SessionToken)
		}
	}
	entry := s.Entry()
	for k, v := range entry.Env {
		t.Setenv(k, v)
	}
	var out, stderr bytes.Buffer
	code := Run(append([]string{"why", entry.Target, "--output", "json"}, entry.Args...), Streams{In: strings.NewReader(""), Out: &out, Err: &stderr})
	var got verdictOf
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("why answers no JSON: %v\n%s%s", err, out.Bytes(), stderr.Bytes())
	}
	return code, got, stderr.String()
}

// TestLabList holds the list against the contract.
func TestLabList(t *testing.T) {
	var out, stderr bytes.Buffer
	if code := Run([]string{"lab", "list", "--output", "json"}, Streams{In: strings.NewReader(""), Out: &out, Err: &stderr}); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr.Bytes())
	}
	var list []map[string]any
	if err := json.Unmarshal(out.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) < 50 {
		t.Errorf("%d scenarios, want one for every cause that a server can show", len(list))
	}
	for _, entry := range list {
		for _, field := range []string{"name", "title", "cause", "story", "target", "actor", "args", "env", "fix"} {
			if v, ok := entry[field]; !ok || v == "" {
				t.Errorf("%v: field %q is missing or empty", entry["name"], field)
			}
		}
	}
}

// TestLabListIsAContents holds the list for people: three chapters and what is not
// in them, the lessons numbered from 1, each scenario once.
func TestLabListIsAContents(t *testing.T) {
	var out, stderr bytes.Buffer
	if code := Run([]string{"lab", "list"}, Streams{In: strings.NewReader(""), Out: &out, Err: &stderr}); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr.Bytes())
	}
	at, number := 0, 0
	for _, heading := range []string{"Lessons", "\n\nOther causes", "\n\nTraps", "\n\nWhat one loopback port cannot show"} {
		i := strings.Index(out.String()[at:], heading)
		if i < 0 {
			t.Fatalf("%q does not follow:\n%s", heading, out.String())
		}
		at += i
	}
	for _, s := range lab.Scenarios() {
		line := " " + s.Name + " "
		if s.Lesson > 0 {
			number++
			line = fmt.Sprintf("%3d%s", number, line)
		}
		if strings.Count(out.String(), line) != 1 {
			t.Errorf("%q is there %d times", line, strings.Count(out.String(), line))
		}
	}
}

// TestLabRefuses holds that what cannot be meant is one clear line.
func TestLabRefuses(t *testing.T) {
	for _, args := range [][]string{
		{"lab", "no-such-scenario"}, {"lab", "--addr", "nowhere"}, {"lab", "--output", "yaml"},
		{"lab", "list", "--output", "yaml"}, {"lab", "--world", "/nonexistent/world.toml"}, {"lab", "missing-key", "--world", "w.toml"},
	} {
		var out, stderr bytes.Buffer
		code := Run(args, Streams{In: strings.NewReader(""), Out: &out, Err: &stderr})
		if code != 1 || strings.Count(stderr.String(), "\n") != 1 || out.Len() > 0 {
			t.Errorf("%v: exit %d, stdout %q, stderr %q", args, code, out.String(), stderr.String())
		}
	}
}

// TestPresignedAt holds which URIs are completed to URLs.
func TestPresignedAt(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL", "")
	t.Setenv("AWS_ENDPOINT_URL_S3", "")
	const query = "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=ab"
	for _, c := range []struct{ uri, endpoint, want string }{
		{"s3://b/k" + query, "http://127.0.0.1:1/", "http://127.0.0.1:1/b/k" + query},
		{"s3://b/k?AWSAccessKeyId=A&Signature=x", "http://h", "http://h/b/k?AWSAccessKeyId=A&Signature=x"},
		{"s3://b/k" + query, "", "s3://b/k" + query},
		{"s3://b/what?", "http://h", "s3://b/what?"},
		{"https://h/b/k" + query, "http://h", "https://h/b/k" + query},
	} {
		if got := presignedAt(c.uri, c.endpoint); got != c.want {
			t.Errorf("presignedAt(%q, %q) = %q, want %q", c.uri, c.endpoint, got, c.want)
		}
	}
}

package cli

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"s403/diagnose/lab"
)

// told is what these tests read of a report.
type told struct {
	Verdict struct {
		Cause, Confidence, Summary string
		Behind                     []string
	}
	Causes []struct{ ID, State, Why string }
}

// state is how a cause stands in the report.
func (r told) state(id string) string {
	for _, c := range r.Causes {
		if c.ID == id {
			return c.State
		}
	}
	return ""
}

// whyOf runs why on a scenario as its actor, with more of the environment.
func whyOf(t *testing.T, l *lab.Lab, s lab.Scenario, more map[string]string) told {
	t.Helper()
	for _, name := range []string{"AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
		"S403_READER_ACCESS_KEY_ID", "S403_READER_SECRET_ACCESS_KEY"} {
		t.Setenv(name, "")
	}
	for _, name := range []string{"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"} {
		t.Setenv(name, "/dev/null")
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	for _, held := range l.ActorsOf(s) {
		if held.Actor == s.Actor {
			t.Setenv("AWS_ACCESS_KEY_ID", held.AccessKeyID)
			t.Setenv("AWS_SECRET_ACCESS_KEY", held.SecretAccessKey)
			t.Setenv("AWS_SESSION_TOKEN", held.SessionToken)
		}
	}
	entry := s.Entry()
	for _, env := range []map[string]string{entry.Env, more} {
		for k, v := range env {
			t.Setenv(k, v)
		}
	}
	var out, stderr bytes.Buffer
	Run(append([]string{"why", entry.Target, "--output", "json"}, entry.Args...), Streams{In: strings.NewReader(""), Out: &out, Err: &stderr})
	var got told
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("why answers no JSON: %v\n%s%s", err, out.Bytes(), stderr.Bytes())
	}
	return got
}

// startLab serves every scenario and returns the endpoint.
func startLab(t *testing.T) (*lab.Lab, string) {
	t.Helper()
	l, err := lab.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(l.Handler())
	t.Cleanup(server.Close)
	return l, server.URL
}

// innocent fails for every cause that is confirmed and is not the true one.
func innocent(t *testing.T, s lab.Scenario, got told) {
	t.Helper()
	for _, c := range got.Causes {
		if c.State == "confirmed" && c.ID != s.Cause {
			t.Errorf("%q is confirmed, and is not the cause: %s", c.ID, c.Why)
		}
	}
}

// TestReaderSeesEveryCause: with somebody who may read the policies and settings
// of the bucket's account the cause is named, and nothing else is confirmed.
func TestReaderSeesEveryCause(t *testing.T) {
	l, endpoint := startLab(t)
	for _, s := range l.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			got := whyOf(t, l, s, withReader(l, s, endpoint))
			if got.Verdict.Cause != s.Cause {
				t.Errorf("why names %q, want %q: %s", got.Verdict.Cause, s.Cause, got.Verdict.Summary)
			}
			innocent(t, s, got)
		})
	}
}

// withReader is the environment in which the reader of the bucket's account helps.
func withReader(l *lab.Lab, s lab.Scenario, endpoint string) map[string]string {
	more := map[string]string{"AWS_ENDPOINT_URL": endpoint}
	for _, held := range l.ActorsOf(s) {
		if held.Actor == "reader" {
			more["S403_READER_ACCESS_KEY_ID"], more["S403_READER_SECRET_ACCESS_KEY"] = held.AccessKeyID, held.SecretAccessKey
		}
	}
	return more
}

// TestStoreAloneAccusesNobody: when only S3 can be asked, neither STS nor IAM nor
// any other service, the true cause may stay open, but no other is confirmed and
// the true one is not ruled out.
func TestStoreAloneAccusesNobody(t *testing.T) {
	l, endpoint := startLab(t)
	for _, s := range l.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			got := whyOf(t, l, s, map[string]string{"AWS_ENDPOINT_URL_S3": endpoint})
			innocent(t, s, got)
			if state := got.state(s.Cause); state == "ruled-out" {
				t.Errorf("the true cause %q is ruled out; the verdict is %q", s.Cause, got.Verdict.Cause)
			}
		})
	}
}
